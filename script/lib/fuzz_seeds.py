"""What fuzzing begins with: a folder of inputs for each target, and dictionaries.

  fuzz_seeds.py GOLDEN_DIR DIR FUZZ_LIST

Inputs come from the files of tests/golden/generate in GOLDEN_DIR; FUZZ_LIST is the program that
knows which byte chooses which message. Leaves in DIR <target>/* and, for some targets,
<target>.dict in libFuzzer's form. The forms of inputs stand in fuzz/README.md.
"""

import hashlib
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Longer ones make a fuzzer slow, and show it nothing that shorter ones don't.
LONGEST = 16 * 1024

CODECS = [None, "gzip", "snappy", "lz4", "zstd"]

PROPERTIES = [
    "bootstrap.servers=a:9092,[::1]:9093\ngroup.id=g\nauto.offset.reset=earliest\n",
    "zookeeper.connect=z1:2181,z2:2181/kafka\r\ngroup.id = g\r\n",
    "# a comment\n! and another\nbootstrap.servers: a:1, \\\n    b:2\nacks=all\nlinger.ms=5\n",
    "bootstrap.servers a:9092\ncompression.type=zstd\ncompression.zstd.level=9\nacks=1\n",
    "memory=64m\nthreads=4\npartitioning=key\ntopic.prefix=copy.\ndestination.partitions=12\n",
    "\ufeffkey\\ with\\=signs=v\\u00e4lue\\ud83d\\ude00\\t\\n\nempty\n=\n",
    "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nssl.endpoint.identification.algorithm=\n",
    "bootstrap.servers=a:9092\ndelivery.timeout.ms=1\nrequest.timeout.ms=30000\nlinger.ms=0\n",
]

NUMBERS = ["\xff" * 4, "\x7f\xff\xff\xff", "\x80\x00\x00\x00", "\xff\xff", "\x7f\xff", "\x80\x80"]
NUMBERS += ["\xff\xff\xff\xff\x0f", "\xff\xff\xff\xff\x07", "\x40\x00\x00\x00", "\x00" * 8]
XERIAL = "\x82SNAPPY\x00\x00\x00\x00\x01\x00\x00\x00\x01"
RECORDS = ["\x02", "\x00\x00\x00\x31", XERIAL, "\x04\x22\x4d\x18", "\x28\xb5\x2f\xfd", "\xff" * 4]
DICTIONARIES = {
    "requests": NUMBERS,
    "responses": NUMBERS,
    "data": NUMBERS,
    "frames": NUMBERS,
    "round_trip": NUMBERS,
    "gzip": ["\x1f\x8b\x08", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00", "\x00\x00\xff\xff"],
    "snappy": [XERIAL, "\x82SNAPPY\x00", *NUMBERS],
    "lz4": ["\x04\x22\x4d\x18", "\x60\x40\x82", "\x64\x40\xa7", "\x00\x00\x00\x80", "\x00" * 4],
    "zstd": ["\x28\xb5\x2f\xfd", "\x50\x2a\x4d\x18", "\x37\xa4\x30\xec", "\x01\x00\x00"],
    "batches": RECORDS,
    "down_conversion": RECORDS,
    "message_sets": RECORDS,
    "segment": RECORDS,
}


def targets():
    return {path.name.removesuffix("_fuzz.cc") for path in (ROOT / "fuzz").glob("*_fuzz.cc")}


def golden_lines(golden, kind):
    """The lines of wire-*.jsonl or records-*.jsonl."""
    for path in sorted(golden.glob(f"{kind}-*.jsonl")):
        with path.open(encoding="utf-8") as file:
            yield from map(json.loads, file)


def message_table(program):
    """{name: (role, byte that chooses it, first version, last version)} of what targets read."""
    text = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    table = {}
    for role, place, name, first, last in map(str.split, text.splitlines()):
        table[name] = (role, int(place), int(first), int(last))
    return table


def messages(golden, program):
    """(role, bytes that choose, header, body) of every golden message that targets read."""
    table = message_table(program)
    without = set(table)
    for line in golden_lines(golden, "wire"):
        name, version = line.get("message"), line.get("version")
        if name not in table:
            continue
        role, place, first, last = table[name]
        if first <= version <= last:
            without.discard(name)
            chosen = bytes([place, version - first])
            yield role, chosen, bytes.fromhex(line["header"]), bytes.fromhex(line["body"])
    if without:
        sys.exit(f"fuzz_seeds.py: nothing in {golden} for {', '.join(sorted(without))}")


def add_messages(golden, program, add):
    roles = ["requests", "responses", "data"]
    frames = []
    for role, chosen, header, body in messages(golden, program):
        add(role, chosen + body)
        add("round_trip", bytes([roles.index(role)]) + chosen + body)
        if role == "requests":
            add("frames", b"\x00" + struct.pack(">i", len(header + body)) + header + body)
        if role == "responses":
            add("frames", b"\x01" + chosen + struct.pack(">i", len(header + body)) + header + body)
        if role == "responses" and len(body) < 500:
            frames.append(header[4:] + body)
    for first in range(0, len(frames), 16):
        add("connection", session(frames[first : first + 3], chunk=64))
        add("connection", session(frames[first : first + 2], chunk=first % 15 + 1))


def step(kind, amount=1):
    return bytes([(amount - 1) << 2 | kind])


def session(frames, chunk):
    """Requests, written in pieces, then their responses: steps as connection_fuzz.cc has them."""
    steps = step(0, 20) * len(frames) + step(1, 64) * len(frames)
    stream = b""
    for number, frame in enumerate(frames, 1):
        stream += struct.pack(">ii", len(frame) + 4, number) + frame
    for first in range(0, len(stream), chunk):
        piece = stream[first : first + chunk]
        steps += step(2, len(piece)) + piece
    return steps + step(0, 1) + step(3, 40)


def entries(records):
    """The whole batches, or entries of a message set."""
    position = 0
    while position + 17 <= len(records):
        size = 12 + struct.unpack_from(">i", records, position + 8)[0]
        if position + size > len(records):
            return
        yield records[position : position + size]
        position += size


def compressed_stream(entry):
    """(codec, stream) of a batch or wrapper; codec None without one."""
    if entry[16] == 2:
        return CODECS[entry[22] & 7], entry[61:]
    at = 26 if entry[16] == 1 else 18  # of the key's length
    for _ in range(2):
        size = struct.unpack_from(">i", entry, at)[0]
        field = entry[at + 4 : at + 4 + max(size, 0)]
        at += 4 + max(size, 0)
    return CODECS[entry[17] & 7], field


def packed_batches(records):
    """The forms of fuzz/packed_records.h: as they stand, and each batch that is plain."""
    yield b"\x00" + records
    for entry in entries(records):
        if entry[16] == 2 and entry[22] & 7 == 0:
            for codec in range(len(CODECS)):
                yield bytes([1 + codec]) + entry


def packed_messages(records):
    """The same of a message set; where no message has a codec, all of it in wrappers."""
    yield b"\x00" + records
    if any(entry[16] == 2 or entry[17] & 7 for entry in entries(records)):
        return
    magic = records[16]
    for codec in CODECS[1:4]:
        header = struct.pack(">bbqq", magic, 0, 7, 1_600_000_000_000)
        yield bytes([CODECS.index(codec)]) + header + records


def add_records(golden, add):
    for line in golden_lines(golden, "records"):
        records = bytes.fromhex(line["bytes"])
        formats = {entry[16] for entry in entries(records)}
        if 2 in formats:
            for form in packed_batches(records):
                for partitions in range(4):
                    add("batches", bytes([form[0] + 6 * partitions]) + form[1:])
                for codec in range(4):
                    add("down_conversion", bytes([codec]) + form)
        if formats & {0, 1}:
            for form in packed_messages(records):
                add("message_sets", form)
        for selector in (0x3F, 0x80, 0xC6):
            add("segment", bytes([selector]) + records)
        for entry in entries(records):
            codec, stream = compressed_stream(entry)
            if codec and stream:
                add(codec, stream)


def property_keys():
    """Every key that the tables of mirror/config/ name."""
    text = "".join(
        path.read_text("utf-8") for path in sorted((ROOT / "mirror/config").glob("known_*_keys.cc"))
    )
    return sorted(set(re.findall(r'\{"([a-z][a-z0-9.]+)"', text)))


def quoted(text):
    return "".join(f"\\x{ord(c):02x}" if not "0" <= c <= "z" or c == "\\" else c for c in text)


def write_seeds(golden, directory, program):
    """Returns how many inputs each target has."""
    counts = {}

    def add(target, data):
        if len(data) > LONGEST:
            return
        path = directory / target / hashlib.sha256(data).hexdigest()[:16]
        path.parent.mkdir(parents=True, exist_ok=True)
        counts[target] = counts.get(target, 0) + (not path.exists())
        path.write_bytes(data)

    if directory.exists():
        shutil.rmtree(directory)
    add_messages(golden, program, add)
    add_records(golden, add)
    for text in PROPERTIES:
        add("properties", text.encode())
    dictionaries = dict(DICTIONARIES, properties=property_keys())
    for target, words in dictionaries.items():
        lines = "".join(f'"{quoted(word)}"\n' for word in words)
        (directory / f"{target}.dict").write_text(lines, "utf-8")
    return counts


def main():
    golden, directory, program = map(pathlib.Path, sys.argv[1:])
    counts = write_seeds(golden, directory, program)
    for target, count in sorted(counts.items()):
        print(f"{target}: {count} inputs")
    without = targets() - counts.keys() - {"canary"}
    if without:
        sys.exit(f"fuzz_seeds.py: nothing in {golden} for {', '.join(sorted(without))}")


if __name__ == "__main__":
    main()
