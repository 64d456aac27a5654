"""Fixtures for the tests against real brokers. --long adds old brokers, many kills, full sizes."""

import itertools
import pathlib
import re
import sys
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "script" / "lib"))
sys.path.insert(0, str(HERE))

import endpoints as endpoints_module  # noqa: E402
import java_tools  # noqa: E402
import mirror_process  # noqa: E402

NEW = ["3.9.1", "4.1.1"]
OLD = ["2.8.2", "0.11.0.3"]


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="old brokers, many kills, full sizes")
    parser.addoption("--record", action="store_true", help="conformance: what brokers answer now")


def pytest_configure(config):
    config.addinivalue_line("markers", "long: only with --long")
    config.addinivalue_line("markers", "own_brokers(why): needs brokers that this run started")
    config.addinivalue_line("markers", "few_pairings: crossed pairings only, all with --long")
    config.addinivalue_line("markers", "one_pairing: versions make no difference")
    config.addinivalue_line("markers", "old_sources: old sources only, so with --long")


def pytest_generate_tests(metafunc):
    if "pairing" in metafunc.fixturenames:
        marks = {mark.name for mark in metafunc.definition.iter_markers()}
        found = pairings("few_pairings" in marks)
        if "one_pairing" in marks and not endpoints_module.outside():
            found = [pairing for pairing in found if pairing.values[0] == tuple(NEW)]
        if "old_sources" in marks:
            found = [pairing for pairing in found if pairing.values[0][0] in OLD]
        metafunc.parametrize("pairing", found, indirect=True)


def pairings(few):
    """pytest parameters (source version, destination version), the slow ones marked long."""
    if endpoints_module.outside():
        return [pytest.param(("outside", "outside"), id="outside")]
    found = []
    for source, destination in itertools.chain(
        itertools.product(NEW, NEW), itertools.product(OLD, NEW[-1:])
    ):
        long = source in OLD or (few and source == destination)
        marks = [pytest.mark.long] if long else []
        name = f"{source}-to-{destination}"
        found.append(pytest.param((source, destination), id=name, marks=marks))
    return found


def pytest_collection_modifyitems(config, items):
    for item in items:
        if item.get_closest_marker("long") and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason="long: run with --long"))
        own = item.get_closest_marker("own_brokers")
        if own and endpoints_module.outside():
            item.add_marker(pytest.mark.skip(reason=f"outside clusters: {own.args[0]}"))


@pytest.fixture(scope="session")
def is_long(request):
    return request.config.getoption("--long")


@pytest.fixture
def is_full_size(request, is_long):
    """One pairing always moves what the long run moves for all."""
    return is_long or request.node.callspec.params["pairing"] == tuple(NEW)


@pytest.fixture(scope="session")
def endpoints():
    started = endpoints_module.Endpoints()
    yield started
    started.close()


class Pairing:
    """A source and a destination, and names that no other test of this or another run uses."""

    def __init__(self, source, destination, unique):
        self.source = source
        self.destination = destination
        self.unique = unique

    def topic(self, name):
        return f"{self.unique}-{name}"


@pytest.fixture
def pairing(request, endpoints, run_id):
    source, destination = request.param
    test = f"{request.node.module.__name__}.{request.node.name}".replace("test_", "")
    unique = re.sub(r"[^a-zA-Z0-9.]+", "-", f"{test}-{run_id}")
    return Pairing(
        endpoints.get("source", source), endpoints.get("destination", destination), unique
    )


@pytest.fixture(scope="session")
def run_id():
    """Outside clusters keep their topics from run to run, so each run has its own names."""
    return format(int(time.time()), "x")


@pytest.fixture
def new_mirror(pairing, request):
    """new_mirror(whitelist, name, consumer, producer) makes a Mirror; a live one is ended here."""
    if not mirror_process.PROGRAM.exists():
        pytest.fail(f"{mirror_process.PROGRAM} does not exist; script/build makes it")
    made = []

    def make(whitelist, name="mirror", consumer=None, producer=None):
        directory = java_tools.CLASSES.parent / "runs" / pairing.unique / name
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "mirror.log").unlink(missing_ok=True)
        mirror = mirror_process.Mirror(
            directory,
            pairing.source,
            pairing.destination,
            f"{pairing.unique}-{name}",
            whitelist,
            consumer,
            producer,
        )
        made.append(mirror)
        return mirror

    yield make
    for mirror in made:
        mirror.kill()
