"""Which topics a regex chooses, and under which names they are mirrored."""

import pytest

import java_tools

pytestmark = pytest.mark.one_pairing

RECORDS = 1000


def load(pairing, topic):
    java_tools.create_topics(pairing.source, f"{topic}:2")
    java_tools.run("Load", bootstrap=pairing.source.bootstrap, topics=topic, records=RECORDS)


def contents(endpoint, topic):
    """By partition, without the topic's name."""
    return [digest for _, digest in sorted(java_tools.digests(endpoint, [topic]).items())]


def test_internal_topics(pairing, new_mirror):
    """A wildcard never means one of Kafka's own; naming it does."""
    topic = pairing.topic("t")
    load(pairing, topic)
    # The first run's commits make __consumer_offsets, if nothing else has.
    wildcard = new_mirror(f"{topic}|_.*|.*consumer_offsets", name="wildcard")
    for _ in range(2):
        wildcard.run_until_end()
        assert f"topic {topic} -> " in wildcard.output()
        assert "__consumer_offsets" not in wildcard.output()
    assert contents(pairing.destination, topic) == contents(pairing.source, topic)

    prefix = pairing.topic("")
    literal = new_mirror(f"{topic}|__consumer_offsets", name="literal")
    literal.run_until_end("--set", f"topic.prefix={prefix}")
    assert f"topic __consumer_offsets -> {prefix}__consumer_offsets" in literal.output()


def test_prefix_within_one_cluster(pairing, new_mirror):
    """Copies match the regex as well, and are not copied again."""
    topic, prefix = pairing.topic("t"), "copy."
    load(pairing, topic)
    mirror = new_mirror(f".*{topic}", producer={"bootstrap.servers": pairing.source.bootstrap})
    for _ in range(2):
        mirror.run_until_end("--set", f"topic.prefix={prefix}")
        assert f"topic {topic} -> {prefix}{topic}" in mirror.output()
        assert pairing.source.offsets(f"{prefix}{prefix}{topic}", 2, -1) is None
        assert contents(pairing.source, f"{prefix}{topic}") == contents(pairing.source, topic)
