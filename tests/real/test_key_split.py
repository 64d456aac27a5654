"""Different partition counts: every keyed record goes where Java's partitioner puts it."""

import java_tools

SOURCE_PARTITIONS = 8
DESTINATION_PARTITIONS = [12, 3]


def test_key_split(pairing, new_mirror, is_long):
    topics = {}
    created = []
    for codec in pairing.source.codecs():
        for partitions in DESTINATION_PARTITIONS:
            name = pairing.topic(f"{codec}-{partitions}")
            topics[name] = codec
            created.append(f"{name}:{partitions}")
    java_tools.create_topics(pairing.source, *(f"{name}:{SOURCE_PARTITIONS}" for name in topics))
    java_tools.create_topics(pairing.destination, *created)
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
    # Records without a key are spread, in runs, and not piled up in one partition.
    for name in topics:
        used = [count for (topic, _), count in unkeyed.items() if topic == name and count]
        assert len(used) > 1, f"{name}: records without a key in {len(used)} partition"
