"""A transactional source: committed, aborted and interleaved transactions beside plain records."""

import java_tools

PARTITIONS = 3


def load(pairing, topics, partitions, is_long):
    java_tools.run(
        "TxnLoad",
        bootstrap=pairing.source.bootstrap,
        topics=",".join(f"{topic}={codec}" for topic, codec in topics.items()),
        partitions=partitions,
        rounds=1000 if is_long else 60,
    )


def load_identity(pairing, is_long):
    topics = {pairing.topic(codec): codec for codec in ("none", "lz4")}
    java_tools.create_topics(pairing.source, *(f"{topic}:{PARTITIONS}" for topic in topics))
    load(pairing, topics, PARTITIONS, is_long)
    committed = java_tools.digests(pairing.source, topics, "read_committed")
    everything = java_tools.digests(pairing.source, topics, "read_uncommitted")
    assert committed != everything, "nothing was aborted, so nothing would be shown"
    return topics, committed, everything


def expect_at_destination(pairing, topics, expected):
    """There are no transactions at the destination, so every reader sees the same."""
    for isolation in ("read_committed", "read_uncommitted"):
        assert java_tools.digests(pairing.destination, topics, isolation) == expected


def test_read_committed(pairing, new_mirror, is_long):
    """The mirror's default, so it stands in no file."""
    topics, committed, _ = load_identity(pairing, is_long)
    new_mirror("|".join(topics)).run_until_end()
    expect_at_destination(pairing, topics, committed)


def test_read_uncommitted(pairing, new_mirror, is_long):
    topics, _, everything = load_identity(pairing, is_long)
    consumer = {"isolation.level": "read_uncommitted"}
    new_mirror("|".join(topics), consumer=consumer).run_until_end()
    expect_at_destination(pairing, topics, everything)


def test_key_split(pairing, new_mirror, is_long):
    topics = {pairing.topic("split"): "lz4"}
    (topic,) = topics
    java_tools.create_topics(pairing.source, f"{topic}:{PARTITIONS}")
    java_tools.create_topics(pairing.destination, f"{topic}:5")
    load(pairing, topics, 0, is_long)
    new_mirror(topic).run_until_end()

    before, _, _ = java_tools.key_digests(pairing.source, topics, "read_committed")
    after, misplaced, _ = java_tools.key_digests(pairing.destination, topics)
    assert misplaced == {topic: 0}
    assert after == before
