"""Old records of a topic that keeps them long must not die at the destination on arrival."""

import re
import time

import pytest

import java_tools
from kafka_cluster import wait_until

PARTITIONS = 2
DAY_MS = 86_400_000
CHECKS = 3
WARNING = re.compile(r"warning topic (\S+): .* keeps less than the source \((.*)\)")
SETTINGS = {"retention.ms": str(365 * DAY_MS), "max.message.bytes": "2000000"}


@pytest.mark.own_brokers("their retention checks are minutes apart")
def test_old_records_stay(pairing, new_mirror):
    topic = pairing.topic("old")
    settings = ";".join(f"{key}={value}" for key, value in SETTINGS.items())
    java_tools.create_topics(pairing.source, f"{topic}:{PARTITIONS}:{settings}")
    load_old(pairing.source, topic)
    new_mirror(topic).run_until_end()
    before = java_tools.digests(pairing.source, [topic])

    assert java_tools.describe_topic(pairing.destination, topic).items() >= SETTINGS.items()
    for check in range(CHECKS):
        expect_retention_at_work(pairing.destination, pairing.topic(f"control-{check}"))
    assert java_tools.digests(pairing.destination, [topic]) == before


@pytest.mark.one_pairing
def test_shorter_retention_is_warned_about(pairing, new_mirror):
    topics = [pairing.topic(name) for name in ("time", "size", "same")]
    ours = f"retention.ms={7 * DAY_MS};retention.bytes=1000000000"
    theirs = [
        f"retention.ms={DAY_MS};retention.bytes=1000000000",
        f"retention.ms={7 * DAY_MS};retention.bytes=1000000",
        ours,
    ]
    java_tools.create_topics(pairing.source, *(f"{topic}:1:{ours}" for topic in topics))
    java_tools.create_topics(
        pairing.destination, *(f"{topic}:1:{there}" for topic, there in zip(topics, theirs))
    )
    mirror = new_mirror("|".join(topics))
    mirror.run_until_end()
    found = WARNING.findall(mirror.output())
    assert sorted(found) == sorted([
        (topics[0], f"retention.ms={7 * DAY_MS} there, {DAY_MS} here"),
        (topics[1], "retention.bytes=1000000000 there, 1000000 here"),
    ])


def load_old(endpoint, topic):
    java_tools.run(
        "Load",
        bootstrap=endpoint.bootstrap,
        topics=topic,
        records=5000,
        timestamp_start=int(time.time() * 1000) - 30 * DAY_MS,
    )


def expect_retention_at_work(endpoint, topic):
    """Returns when the broker has emptied a topic of equally old records under its own defaults."""
    java_tools.create_topics(endpoint, f"{topic}:1")
    load_old(endpoint, topic)
    ends = endpoint.offsets(topic, 1, -1)
    wait_until(lambda: endpoint.offsets(topic, 1, -2) == ends, 60, f"retention of {topic}")
