"""A broker of either end goes away in the middle and comes back; the mirror goes on by itself."""

import pytest

import java_tools

from test_restart import PARTITIONS, Flow  # noqa: F401
from test_restart import flow  # noqa: F401  (a fixture)

# More lines than this about one restart would be a flood.
MOST_LINES = 40


@pytest.mark.few_pairings
@pytest.mark.own_brokers("their brokers are not ours to restart")
@pytest.mark.parametrize("kill", [False, True], ids=["term", "kill"])
@pytest.mark.parametrize("side", ["destination", "source"])
def test_broker_restart(pairing, new_mirror, flow, side, kill):  # noqa: F811
    endpoint = getattr(pairing, side)
    mirror = new_mirror(flow.whitelist())
    mirror.start()
    mirror.wait(lambda: flow.arrived() >= flow.total() / 4, 180, "a quarter copied")
    said_before = len(mirror.output().splitlines())
    endpoint.cluster.stop_broker(1, kill=kill)
    endpoint.cluster.start_broker(1)
    flow.finish()
    mirror.wait(lambda: flow.arrived() >= flow.total(), 180, "all copied")

    said = mirror.output().splitlines()[said_before:]
    port = str(endpoint.cluster.ports[0])
    assert any(port in line for line in said), f"nothing about the broker at {port}:\n{said}"
    assert len(said) < MOST_LINES, "\n".join(said)
    mirror.stop()
    before = java_tools.digests(pairing.source, flow.topics)
    assert java_tools.digests(pairing.destination, flow.topics) == before
