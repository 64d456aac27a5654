"""The codecs against the Java client's own (kafka-clients 3.9.1), both ways."""

import functools
import os
import pathlib
import random
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script" / "lib"))

import kafka_jars  # noqa: E402

KAFKA = "3.9.1"
JAVA = ROOT / "tests" / "interop" / "CodecInterop.java"
TOOL = pathlib.Path(
    os.environ.get("KMIRROR_CODEC_TOOL", ROOT / "build/release/tests/interop/codec_tool")
)

# The default level, and each codec's lowest, a middle and its highest.
LEVELS = {
    "none": ["-"],
    "gzip": ["-", "1", "6", "9"],
    "snappy": ["-"],
    "lz4": ["-", "1", "5", "9", "17"],
    "zstd": ["-", "-131072", "1", "19", "22"],
}
VARIANTS = [(codec, level) for codec, levels in LEVELS.items() for level in levels]
VARIANT_IDS = [codec if level == "-" else f"{codec}:{level}" for codec, level in VARIANTS]

# What the other levels get; every input goes through the default one.
LEVEL_INPUTS = ["empty", "text65537", "mixed"]


def text(size):
    """Bytes like a log's: words from a small vocabulary."""
    numbers = random.Random(size)
    words = bytearray()
    while len(words) < size:
        words += b"word%d " % numbers.randrange(500)
    return bytes(words[:size])


@functools.cache
def contents():
    """The inputs by name: around the block sizes (32, 64 and 128 KiB), dense, sparse and mixed."""
    sizes = [1, 300, 32767, 32768, 32769, 65535, 65536, 65537, 131072, 131073, 3000000]
    noise = random.Random(1).randbytes(200001)
    inputs = {f"text{size}": text(size) for size in sizes}
    inputs |= {"empty": b"", "noise": noise, "zeros": bytes(1 << 20)}
    inputs["mixed"] = noise[:70000] + text(70000) + bytes(70000) + noise[70000:]
    return inputs


def inputs_of(level):
    return contents().keys() if level == "-" else LEVEL_INPUTS


class Bench:
    """A directory with the inputs, and both programs run on lists of jobs in it."""

    def __init__(self, directory):
        self.directory = directory
        self.inputs = contents()
        for name, content in self.inputs.items():
            (directory / name).write_bytes(content)

    def java(self, jobs):
        command = kafka_jars.java_command(KAFKA, str(JAVA), [self.write_jobs(jobs)], heap="512m")
        return self.run(command, jobs)

    def ours(self, jobs):
        assert TOOL.exists(), f"{TOOL} is not built (KMIRROR_CODEC_TOOL may name another)"
        return self.run([TOOL, self.write_jobs(jobs)], jobs)

    def write_jobs(self, jobs):
        path = self.directory / "jobs"
        path.write_text("".join(" ".join(map(str, job)) + "\n" for job in jobs))
        return str(path)

    def run(self, command, jobs):
        """The programs' answer to each job, by output file."""
        done = subprocess.run(
            command, cwd=self.directory, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        answers = done.stdout.splitlines()
        assert len(answers) == len(jobs), done.stdout + done.stderr
        return {job[4]: answer for job, answer in zip(jobs, answers)}

    def read(self, name):
        return (self.directory / name).read_bytes()

    def write(self, name, content):
        (self.directory / name).write_bytes(content)


def packed_name(writer, codec, level, name):
    return f"{writer}.{codec}.{level}.{name}"


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Everything written by each side and read by the other: four runs for all tests."""
    bench = Bench(tmp_path_factory.mktemp("codecs"))
    writes, reads = {}, {}
    for writer in ("java", "ours"):
        writes[writer], reads[writer] = [], []
        for codec, level in VARIANTS:
            for name in inputs_of(level):
                packed = packed_name(writer, codec, level, name)
                writes[writer].append(("compress", codec, level, name, packed))
                reads[writer].append(("decompress", codec, "-", packed, packed + ".out"))
    bench.answers = bench.java(writes["java"]) | bench.ours(writes["ours"])
    bench.answers |= bench.java(reads["ours"]) | bench.ours(reads["java"])
    return bench


def check(bench, writer, codec, level, name):
    packed = packed_name(writer, codec, level, name)
    assert bench.answers[packed] == "ok", packed
    assert bench.answers[packed + ".out"] == "ok", packed
    assert bench.read(packed + ".out") == bench.inputs[name], packed


@pytest.mark.parametrize("codec, level", VARIANTS, ids=VARIANT_IDS)
def test_we_read_what_java_writes(bench, codec, level):
    for name in inputs_of(level):
        check(bench, "java", codec, level, name)


@pytest.mark.parametrize("codec, level", VARIANTS, ids=VARIANT_IDS)
def test_java_reads_what_we_write(bench, codec, level):
    for name in inputs_of(level):
        check(bench, "ours", codec, level, name)


def test_snappy_without_framing(bench):
    """What other clients write: we read it, and Java does."""
    jobs = [("compress", "snappy-raw", "-", name, "raw." + name) for name in bench.inputs]
    assert set(bench.java(jobs).values()) == {"ok"}
    jobs = [("decompress", "snappy", "-", "raw." + n, "raw.out." + n) for n in bench.inputs]
    assert set(bench.ours(jobs).values()) == {"ok"}
    for name, content in bench.inputs.items():
        assert bench.read("raw.out." + name) == content, name


def test_streams_one_behind_the_other(bench):
    """Members of gzip, frames of zstd and xerial's streams may be concatenated."""
    parts = ["text300", "text65537", "noise"]
    jobs = []
    for codec in ("gzip", "snappy", "zstd"):
        for writer in ("java", "ours"):
            chain = f"chain.{writer}.{codec}"
            streams = [bench.read(packed_name(writer, codec, "-", part)) for part in parts]
            bench.write(chain, b"".join(streams))
            jobs.append(("decompress", codec, "-", chain, chain + ".out"))
    for read in (bench.java, bench.ours):
        for out, answer in read(jobs).items():
            assert answer == "ok", out
            assert bench.read(out) == b"".join(bench.inputs[part] for part in parts), out


def test_a_cut_stream_is_refused_by_both(bench):
    jobs = []
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        bench.write("cut." + codec, bench.read(packed_name("java", codec, "-", "text300"))[:-1])
        jobs.append(("decompress", codec, "-", "cut." + codec, "cut.out." + codec))
    assert set(bench.ours(jobs).values()) == {"failed: compressed data is damaged"}
    for out, answer in bench.java(jobs).items():
        assert answer.startswith("failed"), out
