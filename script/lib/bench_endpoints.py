"""The two clusters of a bench: real ones of our own, those of somebody, or embedded ones."""

import contextlib
import json
import os
import pathlib
import subprocess

import kafka_jars
from kafka_cluster import Cluster

PROGRAM = pathlib.Path(
    os.environ.get("KMIRROR_BIN", kafka_jars.ROOT / "build" / "release" / "kmirror")
)
VERSION = "3.9.1"
TIMEOUT_S = 1800

# Topics are deleted after each run; their files would otherwise stay for a minute.
BROKER_SETTINGS = {"log.segment.delete.delay.ms": 1000}


class BenchError(Exception):
    """Something that a bench needs did not work; the text says what."""


def program(name):
    """One of the programs that are built in bench/, beside kmirror."""
    return PROGRAM.parent / "bench" / name


def output_of(command):
    done = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if done.returncode != 0:
        raise BenchError(f"{' '.join(map(str, command))}:\n{done.stderr.strip()}")
    return done.stdout


class Endpoint:
    """A cluster by its bootstrap servers. Topics are made and deleted through kmirror itself."""

    def __init__(self, name, bootstrap):
        self.name = name
        self.bootstrap = bootstrap

    def topics(self, *arguments):
        output_of([PROGRAM, "topics", "--bootstrap-server", self.bootstrap, *arguments])

    def create_topic(self, topic, partitions):
        """Returns when each partition answers: a broker makes a thousand in a while only."""
        self.topics("--create", "--topic", topic, "--partitions", partitions)
        self.count(topic)

    def delete_topics(self, regex):
        self.topics("--delete", "--if-exists", "--topic", regex)

    def fill(self, topic, records, *flags):
        """Returns how many bytes the topic's batches have."""
        command = [program("fill"), "--bootstrap-server", self.bootstrap]
        command += ["--topic", topic, "--records", records, *flags]
        return json.loads(output_of(command))["bytes"]

    def start_watch(self, topic, records, every_ms=20):
        """A process that ends when the topic holds so many records; see watched()."""
        command = [program("watch"), "--bootstrap-server", self.bootstrap, "--topic", topic]
        command += ["--records", records, "--every-ms", every_ms, "--timeout-ms", TIMEOUT_S * 1000]
        return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)

    def count(self, topic):
        with self.start_watch(topic, 0) as watch:
            return watched(watch)["records"]


def watched(watch):
    """{at_s: when, by time.monotonic(), records: how many} of a watch that has ended."""
    text = watch.stdout.read()
    if watch.wait() != 0:
        raise BenchError("the destination cannot be watched")
    return json.loads(text)


@contextlib.contextmanager
def embedded(name):
    command = [str(PROGRAM), "broker", "--port", "0"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    try:
        label, _, servers = process.stdout.readline().strip().partition(": ")
        if label != "bootstrap servers":
            raise BenchError("no embedded cluster")
        yield Endpoint(name, servers)
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def real(name):
    cluster = Cluster.create(f"bench-{name}", VERSION, settings=BROKER_SETTINGS)
    try:
        yield Endpoint(name, cluster.bootstrap)
    finally:
        cluster.down()


@contextlib.contextmanager
def opened(source, destination, is_embedded):
    """A pair of endpoints; what was given is used, and the rest is started and stopped."""
    start = embedded if is_embedded else real
    with contextlib.ExitStack() as stack:
        pair = []
        for name, given in (("source", source), ("destination", destination)):
            pair.append(Endpoint(name, given) if given else stack.enter_context(start(name)))
        yield tuple(pair)
