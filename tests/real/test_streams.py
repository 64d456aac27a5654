"""--num.streams decides about lines that MirrorMaker's consumers print, threads about cores."""

import pytest

import java_tools

PARTITIONS = 8
RECORDS = 20_000


@pytest.mark.one_pairing
def test_streams_and_threads(pairing, new_mirror):
    topic = pairing.topic("t")
    java_tools.create_topics(pairing.source, f"{topic}:{PARTITIONS}")
    java_tools.run("Load", bootstrap=pairing.source.bootstrap, topics=topic, records=RECORDS)
    servers = pairing.source.bootstrap.split(",")
    servers.append(servers[0].replace("127.0.0.1", "localhost"))
    mirror = new_mirror(topic, consumer={"bootstrap.servers": ",".join(servers)})
    mirror.run_until_end("--num.streams", "4", "--set", "threads=2")
    lines = [line for line in mirror.output().splitlines() if line.startswith("{")]
    assert lines == [
        f"{{metadata.broker.list={','.join(servers)}, request.timeout.ms=30000, "
        f"client.id={mirror.group}-{stream}, security.protocol=PLAINTEXT}}"
        for stream in range(4)
    ]
    before = java_tools.digests(pairing.source, [topic])
    assert java_tools.digests(pairing.destination, [topic]) == before
    assert all(count for count, _ in before.values())
