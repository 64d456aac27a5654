"""The mirror ends in the middle, by kill -9 or SIGTERM, and is started again."""

import pytest

import java_tools

PARTITIONS = 6
TOPIC_CODECS = {"plain": "none", "packed": "lz4"}


class Flow:
    """Two topics that are produced at a steady rate while the mirror comes and goes."""

    def __init__(self, pairing, records, rate):
        self.pairing = pairing
        self.records = records
        self.topics = {pairing.topic(name): codec for name, codec in TOPIC_CODECS.items()}
        java_tools.create_topics(pairing.source, *(f"{name}:{PARTITIONS}" for name in self.topics))
        self.loads = [
            java_tools.start_load(
                bootstrap=pairing.source.bootstrap,
                topics=f"{name}={codec}",
                records=records,
                rate=rate,
                linger_ms=20,
            )
            for name, codec in self.topics.items()
        ]

    def whitelist(self):
        return "|".join(self.topics)

    def arrived(self):
        """Records at the destination, of both topics."""
        return sum(self.pairing.destination.end_sum(name, PARTITIONS) for name in self.topics)

    def total(self):
        return self.records * len(self.topics)

    def finish(self):
        for load in self.loads:
            java_tools.finish_load(load)

    def stop(self):
        for load in self.loads:
            load.kill()
            load.wait()


@pytest.fixture
def flow(pairing, is_long):
    made = Flow(pairing, *((1_000_000, 40_000) if is_long else (100_000, 12_000)))
    yield made
    made.stop()


def interruptions(is_long):
    """How full the destination is (of 1) when the mirror is ended."""
    return [i / 11 for i in range(1, 11)] if is_long else [0.25, 0.6]


def first_occurrences(records):
    """The records in order, later repetitions left out."""
    return list(dict.fromkeys(records))


@pytest.mark.few_pairings
def test_kill(pairing, new_mirror, flow, is_long):
    mirror = new_mirror(flow.whitelist())
    mirror.start()
    for part in interruptions(is_long):
        mirror.wait(lambda: flow.arrived() >= part * flow.total(), 180, f"{part:.0%} copied")
        mirror.kill()
        mirror.start()
    flow.finish()
    mirror.stop()
    mirror.run_until_end()
    for topic in flow.topics:
        before = java_tools.fingerprints(pairing.source, topic)
        after = java_tools.fingerprints(pairing.destination, topic)
        # Whatever was copied again after a kill repeats what was there; the rest is the source.
        assert {p: first_occurrences(r) for p, r in after.items()} == before


@pytest.mark.few_pairings
def test_terminate(pairing, new_mirror, flow, is_long):
    mirror = new_mirror(flow.whitelist())
    mirror.start()
    for part in interruptions(is_long):
        mirror.wait(lambda: flow.arrived() >= part * flow.total(), 180, f"{part:.0%} copied")
        mirror.stop()
        assert "records" in mirror.closing_line()
        mirror.start()
    flow.finish()
    mirror.stop()
    mirror.run_until_end()
    before = java_tools.digests(pairing.source, flow.topics)
    assert java_tools.digests(pairing.destination, flow.topics) == before
