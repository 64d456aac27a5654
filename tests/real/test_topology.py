"""Topics that appear and grow while the mirror runs, and the settings of those it creates."""

import pytest

import java_tools

RECORDS = 4000
# Look for new topics and partitions every second instead of every five minutes.
CONSUMER = {"metadata.max.age.ms": "1000"}
SETTINGS = {
    "cleanup.policy": "compact",
    "compression.type": "gzip",
    "max.message.bytes": "2000000",
    "message.timestamp.type": "LogAppendTime",
    "min.insync.replicas": "1",
    "retention.bytes": "1000000000",
    "retention.ms": "864000000",
}


def load(pairing, topic):
    java_tools.run(
        "Load", bootstrap=pairing.source.bootstrap, topics=topic, records=RECORDS, keys=RECORDS * 10
    )


@pytest.mark.few_pairings
def test_topic_appears_later(pairing, new_mirror):
    first, second = pairing.topic("first"), pairing.topic("second")
    java_tools.create_topics(pairing.source, f"{first}:2")
    load(pairing, first)
    mirror = new_mirror(f"{pairing.topic('')}.*", consumer=CONSUMER)
    mirror.start()
    mirror.wait(lambda: pairing.destination.end_sum(first, 2) == RECORDS, 60, "the first topic")
    java_tools.create_topics(pairing.source, f"{second}:3")
    load(pairing, second)
    mirror.wait(lambda: pairing.destination.end_sum(second, 3) == RECORDS, 60, "the second topic")
    mirror.stop()
    before = java_tools.digests(pairing.source, [first, second])
    assert java_tools.digests(pairing.destination, [first, second]) == before


@pytest.mark.few_pairings
def test_topic_grows(pairing, new_mirror):
    """Under identity the destination grows first, and partitions stay what they are."""
    topic = pairing.topic("grows")
    java_tools.create_topics(pairing.source, f"{topic}:2")
    load(pairing, topic)
    mirror = new_mirror(topic, consumer=CONSUMER)
    mirror.start()
    mirror.wait(lambda: pairing.destination.end_sum(topic, 2) == RECORDS, 60, "2 partitions")
    java_tools.run("Topics", bootstrap=pairing.source.bootstrap, grow=f"{topic}:5")
    load(pairing, topic)
    mirror.wait(lambda: pairing.destination.end_sum(topic, 5) == 2 * RECORDS, 60, "5 partitions")
    mirror.stop()
    before = java_tools.digests(pairing.source, [topic])
    assert len(before) == 5
    assert java_tools.digests(pairing.destination, [topic]) == before


def test_settings_of_a_created_topic(pairing, new_mirror):
    topic = pairing.topic("settings")
    settings = ";".join(f"{key}={value}" for key, value in SETTINGS.items())
    java_tools.create_topics(pairing.source, f"{topic}:3:{settings}")
    new_mirror(topic).run_until_end()
    described = java_tools.describe_topic(pairing.destination, topic)
    assert described.items() >= SETTINGS.items()
    assert described["partitions"] == "3"


@pytest.mark.one_pairing
def test_more_in_sync_than_replicas(pairing, new_mirror):
    """A copy that asks for more replicas in sync than it has would refuse every record."""
    topic = pairing.topic("in-sync")
    java_tools.create_topics(pairing.source, f"{topic}:1:min.insync.replicas=2")
    mirror = new_mirror(topic)
    mirror.run_until_end("--set", "destination.replication.factor=1")
    assert java_tools.describe_topic(pairing.destination, topic)["min.insync.replicas"] == "1"
    assert f"topic {topic}: min.insync.replicas is 2 at the source" in mirror.output()


@pytest.mark.one_pairing
def test_destination_partitions(pairing, new_mirror):
    """Of topics that the mirror creates; one that is there keeps what it has."""
    new, there = pairing.topic("new"), pairing.topic("there")
    java_tools.create_topics(pairing.source, f"{new}:2", f"{there}:2")
    java_tools.create_topics(pairing.destination, f"{there}:2")
    load(pairing, new)
    load(pairing, there)
    new_mirror(f"{new}|{there}").run_until_end("--set", "destination.partitions=5")
    assert java_tools.describe_topic(pairing.destination, new)["partitions"] == "5"
    assert java_tools.describe_topic(pairing.destination, there)["partitions"] == "2"
    before, _, _ = java_tools.key_digests(pairing.source, [new, there])
    after, misplaced, _ = java_tools.key_digests(pairing.destination, [new, there])
    assert after == before
    assert misplaced == {new: 0, there: 0}
