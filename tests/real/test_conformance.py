"""Real brokers answer the stories of tests/conformance as they did when they were recorded.

What they answered stands in tests/conformance/expected, a folder a release. The embedded cluster is
held to the same files. --record writes them anew.
"""

import difflib
import os
import pathlib
import subprocess

import pytest

import java_tools
from kafka_cluster import Cluster

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPECTED = ROOT / "tests" / "conformance" / "expected"
PROGRAM = pathlib.Path(
    os.environ.get("KMIRROR_CONFORMANCE")
    or ROOT / "build" / "release" / "tests" / "conformance" / "conformance"
)

# Records and producers of stories are from 2020: nobody sweeps them away meanwhile, and what is of
# today, as markers of transactions are, does not begin another segment, where a fetch would end.
HOUR_MS = "3600000"
CENTURY_MS = "3153600000000"
SETTINGS = {
    "log.roll.ms": CENTURY_MS,
    "log.initial.task.delay.ms": HOUR_MS,
    "log.retention.check.interval.ms": HOUR_MS,
    "producer.id.expiration.check.interval.ms": HOUR_MS,
}


@pytest.fixture(scope="module", params=["3.9.1", "4.1.1"])
def cluster(request):
    started = Cluster.create(
        f"conformance-{request.param}", request.param, brokers=3, settings=SETTINGS
    )
    yield started
    started.down()


def tell(cluster, release, directory):
    """Tells all stories and returns the files written, a group each."""
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("*.txt"):
        old.unlink()
    command = [str(PROGRAM), "--bootstrap", f"127.0.0.1:{cluster.ports[0]}"]
    command += ["--release", release, "--into", str(directory)]
    subprocess.run(command, check=True, timeout=600)
    return sorted(directory.glob("*.txt"))


def stories_of(text):
    """Each story's transcript by its name."""
    told = {}
    for story in text.split("== ")[1:]:
        name, transcript = story.split("\n", 1)
        told[name] = transcript
    return told


def differences(expected, answered):
    """What to say of stories that went otherwise, and of those that are missing on either side."""
    for name in expected.keys() | answered.keys():
        lines = difflib.unified_diff(
            expected.get(name, "").splitlines(),
            answered.get(name, "").splitlines(),
            "expected",
            "answered",
            lineterm="",
            n=99,
        )
        lines = list(lines)
        if lines:
            yield "\n".join([f"== {name}", *lines])


def test_real_brokers_answer_as_recorded(cluster, request):
    release = ".".join(cluster.version.split(".")[:2])
    directory = java_tools.CLASSES.parent / "conformance" / release
    files = tell(cluster, release, directory)
    if request.config.getoption("--record"):
        (EXPECTED / release).mkdir(parents=True, exist_ok=True)
        for file in files:
            (EXPECTED / release / file.name).write_text(file.read_text())
    recorded = {path.name for path in (EXPECTED / release).glob("*.txt")}
    assert recorded == {path.name for path in files}
    found = []
    for file in files:
        expected = (EXPECTED / release / file.name).read_text()
        found += differences(stories_of(expected), stories_of(file.read_text()))
    assert not found, "\n\n".join(sorted(found))
