"""What cannot be carried yet stops its partition and says why; everything else goes on."""

import subprocess

import pytest

import java_tools
from kafka_cluster import wait_until
from mirror_process import INCOMPLETE

RECORDS = 100
# Compacted as soon as there is anything to gain, and in segments of a moment.
COMPACTED = "cleanup.policy=compact;segment.ms=100;min.cleanable.dirty.ratio=0.01"


def send(endpoint, topic, partition, lines):
    """Lines of key:value, in one batch if it goes well."""
    command = ["kcat", "-P", "-b", endpoint.bootstrap, "-t", topic, "-p", str(partition), "-K:"]
    command += ["-X", "linger.ms=200"]
    subprocess.run(command, input="".join(f"{line}\n" for line in lines), text=True, check=True)


@pytest.mark.one_pairing
@pytest.mark.own_brokers("their cleaners look for work every 15 s")
def test_holes_of_compaction(pairing, new_mirror):
    topic = pairing.topic("holes")
    java_tools.create_topics(pairing.source, f"{topic}:2:{COMPACTED}")
    send(pairing.source, topic, 0, [f"key-{i % 20}:{i}" for i in range(RECORDS)])
    send(pairing.source, topic, 1, [f"key-{i}:{i}" for i in range(RECORDS)])

    def compacted():
        # The newest segment is never cleaned, so something has to follow.
        send(pairing.source, topic, 0, ["last:"])
        return java_tools.digests(pairing.source, [topic])[topic, 0][0] < RECORDS

    wait_until(compacted, 60, "compaction of partition 0", every_s=0.5)
    new_mirror(topic).expect_refusal(
        INCOMPLETE, f"topic {topic} partition 0: offsets 0 to ", "compaction", "stopped"
    )
    after = java_tools.digests(pairing.destination, [topic])
    assert after[topic, 0][0] == 0
    assert after[topic, 1] == java_tools.digests(pairing.source, [topic])[topic, 1]
    assert after[topic, 1][0] == RECORDS


@pytest.mark.old_sources
@pytest.mark.parametrize("version, magic", [("0.10.0", 1), ("0.9.0", 0)])
def test_old_message_format(pairing, new_mirror, version, magic):
    old, new = pairing.topic("old"), pairing.topic("new")
    settings = f"message.format.version={version}"
    java_tools.create_topics(pairing.source, f"{old}:1:{settings}", f"{new}:1")
    # Java's producer is idempotent, which these formats cannot be.
    for topic in (old, new):
        send(pairing.source, topic, 0, [f"key-{i}:{i}" for i in range(RECORDS)])
    mirror = new_mirror(f"{old}|{new}")
    mirror.expect_refusal(
        INCOMPLETE, f"topic {old} partition 0: offset 0: ", f"message format {magic}"
    )
    assert pairing.destination.end_sum(old, 1) == 0
    before = java_tools.digests(pairing.source, [new])
    assert before[new, 0][0] == RECORDS
    assert java_tools.digests(pairing.destination, [new]) == before
