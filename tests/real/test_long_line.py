"""A destination far away: many batches are on their way when the line breaks, or the broker."""

import pytest

import java_tools
from bench_link import FarEndpoint
from endpoints import SETTINGS, Endpoint
from kafka_cluster import Cluster, free_ports

RECORDS = 400_000
ROUND_TRIP_MS = 80
BYTES_A_SECOND = 10_000_000
WIDE = 1_000_000_000  # bytes a second: while the copy is read


@pytest.fixture
def line(pairing):
    """A line, whose other end is a cluster that tells its clients to come through it."""
    port = free_ports(1)[0]
    settings = {**SETTINGS, "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}"}
    version = pairing.destination.version
    cluster = Cluster.create("test-far", version, settings=settings)
    made = FarEndpoint("far", port, cluster.ports[0])
    made.set_line(ROUND_TRIP_MS, BYTES_A_SECOND)
    pairing.destination = Endpoint("far", made.bootstrap, version, cluster)
    try:
        yield made
    finally:
        made.close()
        cluster.down()


def break_line(line, _):
    line.set_line(ROUND_TRIP_MS, BYTES_A_SECOND)


def kill_broker(_, cluster):
    cluster.stop_broker(1, kill=True)
    cluster.start_broker(1)


def stop_broker(_, cluster):
    cluster.stop_broker(1)
    cluster.start_broker(1)


@pytest.mark.few_pairings
@pytest.mark.own_brokers("their lines are not ours to break")
@pytest.mark.parametrize(
    "fail", [break_line, kill_broker, pytest.param(stop_broker, marks=pytest.mark.long)]
)
def test_far_destination_fails(pairing, new_mirror, line, is_long, fail):
    topic = pairing.topic("t")
    java_tools.create_topics(pairing.source, f"{topic}:1")
    java_tools.run("Load", bootstrap=pairing.source.bootstrap, topics=topic, records=RECORDS)
    mirror = new_mirror(topic)
    mirror.start()
    failures = 8 if is_long else 2
    for done in range(1, failures + 1):
        least = done * RECORDS / (failures + 1)
        mirror.wait(lambda: pairing.destination.end_sum(topic, 1) >= least, 180, f"{least} copied")
        fail(line, pairing.destination.cluster)
    mirror.wait(lambda: pairing.destination.end_sum(topic, 1) >= RECORDS, 180, "all copied")
    mirror.stop()
    line.set_line(0, WIDE)
    before = java_tools.digests(pairing.source, [topic])
    assert java_tools.digests(pairing.destination, [topic]) == before
    assert before[topic, 0][0] == RECORDS
