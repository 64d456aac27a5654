"""Our record batches and message sets read by the Java client's own classes (kafka-clients 3.9.1).

The other way round, and Java's bytes against ours, is tests/golden/.
"""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script" / "lib"))

import kafka_jars  # noqa: E402

KAFKA = "3.9.1"
GOLDEN = ROOT / "tests" / "golden" / "RecordsGolden.java"
APPEND = ROOT / "tests" / "interop" / "AppendInterop.java"
TOOL = pathlib.Path(
    os.environ.get("KMIRROR_RECORDS_TOOL", ROOT / "build/release/tests/interop/records_tool")
)
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
NO_PRODUCER = {"producerId": -1, "producerEpoch": -1, "baseSequence": -1, "transactional": False}


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def java(program, *args):
    return run(kafka_jars.java_command(KAFKA, str(program), args))


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """The file with what Kafka's classes wrote."""
    path = tmp_path_factory.mktemp("given") / "given.jsonl"
    path.write_text(java(GOLDEN))
    return path


@pytest.fixture(scope="module")
def ours(given, tmp_path_factory):
    """The file with what we made of it."""
    assert TOOL.exists(), f"{TOOL} is not built (KMIRROR_RECORDS_TOOL may name another)"
    path = tmp_path_factory.mktemp("ours") / "ours.jsonl"
    path.write_text(run([str(TOOL), str(given)]))
    return path


@pytest.fixture(scope="module")
def sources(given):
    """[(name, batch or message)] of all that our tool has to write again."""
    lines = [json.loads(line) for line in given.read_text().splitlines()]
    batches = [(line["name"], batch) for line in lines for batch in line["batches"]]
    return [(n, b) for n, b in batches if b["records"] and not b.get("control", False)]


@pytest.fixture(scope="module")
def read_by_java(given, ours):
    """{way: [(name, the batch that we were given, what Java reads in ours)]}."""
    batches = {}
    for line in map(json.loads, given.read_text().splitlines()):
        batches[line["name"]] = line["batches"]
    ways = {}
    for line in map(json.loads, java(GOLDEN, "read", str(ours)).splitlines()):
        source = batches[line["name"]][line["batch"]]
        assert line["validBytes"] == len(line["bytes"]) // 2
        ways.setdefault(line["way"], []).append((line["name"], source, line["batches"]))
    return ways


def numbered(records):
    return [record | {"offset": offset} for offset, record in enumerate(records)]


def without_headers(records):
    return [record | {"headers": []} for record in records]


@pytest.mark.parametrize("codec", CODECS)
def test_batches_that_the_splitter_builds(sources, read_by_java, codec):
    """From every format; renumbered, with the timestamps that consumers of the source saw."""
    cases = read_by_java[f"split {codec}"]
    assert {source["magic"] for _, source, _ in cases} == {0, 1, 2}
    refused = [name for name, _ in sources if "truncated inner message" in name]
    assert len(refused) == 6 and len(cases) == len(sources) - len(refused)
    for name, source, ours in cases:
        [batch] = ours
        assert batch["magic"] == 2 and batch["codec"] == codec, name
        assert batch["records"] == numbered(source["records"]), name
        assert batch["maxTimestamp"] == max(r["timestamp"] for r in source["records"]), name
        assert batch["lastOffset"] == len(source["records"]) - 1, name
        assert batch | NO_PRODUCER | {"control": False, "leaderEpoch": -1} == batch, name
        assert batch["timestampType"] == "CreateTime" and "deleteHorizon" not in batch, name


@pytest.mark.parametrize("codec", CODECS[:-1])
@pytest.mark.parametrize("use", ["fetch", "produce"])
def test_message_sets_of_format_1(sources, read_by_java, use, codec):
    cases = read_by_java[f"{use} {codec}"]
    batches = [batch for _, batch in sources if batch["magic"] == 2]
    refused = [b for b in batches if min(r["timestamp"] for r in b["records"]) < -1]
    assert len(refused) > 0 and len(cases) == len(batches) - len(refused)
    for name, source, ours in cases:
        expected = without_headers(source["records"])
        if use == "produce":
            expected = numbered(expected)
        assert [record for message in ours for record in message["records"]] == expected, name
        assert len(ours) == (len(expected) if codec == "none" else 1), name
        kind = source["timestampType"] if use == "fetch" else "CreateTime"
        for message in ours:
            assert message["magic"] == 1 and message["codec"] == codec, name
            assert message["timestampType"] == kind, name


def test_brokers_append_them_in_place(ours):
    """Of format 2, and of format 1 as made for brokers: nothing is built again, or refused."""
    answers = {}
    for line in map(json.loads, java(APPEND, str(ours)).splitlines()):
        kind = line["way"].split(" ")[0]
        answers.setdefault((kind, line["appended"]), []).append((line["name"], line["way"]))
    assert len(answers.pop(("split", "in place"))) > 1000
    assert len(answers.pop(("produce", "in place"))) > 100
    # Offsets of a log are what a consumer wants; a broker would have to build wrappers again.
    assert answers.pop(("fetch", "rebuilt"))
    assert {kind for kind, _ in answers} == {"fetch"}, answers
