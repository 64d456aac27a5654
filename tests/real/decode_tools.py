"""What `kmirror decode` prints, and the same from Kafka's own tools, in one form to compare."""

import base64
import json
import re
import subprocess

import java_tools
import kafka_jars
import mirror_process

DUMP = "kafka.tools.DumpLogSegments"


def decode(*arguments, text=b"", stdin=None):
    """Exit status, the lines as objects, what it said on standard error."""
    command = [mirror_process.PROGRAM, "decode", *map(str, arguments)]
    given = {"stdin": stdin} if stdin else {"input": text}
    done = subprocess.run(command, **given, capture_output=True, timeout=180)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, lines, done.stderr.decode()


def hex_of(field):
    """A key, value or header as it stands in our lines."""
    if field is None:
        return None
    if isinstance(field, str):
        return field.encode().hex()
    return base64.b64decode(field["base64"], validate=True).hex()


def ours(segment):
    """(batches, records) of a segment: each batch a dict, each record a tuple.

    A record is offset, timestamp type and timestamp, key and value in hex, keys of its headers, and
    what a control record says.
    """
    status, lines, errors = decode("--segment", segment, "--records")
    assert (status, errors) == (0, "")
    batches = [line for line in lines if "baseOffset" in line]
    records = [line for line in lines if "offset" in line]
    assert len(batches) + len(records) == len(lines)
    return batches, [our_record(line) for line in records]


def our_record(line):
    control = line.get("controlType")
    return (
        line["offset"],
        (line["timestampType"], line["timestamp"]),
        None if control else hex_of(line["key"]),
        None if control else hex_of(line["value"]),
        [header["key"] for header in line["headers"]],
        (control, line["coordinatorEpoch"]) if control else None,
    )


def kafkas(segments):
    """The same as ours() for each segment, by one run of DumpLogSegments."""
    java_tools.compile_tools()
    arguments = ["--deep-iteration", "--print-data-log", "--files", ",".join(map(str, segments))]
    for part in ("key", "value"):
        arguments += [f"--{part}-decoder-class", "HexDecoder"]
    command = kafka_jars.java_command(
        java_tools.CLIENT_VERSION, DUMP, arguments, heap="1g", classes=java_tools.CLASSES
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    found = []
    for line in done.stdout.splitlines():
        if line.startswith("Dumping "):
            found.append(([], []))
        elif re.match("baseOffset:|offset:", line):
            found[-1][0].append(their_batch(line))
        elif line.startswith("| offset:"):
            found[-1][1].append(their_record(line[2:]))
    return found


def their_batch(line):
    """The fields by our names; what a format does not have is None."""
    fields = dict(re.findall(r"(\w+): (\S+)", line))
    names = "baseOffset lastOffset count baseSequence lastSequence producerId producerEpoch "
    names += "partitionLeaderEpoch isTransactional isControl deleteHorizonMs position size magic "
    names += "crc"
    found = {name: value_of(fields.get(name)) for name in names.split()}
    kind = next(name for name in fields if name.endswith("Time") or name == "NoTimestampType")
    found["timestampType"], found["maxTimestamp"] = kind, int(fields[kind])
    found["compressCodec"] = fields["compresscodec"]
    found["isValid"] = value_of(fields["isvalid"])
    if "offset" in fields:
        found["lastOffset"] = int(fields["offset"])
    return found


def value_of(text):
    if text in (None, "OptionalLong.empty"):
        return None
    if text in ("true", "false"):
        return text == "true"
    return int(text.removeprefix("OptionalLong[").removesuffix("]"))


def their_record(line):
    fields = dict(re.findall(r"(\w+): (\S+)", line))
    kind = next(name for name in fields if name.endswith("Time") or name == "NoTimestampType")
    headers = re.search(r"headerKeys: \[(.*?)\]", line)
    keys = headers.group(1).split(",") if headers and fields["headerKeys"] != "[]" else []
    control = fields.get("endTxnMarker")
    return (
        int(fields["offset"]),
        (kind, int(fields[kind])),
        None if control or fields["keySize"] == "-1" else hex_after("key: ", line),
        None if control or fields["valueSize"] == "-1" else hex_after("payload: ", line),
        keys,
        (control, int(fields["coordinatorEpoch"])) if control else None,
    )


def hex_after(name, line):
    return re.search(rf" {name}([0-9a-f]*)", line).group(1)
