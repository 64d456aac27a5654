"""Who is measured: kmirror, MirrorMaker 1 and 2 as Apache Kafka has them, a loop of least work."""

import contextlib
import dataclasses
import shutil

import bench_process
import kafka_jars
from bench_endpoints import PROGRAM, VERSION, BenchError, program


@dataclasses.dataclass
class Job:
    """One copying of one topic, by a group that is new, into a topic that is new."""

    source: object
    destination: object
    topic: str
    partitions: int  # of the copy
    name: str  # of no other job
    directory: object  # for property files and logs
    settings: dict  # of kmirror
    records: int = 0
    codec: str = "none"  # of the copy, where it is compressed again
    live: bool = False  # goes on for ever

    def log(self):
        return self.directory / f"{self.name}.log"


def write_properties(path, properties):
    path.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
    return path


def config_flags(job, producer):
    """The flags that kmirror and MirrorMaker 1 have in common."""
    consumer = {"bootstrap.servers": job.source.bootstrap, "group.id": job.name}
    consumer["auto.offset.reset"] = "earliest"
    consumer_file = write_properties(job.directory / "consumer.properties", consumer)
    producer_file = write_properties(job.directory / "producer.properties", producer)
    return ["--consumer.config", str(consumer_file), "--producer.config", str(producer_file)]


class Contender:
    def can_count_calls(self):
        return False

    def copy_of(self, job):
        """The name of the topic that it copies to."""
        return job.topic

    def prepare(self, job):
        job.destination.create_topic(self.copy_of(job), job.partitions)

    def clean_up(self, job):
        job.destination.delete_topics(self.copy_of(job))

    @contextlib.contextmanager
    def prepared(self, job):
        """The copy's topic is there, empty, and is gone afterwards."""
        self.prepare(job)
        try:
            yield
        finally:
            self.clean_up(job)

    @contextlib.contextmanager
    def running(self, job):
        """A process that is ended afterwards."""
        process = bench_process.start(self.command(job), job.log())
        try:
            yield process
            if process.poll() is not None:
                raise BenchError(f"{self.name} has ended\n{bench_process.tail(job.log())}")
        finally:
            process.kill()
            process.wait()

    def run(self, job):
        watch = job.destination.start_watch(self.copy_of(job), job.records)
        return self.measure(self.command(job), job.log(), watch, job.records)


class EndsByItself(Contender):
    measure = staticmethod(bench_process.run_to_end)

    def can_count_calls(self):
        return shutil.which("perf") is not None

    def calls(self, job):
        """How many system calls it makes; in a run of its own, since counting slows it down."""
        return bench_process.count_calls(self.command(job), job.log())


class Kmirror(EndsByItself):
    name = "kmirror"
    short = "k"

    def command(self, job):
        producer = {"bootstrap.servers": job.destination.bootstrap, **job.settings}
        until_end = [] if job.live else ["--until-end"]
        return [PROGRAM, *config_flags(job, producer), "--include", job.topic, *until_end]


class BareLoop(EndsByItself):
    """The least that a mirror does, between clusters of one broker."""

    name = "bare loop"
    short = "b"

    def command(self, job):
        flags = ["--source", job.source.bootstrap, "--destination", job.destination.bootstrap]
        flags += ["--topic", job.topic, "--partitions", job.partitions, "--records", job.records]
        return [program("bare"), *flags]


class MirrorMaker1(Contender):
    name = "MirrorMaker 1"
    short = "m1"
    measure = staticmethod(bench_process.run_until_seen)

    def command(self, job):
        producer = {"bootstrap.servers": job.destination.bootstrap, "compression.type": job.codec}
        arguments = [*config_flags(job, producer), "--whitelist", job.topic]
        return kafka_jars.java_command(
            VERSION, "kafka.tools.MirrorMaker", arguments, heap="1g", level="WARN"
        )


class MirrorMaker2(Contender):
    """Each job is a flow with aliases of its own, so that nothing is left of the one before."""

    name = "MirrorMaker 2"
    short = "m2"
    measure = staticmethod(bench_process.run_until_seen)

    def copy_of(self, job):
        return f"{job.name}.{job.topic}"

    def command(self, job):
        here, there = job.name, f"{job.name}-copy"
        properties = {"clusters": f"{here},{there}"}
        properties[f"{here}.bootstrap.servers"] = job.source.bootstrap
        properties[f"{there}.bootstrap.servers"] = job.destination.bootstrap
        properties[f"{there}.producer.compression.type"] = job.codec
        properties[f"{here}->{there}.enabled"] = "true"
        properties[f"{here}->{there}.topics"] = job.topic
        properties[f"{there}->{here}.enabled"] = "false"
        properties["emit.heartbeats.enabled"] = "false"
        for topic in ("", "checkpoints.topic.", "heartbeats.topic.", "offset-syncs.topic."):
            properties[f"{topic}replication.factor"] = 1
        for topic in ("config", "offset", "status"):
            properties[f"{topic}.storage.replication.factor"] = 1
        path = write_properties(job.directory / "mm2.properties", properties)
        return kafka_jars.java_command(
            VERSION,
            "org.apache.kafka.connect.mirror.MirrorMaker",
            [str(path)],
            heap="2g",
            level="WARN",
            classes=f"{kafka_jars.fetch(VERSION, 'connect-mirror')}/*",
        )

    def clean_up(self, job):
        super().clean_up(job)
        for endpoint in (job.source, job.destination):
            endpoint.delete_topics(f".*{job.name}.*")


EACH = (Kmirror(), BareLoop(), MirrorMaker1(), MirrorMaker2())
CONTENDERS = {each.name: each for each in EACH}
