"""A broker of either end goes away in the middle and comes back; the mirror goes on by itself."""

import re

import pytest

import java_tools

from test_restart import PARTITIONS, Flow  # noqa: F401
from test_restart import flow  # noqa: F401  (a fixture)

# Beside the two lines about the broker: that a commit is tried again later, or that metadata could
# not be read for a while.
MOST_OTHER_LINES = 3
PROGRESS = re.compile(r"\d+ records/s, ")
LOST = re.compile(r"warning (\w+) broker 1 \((.*)\): .*; reconnecting$")
AGAIN = re.compile(r"info (\w+) broker 1 \((.*)\): connected again$")
# A broker that is stopped gives its partitions up; if the metadata tell that first, nobody talks to
# it when it goes, and only the metadata cannot be read.
UNREACHABLE = re.compile(r"warning no (\w+) broker could be reached \(bootstrap.servers=(.*)\): ")
READ_AGAIN = re.compile(r"info (\w+): metadata is read again$")


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
    expect_two_lines(said, side, f"127.0.0.1:{endpoint.cluster.ports[0]}")
    mirror.stop()
    before = java_tools.digests(pairing.source, flow.topics)
    assert java_tools.digests(pairing.destination, flow.topics) == before


def expect_two_lines(said, side, address):
    """One line says that the broker was lost and a later one that it is back, and hardly more."""
    events = [line for line in said if not PROGRESS.match(line)]
    text = "\n".join(said)
    lost = [at for at, line in enumerate(events) if names(LOST, line, side, address)]
    again = [at for at, line in enumerate(events) if names(AGAIN, line, side, address)]
    if not lost:
        lost = [at for at, line in enumerate(events) if names(UNREACHABLE, line, side, address)]
        again = [at for at, line in enumerate(events) if names(READ_AGAIN, line, side)]
    assert len(lost) == 1, f"{len(lost)} lines say that the connection is lost:\n{text}"
    assert len(again) == 1, f"{len(again)} lines say that it is there again:\n{text}"
    assert lost < again, text
    others = [line for at, line in enumerate(events) if at not in lost + again]
    assert len(others) <= MOST_OTHER_LINES, text


def names(pattern, line, *groups):
    found = pattern.search(line)
    return found is not None and found.groups() == groups
