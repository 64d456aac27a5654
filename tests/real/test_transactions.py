"""A transactional source: committed, aborted and interleaved transactions beside plain records."""

import pytest

import java_tools

PARTITIONS = 3


def load(pairing, topic, codec, rounds, partitions=PARTITIONS):
    lines = java_tools.run(
        "TxnLoad",
        bootstrap=pairing.source.bootstrap,
        topic=topic,
        partitions=partitions,
        rounds=rounds,
        codec=codec,
    )
    committed, aborted = (int(word) for word in lines[0][0].split()[1::2])
    assert committed and aborted
    return topic


@pytest.fixture
def rounds(is_long):
    return 1000 if is_long else 60


@pytest.mark.parametrize("isolation", ["read_committed", "read_uncommitted"])
def test_identity(pairing, new_mirror, isolation, rounds):
    topics = [pairing.topic(f"{isolation}-{codec}") for codec in ("none", "lz4")]
    java_tools.create_topics(pairing.source, *(f"{topic}:{PARTITIONS}" for topic in topics))
    for topic, codec in zip(topics, ("none", "lz4")):
        load(pairing, topic, codec, rounds)
    # read_committed is the default, and not written down to show that it is.
    consumer = {"isolation.level": isolation} if isolation == "read_uncommitted" else {}
    new_mirror("|".join(topics), name=isolation, consumer=consumer).run_until_end()

    before = java_tools.digests(pairing.source, topics, isolation)
    other = "read_uncommitted" if isolation == "read_committed" else "read_committed"
    assert before != java_tools.digests(pairing.source, topics, other)
    # There are no transactions at the destination, so every reader sees the same.
    assert java_tools.digests(pairing.destination, topics, "read_committed") == before
    assert java_tools.digests(pairing.destination, topics, "read_uncommitted") == before


def test_key_split(pairing, new_mirror, rounds):
    topic = pairing.topic("split")
    java_tools.create_topics(pairing.source, f"{topic}:{PARTITIONS}")
    java_tools.create_topics(pairing.destination, f"{topic}:5")
    load(pairing, topic, "lz4", rounds, partitions=0)
    new_mirror(topic, name="split").run_until_end()

    before, _, _ = java_tools.key_digests(pairing.source, [topic], "read_committed")
    after, misplaced, _ = java_tools.key_digests(pairing.destination, [topic])
    assert misplaced == {topic: 0}
    assert after == before
