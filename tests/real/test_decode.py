"""kmirror decode: segments that real brokers wrote, against Kafka's own tools; damage; messages."""

import functools
import json
import re
import subprocess

import pytest

import decode_tools
import java_tools
import kafka_jars
from decode_tools import decode, hex_of
from kafka_cluster import kcat_options
from mirror_process import PROGRAM

GOLDEN = kafka_jars.ROOT / "build" / "release" / "golden"
SEGMENT = "00000000000000000000.log"
NEEDS_FILES = pytest.mark.own_brokers("their segment files are read")


def segment_of(endpoint, topic):
    return endpoint.partition_dir(topic, 0) / SEGMENT


def compare(segments):
    """The number of records in each, after a comparison of all that DumpLogSegments tells."""
    counts = []
    for segment, theirs in zip(segments, decode_tools.kafkas(segments), strict=True):
        ours = decode_tools.ours(segment)
        for our_lines, their_lines in zip(ours, theirs, strict=True):
            for our_line, their_line in zip(our_lines, their_lines, strict=True):
                assert our_line == their_line
        counts.append(len(ours[1]))
    return counts


@NEEDS_FILES
@pytest.mark.one_pairing
def test_segments_of_each_codec(pairing, is_long):
    count = 20000 if is_long else 4000
    codecs = pairing.source.codecs()
    topics = {pairing.topic(codec): codec for codec in codecs}
    java_tools.create_topics(pairing.source, *(f"{topic}:1" for topic in topics))
    loaded = ",".join(f"{topic}={codec}" for topic, codec in topics.items())
    java_tools.run("Load", bootstrap=pairing.source.bootstrap, topics=loaded, records=count)
    segments = [segment_of(pairing.source, topic) for topic in topics]
    assert compare(segments) == [count] * len(codecs)


@NEEDS_FILES
@pytest.mark.one_pairing
def test_segments_with_transactions_and_append_times(pairing):
    txn, appended = pairing.topic("txn"), pairing.topic("appended")
    java_tools.create_topics(
        pairing.source, f"{txn}:1", f"{appended}:1:message.timestamp.type=LogAppendTime"
    )
    bootstrap = pairing.source.bootstrap
    java_tools.run("TxnLoad", bootstrap=bootstrap, topics=f"{txn}=lz4", partitions=1, rounds=5)
    java_tools.run("Load", bootstrap=bootstrap, topics=f"{appended}=gzip", records=500)
    segments = [segment_of(pairing.source, topic) for topic in (txn, appended)]
    counts = compare(segments)
    assert counts[0] > 100
    assert counts[1] == 500
    markers = [record[5] for record in decode_tools.ours(segments[0])[1]]
    assert {marker[0] for marker in markers if marker} == {"ABORT", "COMMIT"}


@NEEDS_FILES
@pytest.mark.one_pairing
def test_headers_are_those_that_java_reads(pairing):
    """DumpLogSegments tells only their keys."""
    topic = pairing.topic("headers")
    java_tools.create_topics(pairing.source, f"{topic}:1")
    java_tools.run("Load", bootstrap=pairing.source.bootstrap, topics=f"{topic}=zstd", records=500)
    lines = java_tools.run(
        "Dump", bootstrap=pairing.source.bootstrap, topics=topic, mode="records"
    )
    expected = [(int(offset), headers) for _, _, offset, _, _, _, *headers in lines]
    status, lines, errors = decode("--segment", segment_of(pairing.source, topic), "--records")
    assert (status, errors) == (0, "")
    found = [line for line in lines if "offset" in line]
    assert [(line["offset"], headers_as_java(line)) for line in found] == expected
    assert any(line["headers"] for line in found)


def headers_as_java(line):
    def text(field):
        return "null" if field is None else "0x" + hex_of(field)

    pairs = [f"{text(header['key'])}={text(header['value'])}" for header in line["headers"]]
    return [",".join(pairs)] if pairs else [""]


@NEEDS_FILES
@pytest.mark.old_sources
@pytest.mark.parametrize("version", ["0.10.0", "0.9.0"])
def test_segments_of_old_formats(pairing, version):
    codecs = ["none", "gzip", "snappy", "lz4"]
    segments = []
    for codec in codecs:
        topic = pairing.topic(f"{version}-{codec}")
        java_tools.create_topics(pairing.source, f"{topic}:1:message.format.version={version}")
        command = ["kcat", "-P", "-b", pairing.source.bootstrap, "-t", topic, "-K:", "-z", codec]
        command += ["-X", "linger.ms=100", *kcat_options(pairing.source.version)]
        lines = "".join(f"key-{i}:value {i} {'x' * (i % 50)}\n" for i in range(300))
        subprocess.run(command, input=lines, text=True, check=True, timeout=60)
        segments.append(segment_of(pairing.source, topic))
    assert compare(segments) == [300] * len(codecs)
    magics = {batch["magic"] for segment in segments for batch in decode_tools.ours(segment)[0]}
    assert magics == {1 if version == "0.10.0" else 0}


@pytest.fixture
def segment(pairing, tmp_path):
    """A copy of a segment of a few batches, and the lines of these."""
    topic = pairing.topic("damaged")
    java_tools.create_topics(pairing.source, f"{topic}:1")
    load = {"bootstrap": pairing.source.bootstrap, "topics": f"{topic}=lz4", "records": 1000}
    java_tools.run("Load", **load)
    copy = tmp_path / SEGMENT
    copy.write_bytes(segment_of(pairing.source, topic).read_bytes())
    status, batches, _ = decode("--segment", copy)
    assert status == 0
    assert len(batches) > 3
    return copy, batches


@NEEDS_FILES
@pytest.mark.one_pairing
def test_damage_is_told_with_its_place(segment):
    path, batches = segment
    whole = path.read_bytes()
    second = batches[1]["position"]
    last = batches[-1]["position"]

    path.write_bytes(whole[:-10])
    status, lines, errors = decode("--segment", path, "--records")
    assert status == 2
    assert errors == (
        f"{path}: byte {last}: the batch is cut: the input ends at byte {len(whole) - 10}\n"
    )
    assert max(line["offset"] for line in lines if "offset" in line) >= batches[-2]["lastOffset"]

    damaged = bytearray(whole)
    damaged[second + 100] ^= 0x40
    path.write_bytes(damaged)
    status, lines, errors = decode("--segment", path)
    assert (status, errors) == (2, f"{path}: byte {second}: the checksum is wrong\n")
    assert [line["isValid"] for line in lines].index(False) == 1
    assert [{**line, "isValid": True} for line in lines] == batches

    damaged = bytearray(whole)
    damaged[second + 8 : second + 12] = b"\xff\xff\xff\xff"
    path.write_bytes(damaged)
    status, lines, errors = decode("--segment", path)
    assert (status, errors) == (2, f"{path}: byte {second}: batch length is too small\n")
    assert lines == batches[:1]

    path.write_bytes(whole + bytes(1 << 20))
    status, lines, errors = decode("--segment", path)
    assert (status, lines) == (0, batches)
    assert errors == f"{path}: byte {len(whole)}: the rest is padding, 1048576 zero bytes\n"


@NEEDS_FILES
@pytest.mark.one_pairing
def test_what_reads_the_lines_may_go_away(segment):
    path, _ = segment
    path.write_bytes(path.read_bytes() * 200)
    command = f"{PROGRAM} decode --segment {path} --records | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    with open("/dev/full", "wb") as full:
        command = [PROGRAM, "decode", "--segment", path]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1
    assert b"standard output: cannot be written" in done.stderr


@functools.cache
def golden(kind):
    """What Kafka's own classes wrote (wire or records), in the order of the file."""
    generate = kafka_jars.ROOT / "tests" / "golden" / "generate"
    subprocess.run([generate, GOLDEN], check=True, timeout=600)
    with open(GOLDEN / f"{kind}-4.1.0.jsonl") as lines:
        return [json.loads(line) for line in lines]


def test_records_of_all_formats_and_codecs():
    """All that is whole, in one stream."""
    cases = [case for case in golden("records") if len(case["bytes"]) == 2 * case["validBytes"]]
    cases = [case for case in cases if "truncated" not in case["name"]]
    text = "".join(case["bytes"] for case in cases)
    status, lines, errors = decode("--records", "-", text=text.encode())
    assert (status, errors) == (0, "")
    batches = [batch for case in cases for batch in case["batches"]]
    records = [record for batch in batches for record in batch["records"]]
    ours = [line for line in lines if "offset" in line]
    for line, record in zip(ours, records, strict=True):
        headers = [
            {"key": hex_of(header["key"]), "value": hex_of(header["value"])}
            for header in line["headers"]
        ]
        found = {"offset": line["offset"], "timestamp": line["timestamp"], "headers": headers}
        found |= {"key": hex_of(line["key"]), "value": hex_of(line["value"])}
        assert found == {**record, "headers": golden_headers(record)}
    ours = [line for line in lines if "baseOffset" in line]
    for line, batch in zip(ours, batches, strict=True):
        for ours_name, name in NAMES_OF_BATCHES.items():
            expected = batch.get(name)
            # Messages of the old formats have no fields for these, and are printed so.
            if line["magic"] < 2 and ours_name in ONLY_IN_BATCHES:
                expected = None
            assert line[ours_name] == expected, ours_name
        assert line["compressCodec"] == batch["codec"]


# Our names, and those of the golden lines.
ONLY_IN_BATCHES = {
    "baseOffset": "baseOffset",
    "baseSequence": "baseSequence",
    "producerId": "producerId",
    "producerEpoch": "producerEpoch",
    "partitionLeaderEpoch": "leaderEpoch",
    "isTransactional": "transactional",
    "isControl": "control",
    "deleteHorizonMs": "deleteHorizon",
}
NAMES_OF_BATCHES = ONLY_IN_BATCHES | {
    name: name for name in ("size", "magic", "crc", "lastOffset", "timestampType", "maxTimestamp")
}


def golden_headers(record):
    return [{"key": key, "value": value} for key, value in record["headers"]]


def messages(direction):
    """The golden lines of APIs that the program knows; there are some of brokers alone."""
    _, _, errors = decode("--api", "Nope", "--version", 0, "request", "-")
    known = {name + direction for name in re.findall(r"(\w+) \(\d+\)", errors)}
    assert len(known) > 40
    return [line for line in golden("wire") if line.get("message") in known]


def frame_of(line):
    content = bytes.fromhex(line["header"] + line["body"])
    return len(content).to_bytes(4, "big") + content


def test_frames_of_requests():
    lines = messages("Request")
    status, found, errors = decode("--frame", "request", "-", text=b"".join(map(frame_of, lines)))
    assert (status, errors) == (0, "")
    for line, ours in zip(lines, found, strict=True):
        assert ours["request"] == line["json"]
        header = ours["requestHeader"]
        assert (header["clientId"], header["correlationId"]) == ("golden", 7)
        assert header["requestApiKeyName"] + "Request" == line["message"]
        assert header["requestApiVersion"] == line["version"]


@pytest.mark.parametrize("direction", ["Request", "Response"])
def test_bodies_of_messages(direction):
    """Of each API the newest version, in hex, and for responses as a frame too."""
    newest = {line["message"]: line for line in messages(direction) if line["variant"] == "full"}
    for name, line in newest.items():
        which = ["--api", name.removesuffix(direction), "--version", line["version"]]
        status, found, errors = decode(*which, direction.lower(), "-", text=line["body"].encode())
        assert (status, found, errors) == (0, [line["json"]], ""), name
        if direction == "Response":
            status, found, _ = decode("--frame", *which, "response", "-", text=frame_of(line))
            assert (status, [it["response"] for it in found]) == (0, [line["json"]]), name


def test_a_message_that_is_cut():
    line = next(it for it in messages("Request") if it["message"] == "FetchRequest")
    which = ["--api", "fetch", "--version", line["version"]]
    status, found, errors = decode(*which, "request", "-", text=bytes.fromhex(line["body"])[:6])
    assert status == 2
    assert found == [{"replicaId": line["json"]["replicaId"]}]
    assert errors == "standard input: maxWaitMs: the bytes end inside the field (byte 4)\n"


@pytest.mark.parametrize(
    "arguments, reason",
    [
        (["--api", "Nope", "--version", 1, "request", "-"], "Produce (0), Fetch (1), "),
        (["--api", "Fetch", "--version", 99, "request", "-"], "Fetch has versions 0 to "),
        (["--api", "Fetch", "request", "-"], "--api requires --version"),
        (["--segment", "no-such-file"], "no-such-file: cannot be opened"),
        (["--segment", "--records"], "WHAT is required"),
        (["request", "-"], "--api and --version are missing"),
        (["-"], "--records FILE"),
    ],
)
def test_wrong_flags_end_with_1_and_a_reason(arguments, reason):
    status, found, errors = decode(*arguments)
    assert (status, found) == (1, [])
    assert reason in errors
