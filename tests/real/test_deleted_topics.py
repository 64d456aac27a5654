"""A topic that is deleted at the source, or created again, while the mirror runs: the mirror says
so and exits accordingly; other topics go on."""

import pytest

import java_tools
from mirror_process import INCOMPLETE

pytestmark = pytest.mark.one_pairing

RECORDS = 1000
# Metadata every second instead of every five minutes.
CONSUMER = {"metadata.max.age.ms": "1000"}


def load(pairing, topic, seed=1):
    java_tools.run(
        "Load", bootstrap=pairing.source.bootstrap, topics=topic, records=RECORDS, seed=seed
    )


def test_deleted_and_recreated(pairing, new_mirror):
    deleted, again, kept = (pairing.topic(name) for name in ("deleted", "again", "kept"))
    java_tools.create_topics(pairing.source, *(f"{name}:1" for name in (deleted, again, kept)))
    load(pairing, f"{deleted},{again},{kept}")
    mirror = new_mirror(f"{deleted}|{again}|{kept}", consumer=CONSUMER)
    mirror.start()
    for name in (deleted, again, kept):
        mirror.wait(lambda: pairing.destination.end_sum(name, 1) == RECORDS, 60, f"{name} copied")

    java_tools.delete_topics(pairing.source, deleted, again)
    java_tools.create_topics(pairing.source, f"{again}:1")
    load(pairing, f"{again},{kept}", seed=2)
    for line in (
        f"topic {deleted} partition 0: the topic was deleted at the source",
        f"topic {again} partition 0: the topic was deleted and created again at the source",
    ):
        mirror.wait(lambda: line in mirror.output(), 60, line)
        assert mirror.output().count(line) == 1
    mirror.wait(lambda: pairing.destination.end_sum(kept, 1) == 2 * RECORDS, 60, "more of the kept")
    mirror.stop(expected=INCOMPLETE)
    assert pairing.destination.end_sum(again, 1) == RECORDS

    # The next start mirrors the new topic from its beginning, behind what the old one held.
    mirror.run_until_end()
    assert f"topic {again} partition 0: the topic was created again" in mirror.output()
    copied = java_tools.fingerprints(pairing.destination, again)[0]
    assert copied[RECORDS:] == java_tools.fingerprints(pairing.source, again)[0]
    before = java_tools.digests(pairing.source, [kept])
    assert java_tools.digests(pairing.destination, [kept]) == before
