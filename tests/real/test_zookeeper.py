"""Clusters that are found through ZooKeeper, below a chroot, and offsets that stand there."""

import subprocess

import pytest

import endpoints as endpoints_module
import java_tools
import kafka_cluster
import kafka_jars
import mirror_process
from test_console import kmirror

VERSION = "2.8.2"  # the last one that everybody ran with ZooKeeper
CHROOT = "/kafka/main"
PARTITIONS = 3

pytestmark = pytest.mark.own_brokers("the source's ZooKeeper is read and written")


@pytest.fixture(scope="module")
def source():
    port = kafka_cluster.free_ports(1)[0]
    connect = f"127.0.0.1:{port}{CHROOT}"
    cluster = kafka_cluster.Cluster.create(
        f"test-chroot-{VERSION}",
        VERSION,
        zookeeper_port=port,
        settings={**endpoints_module.SETTINGS, "zookeeper.connect": connect},
    )
    endpoint = endpoints_module.Endpoint(VERSION, cluster.bootstrap, VERSION, cluster)
    endpoint.zookeeper = connect
    yield endpoint
    cluster.down()


@pytest.fixture
def destination(endpoints):
    return endpoints.get("destination", "4.1.1")


def zookeeper_shell(source, *lines):
    """Runs lines in ZooKeeper's own shell, which goes on after a line that fails."""
    main_class = "org.apache.zookeeper.ZooKeeperMain"
    command = kafka_jars.java_command(VERSION, main_class, ["-server", source.zookeeper])
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def write_offsets(source, group, topic, offsets):
    """What MirrorMaker's old consumer left behind: a node for each partition it had read."""
    paths = ["/consumers", f"/consumers/{group}", f"/consumers/{group}/offsets"]
    paths.append(f"{paths[-1]}/{topic}")
    lines = [f"create {path}" for path in paths]
    for partition, offset in offsets.items():
        lines.append(f"create {paths[-1]}/{partition} {offset}")
        lines.append(f"set {paths[-1]}/{partition} {offset}")
    zookeeper_shell(source, *lines)


def ok(*arguments, text=b""):
    status, output, errors = kmirror(*arguments, text=text)
    assert status == 0, errors
    return output.decode()


def test_console_commands(source):
    where = ["--zookeeper", source.zookeeper]
    ok("topics", *where, "--create", "--topic", "console", "--partitions", 1)
    ok("produce", *where, "--topic", "console", text=b"one\ntwo\n")
    assert "console" in ok("topics", *where, "--list").splitlines()
    read = ["--topic", "console", "--from-beginning", "--max-messages", 2]
    assert ok("consume", *where, *read) == "one\ntwo\n"
    assert ok("consume", "--bootstrap-server", source.bootstrap, *read) == "one\ntwo\n"


def test_console_commands_say_what_is_wrong(source):
    elsewhere = source.zookeeper + "/elsewhere"
    for command in (["topics", "--list"], ["produce", "--topic", "t"], ["consume", "--topic", "t"]):
        status, _, errors = kmirror(*command, "--zookeeper", elsewhere)
        assert status == 1, command
        assert f"{CHROOT}/elsewhere" in errors, command
        both = ["--zookeeper", source.zookeeper, "--bootstrap-server", source.bootstrap]
        for given in ([], both):
            status, _, errors = kmirror(*command, *given)
            assert status == 1, command
            assert "--bootstrap-server" in errors, command


def test_mirror_goes_on_at_the_old_offsets(source, destination, run_id, tmp_path):
    topic = f"zookeeper-{run_id}"
    java_tools.create_topics(source, f"{topic}:{PARTITIONS}")
    java_tools.run("Load", bootstrap=source.bootstrap, topics=topic, records=3000)
    before = java_tools.fingerprints(source, topic)
    assert all(len(before[index]) > 100 for index in range(PARTITIONS))
    mirror = mirror_process.Mirror(
        tmp_path,
        source,
        destination,
        f"{topic}-group",
        topic,
        consumer={"bootstrap.servers": None, "zookeeper.connect": source.zookeeper},
    )
    # A partition without an old offset begins where auto.offset.reset says, at its first record.
    write_offsets(source, mirror.group, topic, {0: 40, 1: 100})
    mirror.run_until_end()
    expected = {0: before[0][40:], 1: before[1][100:], 2: before[2]}
    assert java_tools.fingerprints(destination, topic) == expected

    # Since then the group has offsets in the brokers, and these come first.
    write_offsets(source, mirror.group, topic, {0: 0, 1: 0, 2: 0})
    java_tools.run("Load", bootstrap=source.bootstrap, topics=topic, records=300)
    added = java_tools.fingerprints(source, topic)
    mirror.run_until_end()
    for partition, start in ((0, 40), (1, 100), (2, 0)):
        expected[partition] = added[partition][start:]
    assert java_tools.fingerprints(destination, topic) == expected
