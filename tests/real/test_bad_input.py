"""Each kind of bad input: a clear error, the documented exit status, and never a silent skip."""

import subprocess

import pytest

import java_tools
from kafka_cluster import free_ports, wait_until

pytestmark = pytest.mark.one_pairing

USAGE = 1
START = 2
INCOMPLETE = 4
EXIT_TIMEOUT_S = 90


def expect_refusal(mirror, status, *words):
    """The mirror must end with this status and say all of these words."""
    mirror.start("--until-end")
    mirror.expect_exit(EXIT_TIMEOUT_S, status)
    said = mirror.output()
    missing = [word for word in words if word not in said]
    assert not missing, f"{missing} not in:\n{said}"


@pytest.mark.parametrize("side", ["consumer", "producer"])
@pytest.mark.parametrize("protocol", ["SSL", "SASL_PLAINTEXT", "SASL_SSL"])
def test_protocol_not_there_yet(pairing, new_mirror, side, protocol):
    mirror = new_mirror("any", **{side: {"security.protocol": protocol}})
    expect_refusal(mirror, USAGE, "security.protocol", protocol, f"{side}.properties")


def test_no_such_file(pairing, new_mirror):
    mirror = new_mirror("any")
    mirror.command[mirror.command.index("--consumer.config") + 1] = "no/such.properties"
    expect_refusal(mirror, USAGE, "no/such.properties")


def test_wrong_value(pairing, new_mirror):
    # The file begins with bootstrap.servers, group.id and auto.offset.reset.
    mirror = new_mirror("any", consumer={"fetch.max.bytes": "many"})
    expect_refusal(mirror, USAGE, "consumer.properties:4", "fetch.max.bytes", "many")


def test_unknown_key_is_a_warning(pairing, new_mirror):
    topic = pairing.topic("known")
    java_tools.create_topics(pairing.source, f"{topic}:1")
    mirror = new_mirror(topic, consumer={"fetch.max.byte": "1000000"})
    mirror.run_until_end()
    assert "fetch.max.byte" in mirror.output()
    assert "fetch.max.bytes" in mirror.output(), "the nearest known key is not named"


def test_regex_does_not_compile(pairing, new_mirror):
    expect_refusal(new_mirror("broken(regex"), USAGE, "broken(regex")


@pytest.mark.parametrize("side", ["consumer", "producer"])
def test_unreachable_broker(pairing, new_mirror, side):
    address = f"127.0.0.1:{free_ports(1)[0]}"
    mirror = new_mirror("any", **{side: {"bootstrap.servers": address}})
    expect_refusal(mirror, START, address)


def test_same_cluster_at_both_ends(pairing, new_mirror):
    mirror = new_mirror("any", producer={"bootstrap.servers": pairing.source.bootstrap})
    expect_refusal(mirror, START, "same cluster")


def test_nothing_matches(pairing, new_mirror):
    whitelist = pairing.topic("nothing.*")
    mirror = new_mirror(whitelist)
    mirror.start()
    mirror.wait(lambda: whitelist in mirror.output(), 60, "a word about it")
    assert "waiting" in mirror.output()
    mirror.stop()


def test_message_too_large(pairing, new_mirror):
    topic = pairing.topic("large")
    java_tools.create_topics(pairing.source, f"{topic}:1")
    java_tools.create_topics(pairing.destination, f"{topic}:1:max.message.bytes=2000")
    options = {"bootstrap": pairing.source.bootstrap, "topics": topic, "value_bytes": 10_000}
    java_tools.run("Load", records=1, **options)
    expect_refusal(
        new_mirror(topic), INCOMPLETE, topic, "partition 0", "offset 0", "max.message.bytes"
    )


def test_group_in_use(pairing, new_mirror):
    topic = pairing.topic("used")
    java_tools.create_topics(pairing.source, f"{topic}:1")
    mirror = new_mirror(topic)
    command = ["kcat", "-b", pairing.source.bootstrap, "-G", mirror.group, topic]
    with open(mirror.log.with_name("member.log"), "wb") as log:
        member = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        joined = mirror.log.with_name("member.log")
        wait_until(lambda: b"assigned" in joined.read_bytes(), 60, "a member of the group")
        expect_refusal(mirror, START, mirror.group)
    finally:
        member.kill()
        member.wait()
