"""What a lying length, and a batch that decompresses to 10 GB, cost `kmirror decode` in memory."""

import os
import resource
import struct
import subprocess

import pytest

from decode_tools import decode
from mirror_process import PROGRAM

# Beyond the frame, which is held: what is promised.
LIMIT_BYTES = 1 << 20
# How exactly the need for memory is found.
STEP_BYTES = 32 << 10

NO_CODEC, ZSTD = 0, 4
LENGTH_OF_2_GIB = b"\xfe\xff\xff\xff\x0f"  # 2^31 - 1, as a varint


def crc32c(data):
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def batch(payload, codec, count=1, length=None):
    body = struct.pack(">hiqqqhii", codec, 0, 0, 0, -1, -1, -1, count) + payload
    head = struct.pack(">ibI", 0, 2, crc32c(body))
    return struct.pack(">qi", 0, length or len(head + body)) + head + body


def zstd_bomb(start):
    """A frame of 10 MB with a window of 128 KiB: `start`, then 2.6 million blocks of 4096 zeros."""
    frame = bytearray(b"\x28\xb5\x2f\xfd" + b"\x00" + bytes([7 << 3]))
    frame += (len(start) << 3).to_bytes(3, "little") + start
    zeros = (4096 << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
    frame += zeros * 2_621_439
    return bytes(frame + (4096 << 3 | 1 << 1 | 1).to_bytes(3, "little") + b"\0")


def run(path, *arguments, data_bytes=resource.RLIM_INFINITY, piped=False):
    """Exit status and what was said on standard error, with a limit on all private memory."""

    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (data_bytes, data_bytes))

    with open(path, "rb") as file:
        cat = subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE) if piped else None
        done = subprocess.run(
            [PROGRAM, "decode", *arguments, "-" if piped else path],
            stdin=cat.stdout if piped else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=limit,
            timeout=120,
        )
    if piped:
        cat.stdout.close()
        cat.wait(timeout=60)
    return done.returncode, done.stderr.decode()


def need(path, *arguments, **options):
    """The least memory with which the outcome is what it is with any amount, and the outcome."""
    outcome = run(path, *arguments, **options)
    low, high = 0, 256 << 20
    while high - low > STEP_BYTES:
        middle = (low + high) // 2
        if run(path, *arguments, data_bytes=middle, **options) == outcome:
            high = middle
        else:
            low = middle
    return high, *outcome


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    path = tmp_path_factory.mktemp("decode") / "small"
    path.write_bytes(batch(b"\x0c\0\0\0\1\1\0", NO_CODEC))
    least, status, errors = need(path, "--records")
    assert (status, errors) == (0, "")
    return least


def test_a_zstd_bomb(tmp_path, baseline):
    """A record's length that lies costs nothing; one that is true is bounded by a setting."""
    path = tmp_path / "bomb"
    window = 128 << 10
    max_record = 1 << 20  # --max-record-bytes
    for start, there, error in [
        (LENGTH_OF_2_GIB, 0, "record is larger than is allowed"),
        (b"\x80\x80\x80\x01", max_record, "bytes are left over in the record"),
    ]:
        path.write_bytes(batch(zstd_bomb(start), ZSTD))
        frame = path.stat().st_size
        assert frame > 10_000_000
        least, status, errors = need(path, "--records")
        assert status == 2
        assert error in errors
        print(f"{frame} bytes for 10.7 GB: {least - baseline - frame} bytes beyond the frame")
        assert least <= baseline + frame + window + there + LIMIT_BYTES


def test_a_batch_that_claims_all_that_follows(tmp_path, baseline):
    """From a file, and from a pipe, which cannot be read twice."""
    path = tmp_path / "segment"
    claim = batch(b"\x0c\0\0\0\1\1\0", NO_CODEC, length=0x7FFFFFFF)
    path.write_bytes(claim + os.urandom(64 << 20))
    for piped in (False, True):
        least, status, errors = need(path, "--segment", "--records", piped=piped)
        assert status == 2
        assert f"byte 0: the batch is cut: the input ends at byte {path.stat().st_size}" in errors
        print(f"{least - baseline} bytes more than for a small batch")
        assert least <= baseline + LIMIT_BYTES


def varint(value):
    coded = value << 1 ^ value >> 63
    out = bytearray()
    while coded >= 0x80:
        out.append(coded & 0x7F | 0x80)
        coded >>= 7
    return bytes(out) + bytes([coded])


def one_record(value):
    body = b"\0\0\0\1" + varint(len(value)) + value + b"\0"
    return varint(len(body)) + body


def test_a_large_batch_is_read_twice_wherever_it_stands(tmp_path):
    """Behind another one; in hex; on standard input that somebody has read from."""
    small = batch(one_record(b"small"), NO_CODEC)
    large = batch(one_record(b"x" * 1_500_000), NO_CODEC)
    path = tmp_path / "batches"
    path.write_bytes(b"before" + small + large + small)
    text = tmp_path / "text"
    text.write_text((small + large + small).hex(" ", 16))
    with open(path, "rb", buffering=0) as file:
        file.read(len(b"before"))
        _, lines, errors = decode("--records", "-", stdin=file)
    assert errors == ""
    values = [line["value"] for line in lines if "offset" in line]
    assert [len(value) for value in values] == [5, 1_500_000, 5]
    assert [line["position"] for line in lines if "baseOffset" in line] == [
        0,
        len(small),
        len(small + large),
    ]
    assert decode("--records", text) == (0, lines, "")


@pytest.mark.parametrize(
    "which, body, error",
    [
        ("Metadata 0 request", "7fffffff", "topics"),
        ("Metadata 9 request", "8080808008", "topics"),  # compact: 2^31 - 1
        ("Metadata 12 response", "00000000 ffffffff0f", "brokers"),
        ("SaslAuthenticate 0 request", "40000000 00", "authBytes"),
        ("SaslAuthenticate 2 request", "8180808004 00", "authBytes"),
        ("InitProducerId 0 request", "7fff 00", "transactionalId"),  # 32 KiB
        ("InitProducerId 2 request", "8180808004 00", "transactionalId"),  # 1 GiB
        ("Metadata 12 request", "01 00 00 01 05 ffffffff07 00", "message"),  # a tag
    ],
)
def test_messages(tmp_path, baseline, which, body, error):
    api, version, direction = which.split()
    path = tmp_path / "body"
    path.write_text(body)
    command = ["--api", api, "--version", version, direction]
    least, status, errors = need(path, *command)
    assert status == 2
    assert error in errors, errors
    assert "byte" in errors
    assert least <= baseline + LIMIT_BYTES
