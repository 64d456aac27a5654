"""Different partition counts: every keyed record goes where Java's partitioner puts it."""

import pytest

import java_tools

SOURCE_PARTITIONS = 8


@pytest.mark.parametrize("destination_partitions", [12, 3])
def test_key_split(pairing, new_mirror, destination_partitions, is_long):
    topics = {pairing.topic(f"{c}-{destination_partitions}"): c for c in pairing.source.codecs()}
    java_tools.create_topics(pairing.source, *(f"{name}:{SOURCE_PARTITIONS}" for name in topics))
    java_tools.create_topics(
        pairing.destination, *(f"{name}:{destination_partitions}" for name in topics)
    )
    java_tools.run(
        "Load",
        bootstrap=pairing.source.bootstrap,
        topics=",".join(f"{name}={codec}" for name, codec in topics.items()),
        records=1_000_000 if is_long else 20_000,
        keys=500,
    )
    new_mirror("|".join(topics)).run_until_end(timeout_s=600)

    before, misplaced_before, _ = java_tools.key_digests(pairing.source, topics)
    after, misplaced_after, unkeyed = java_tools.key_digests(pairing.destination, topics)
    assert not any(misplaced_before.values()), "the source is not what this test means to copy"
    assert misplaced_after == {name: 0 for name in topics}
    assert after == before
    # Records without a key are spread over all partitions, not piled up in one.
    assert len(unkeyed) == len(topics) * destination_partitions
    assert all(unkeyed.values()), unkeyed
