"""compression.type of the producer's file: as asked, or the source's own, unopened."""

import re

import pytest

import java_tools

pytestmark = pytest.mark.one_pairing

PARTITIONS = 2
OPENED = re.compile(r"\b(\d+) decompressed\b")


@pytest.mark.own_brokers("codecs are read from segment files")
@pytest.mark.parametrize("asked", ["zstd", "none", "producer"])
def test_codec_at_the_destination(pairing, new_mirror, asked):
    topic = pairing.topic("t")
    java_tools.create_topics(pairing.source, f"{topic}:{PARTITIONS}")
    java_tools.run(
        "Load", bootstrap=pairing.source.bootstrap, topics=f"{topic}=gzip", records=5000
    )
    mirror = new_mirror(topic, producer={"compression.type": asked})
    mirror.run_until_end()
    before = java_tools.digests(pairing.source, [topic])
    assert java_tools.digests(pairing.destination, [topic]) == before
    stored = java_tools.batches(pairing.destination, topic, PARTITIONS)
    assert {batch[1] for batches in stored.values() for batch in batches} == {
        "gzip" if asked == "producer" else asked
    }
    opened = int(OPENED.search(mirror.closing_line())[1])
    assert (opened > 0) == (asked != "producer"), mirror.closing_line()
