"""Each kind of bad input: a clear error, the documented exit status, and never a silent skip."""

import pytest

import java_tools
from kafka_cluster import free_ports
from mirror_process import INCOMPLETE, START, USAGE

pytestmark = pytest.mark.one_pairing


@pytest.mark.parametrize("side", ["consumer", "producer"])
@pytest.mark.parametrize("protocol", ["SSL", "SASL_PLAINTEXT", "SASL_SSL"])
def test_protocol_not_there_yet(pairing, new_mirror, side, protocol):
    mirror = new_mirror("any", **{side: {"security.protocol": protocol}})
    mirror.expect_refusal(USAGE, "security.protocol", protocol, f"{side}.properties")


def test_no_such_file(pairing, new_mirror):
    mirror = new_mirror("any")
    mirror.command[mirror.command.index("--consumer.config") + 1] = "no/such.properties"
    mirror.expect_refusal(USAGE, "no/such.properties")


def test_wrong_value(pairing, new_mirror):
    # The file begins with bootstrap.servers, group.id and auto.offset.reset.
    mirror = new_mirror("any", consumer={"fetch.max.bytes": "many"})
    mirror.expect_refusal(USAGE, "consumer.properties:4", "fetch.max.bytes", "many")


def test_unknown_key_is_a_warning(pairing, new_mirror):
    topic = pairing.topic("known")
    java_tools.create_topics(pairing.source, f"{topic}:1")
    mirror = new_mirror(topic, consumer={"fetch.max.byte": "1000000"})
    mirror.run_until_end()
    assert "fetch.max.byte" in mirror.output()
    assert "fetch.max.bytes" in mirror.output(), "the nearest known key is not named"


def test_regex_does_not_compile(pairing, new_mirror):
    new_mirror("broken(regex").expect_refusal(USAGE, "broken(regex")


@pytest.mark.parametrize("side", ["consumer", "producer"])
def test_unreachable_broker(pairing, new_mirror, side):
    address = f"127.0.0.1:{free_ports(1)[0]}"
    mirror = new_mirror("any", **{side: {"bootstrap.servers": address}})
    mirror.expect_refusal(START, address)


def test_same_cluster_at_both_ends(pairing, new_mirror):
    mirror = new_mirror("any", producer={"bootstrap.servers": pairing.source.bootstrap})
    mirror.expect_refusal(START, "same cluster")


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
    new_mirror(topic).expect_refusal(
        INCOMPLETE, topic, "partition 0", "offset 0", "max.message.bytes"
    )
