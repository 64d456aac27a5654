"""Equal partition counts: batches are passed on unopened, each partition stays what it was."""

import re

import pytest

import java_tools

PARTITIONS = 8
# Smaller batches may be merged on the way; these may not be touched.
UNTOUCHED_BYTES = 16 << 10


@pytest.fixture
def loaded(pairing, is_full_size):
    """A topic for each codec, and one of small batches, on the source."""
    topics = {pairing.topic(codec): codec for codec in pairing.source.codecs()}
    small = pairing.topic("small")
    java_tools.create_topics(pairing.source, *(f"{name}:{PARTITIONS}" for name in [*topics, small]))
    java_tools.run(
        "Load",
        bootstrap=pairing.source.bootstrap,
        topics=",".join(f"{name}={codec}" for name, codec in topics.items()),
        records=1_000_000 if is_full_size else 30_000,
        batch_size=65536,
        linger_ms=100,
    )
    java_tools.run(
        "Load",
        bootstrap=pairing.source.bootstrap,
        topics=f"{small}=lz4",
        records=5_000,
        batch_size=1000,
        linger_ms=0,
    )
    return topics, small


def test_identity(pairing, new_mirror, loaded):
    topics, small = loaded
    everything = [*topics, small]
    mirror = new_mirror("|".join(everything))
    mirror.run_until_end(timeout_s=600)

    before = java_tools.digests(pairing.source, everything)
    after = java_tools.digests(pairing.destination, everything)
    assert after == before
    assert all(count > 0 for count, _ in after.values())
    expect_opened_only_to_join(mirror.closing_line())
    if pairing.source.cluster:
        for topic in topics:
            expect_same_payloads(pairing, topic)

    # The progress was committed: a second run finds nothing to do.
    mirror.run_until_end()
    assert java_tools.digests(pairing.destination, everything) == before


def expect_opened_only_to_join(line):
    """Small batches may be joined; how many there are is a matter of the producer's timing."""
    rebuilt, decompressed = re.search(r"(\d+) rebuilt, (\d+) decompressed", line).groups()
    joined = re.search(r"(\d+) small ones were joined", line)
    assert int(rebuilt) == (int(joined[1]) if joined else 0), line
    assert int(decompressed) <= int(rebuilt), line


def expect_same_payloads(pairing, topic):
    """Every large batch of the source is at the destination byte for byte, in the same order."""
    before = java_tools.batches(pairing.source, topic, PARTITIONS)
    after = java_tools.batches(pairing.destination, topic, PARTITIONS)
    large = 0
    for partition in range(PARTITIONS):
        copied = iter(after[partition])
        for batch in before[partition]:
            if batch[0] >= UNTOUCHED_BYTES:
                assert batch in copied, f"{topic}-{partition}: a batch of {batch} was changed"
                large += 1
    assert large >= PARTITIONS, f"{topic}: only {large} large batches, so nothing was shown"
