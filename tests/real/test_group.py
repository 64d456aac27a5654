"""The consumer group at the source: refused while others use it, and where a new one begins."""

import subprocess

import pytest

import java_tools
import kafka_jars
from kafka_cluster import version_tuple, wait_until
from mirror_process import INCOMPLETE, START

CONSOLE_CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer"
RECORDS = 500


def load(pairing, topic, seed=1):
    java_tools.run(
        "Load", bootstrap=pairing.source.bootstrap, topics=topic, records=RECORDS, seed=seed
    )


@pytest.mark.few_pairings
def test_group_in_use(pairing, new_mirror):
    topic = pairing.topic("used")
    java_tools.create_topics(pairing.source, f"{topic}:1")
    load(pairing, topic)
    mirror = new_mirror(topic)
    # From 4.0 on with KIP-848's protocol, whose groups DescribeGroups does not know.
    is_new = version_tuple(pairing.source.version) >= (4,)
    member = start_member(pairing.source, mirror, topic, "consumer" if is_new else "classic")
    try:
        mirror.expect_refusal(START, mirror.group, "live member", "group.id")
    finally:
        member.kill()
        member.wait()
    assert pairing.destination.end_sum(topic, 1) == 0


def start_member(source, mirror, topic, protocol):
    """Returns when Java's console consumer, in the mirror's group, has its partition."""
    options = ["--bootstrap-server", source.bootstrap, "--topic", topic, "--from-beginning"]
    options += ["--group", mirror.group, "--property", "print.partition=true"]
    options += ["--consumer-property", f"group.protocol={protocol}"]
    command = kafka_jars.java_command(java_tools.CLIENT_VERSION, CONSOLE_CONSUMER, options)
    log_path = mirror.log.with_name("member.log")
    with open(log_path, "wb") as log:
        member = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    wait_until(lambda: b"Partition:0" in log_path.read_bytes(), 60, f"a record in {log_path}")
    return member


@pytest.mark.one_pairing
def test_latest(pairing, new_mirror):
    """What was there before the group's first start is left out, and nothing after that."""
    topic = pairing.topic("t")
    java_tools.create_topics(pairing.source, f"{topic}:2")
    load(pairing, topic)
    mirror = new_mirror(topic, consumer={"auto.offset.reset": "latest"})
    mirror.run_until_end()
    assert pairing.destination.end_sum(topic, 2) == 0
    load(pairing, topic, seed=2)
    mirror.run_until_end()
    before = java_tools.fingerprints(pairing.source, topic)
    after = java_tools.fingerprints(pairing.destination, topic)
    assert sum(map(len, after.values())) == RECORDS
    for partition, records in after.items():
        assert before[partition][-len(records) :] == records


@pytest.mark.one_pairing
def test_no_offset_reset(pairing, new_mirror):
    topic = pairing.topic("t")
    java_tools.create_topics(pairing.source, f"{topic}:1")
    mirror = new_mirror(topic, consumer={"auto.offset.reset": "none"})
    mirror.expect_refusal(INCOMPLETE, topic, "auto.offset.reset is none", mirror.group)


@pytest.mark.one_pairing
def test_differences_are_said(pairing, new_mirror):
    """Where kmirror's defaults are others than MirrorMaker's it says so; not where files decide."""
    topic = pairing.topic("t")
    java_tools.create_topics(pairing.source, f"{topic}:2")
    load(pairing, topic)
    silent = new_mirror(topic, name="silent", consumer={"isolation.level": "read_uncommitted"})
    silent.run_until_end()
    assert "MirrorMaker would have begun at the latest" not in silent.output()
    assert "isolation.level decides" not in silent.output()

    other = new_mirror(topic, name="other", consumer={"auto.offset.reset": None})
    other.run_until_end()
    assert "MirrorMaker would have begun at the latest" in other.output()
    assert "isolation.level decides" in other.output()
    assert pairing.destination.end_sum(topic, 2) == 2 * RECORDS, "it did not begin at the earliest"
