"""A destination that lets the mirror write, but not as an idempotent producer."""

import subprocess

import pytest

import java_tools
import kafka_jars
from endpoints import SETTINGS, Endpoint
from kafka_cluster import Cluster

# From 2.8 on whoever may write to any topic may produce idempotently (KIP-679).
VERSION = "0.11.0.3"
AUTHORIZER = {
    "authorizer.class.name": "kafka.security.auth.SimpleAclAuthorizer",
    "allow.everyone.if.no.acl.found": "true",
}
ALLOWED = ["ClusterAction", "Create", "Describe", "DescribeConfigs", "Alter", "AlterConfigs"]
PARTITIONS = 4
RECORDS = 50_000


@pytest.fixture
def strict():
    """A cluster whose ACLs grant everything but IDEMPOTENT_WRITE."""
    cluster = Cluster.create("test-strict", VERSION, settings={**SETTINGS, **AUTHORIZER})
    try:
        options = ["--authorizer-properties", f"zookeeper.connect={cluster.zookeeper}"]
        options += ["--add", "--cluster", "--allow-principal", "User:*"]
        for operation in ALLOWED:
            options += ["--operation", operation]
        command = kafka_jars.java_command(VERSION, "kafka.admin.AclCommand", options)
        subprocess.run(command, check=True)
        # A broker that starts reads the rules; a running one hears of them some time later.
        cluster.stop_broker(1)
        cluster.start_broker(1)
        yield Endpoint("strict", cluster.bootstrap, VERSION, cluster)
    finally:
        cluster.down()


@pytest.mark.long
@pytest.mark.one_pairing
def test_idempotent_write_refused(pairing, new_mirror, strict):
    topic = pairing.topic("t")
    java_tools.create_topics(pairing.source, f"{topic}:{PARTITIONS}")
    java_tools.run("Load", bootstrap=pairing.source.bootstrap, topics=topic, records=RECORDS)
    mirror = new_mirror(topic, producer={"bootstrap.servers": strict.bootstrap})
    mirror.run_until_end()
    assert mirror.output().count("IDEMPOTENT_WRITE on the cluster is not allowed") == 1
    before = java_tools.digests(pairing.source, [topic])
    assert java_tools.digests(strict, [topic]) == before
    assert sum(count for count, _ in before.values()) == RECORDS
