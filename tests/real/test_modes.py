"""How a topic is mirrored is decided once, recorded with its progress, and kept."""

import pytest

import java_tools
from mirror_process import INCOMPLETE

pytestmark = pytest.mark.one_pairing

RECORDS = 2000


def load(pairing, topic, seed):
    java_tools.run(
        "Load", bootstrap=pairing.source.bootstrap, topics=topic, records=RECORDS, seed=seed
    )


def test_key_stays_key(pairing, new_mirror):
    """8 partitions go to 12 by key; when the source has grown to 12, too, they still do."""
    topic, other = pairing.topic("t"), pairing.topic("other")
    java_tools.create_topics(pairing.source, f"{topic}:8", f"{other}:2")
    java_tools.create_topics(pairing.destination, f"{topic}:12")
    load(pairing, topic, seed=1)
    mirror = new_mirror(f"{topic}|{other}")
    mirror.run_until_end()
    assert "8 -> 12 partitions, partitioning=key" in mirror.output()
    # These lie where 8 partitions put them, so only by key do they get where 12 would.
    load(pairing, topic, seed=2)
    java_tools.run("Topics", bootstrap=pairing.source.bootstrap, grow=f"{topic}:12")

    load(pairing, other, seed=1)
    asked = ("--set", "partitioning=identity")
    mirror.expect_refusal(INCOMPLETE, topic, "partitioning=key", "cannot change", flags=asked)
    assert pairing.destination.end_sum(topic, 12) == RECORDS
    # The other topic is no part of the contradiction.
    assert pairing.destination.end_sum(other, 2) == RECORDS

    mirror.run_until_end()
    assert "12 -> 12 partitions, partitioning=key" in mirror.output()
    before, _, _ = java_tools.key_digests(pairing.source, [topic])
    after, misplaced, _ = java_tools.key_digests(pairing.destination, [topic])
    assert misplaced == {topic: 0}
    assert after == before


def test_identity_stays_identity(pairing, new_mirror):
    """The source grows while no mirror runs; the destination follows, and nothing goes by key."""
    topic = pairing.topic("t")
    java_tools.create_topics(pairing.source, f"{topic}:2")
    load(pairing, topic, seed=1)
    mirror = new_mirror(topic)
    mirror.run_until_end()
    java_tools.run("Topics", bootstrap=pairing.source.bootstrap, grow=f"{topic}:5")
    load(pairing, topic, seed=2)
    asked = ("--set", "partitioning=key")
    mirror.expect_refusal(INCOMPLETE, topic, "partitioning=identity", "cannot change", flags=asked)
    mirror.run_until_end()
    assert java_tools.describe_topic(pairing.destination, topic)["partitions"] == "5"
    before = java_tools.digests(pairing.source, [topic])
    assert len(before) == 5
    assert java_tools.digests(pairing.destination, [topic]) == before
