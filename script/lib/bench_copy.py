"""Runs the works that copy a backlog, each contender in turn, and takes the medians."""

import dataclasses
import json
import statistics

import bench_process
from bench_contenders import CONTENDERS, Job, can_count_calls
from bench_endpoints import output_of, program

RELAY_BYTES = 4 << 30
RELAY_BUFFERS = (64 << 10, 256 << 10, 1 << 20)
RELAYS = {"relay, recv/send": "recv-send", "relay, splice": "splice"}


@dataclasses.dataclass
class Row:
    """The medians of one contender at one work. bytes: of the source's batches."""

    work: str
    contender: str
    bytes: int
    cpu_s: float
    wall_s: float | None = None
    records: int | None = None
    peak_mib: float | None = None
    calls: int | None = None
    problem: str = ""
    rounds: int = 1

    @property
    def cpu_s_per_gb(self):
        return self.cpu_s / (self.bytes / 1e9)


class Relays:
    """The limit: runs in between the others', so that what slows one down slows all."""

    def __init__(self, bytes_relayed):
        self.bytes_relayed = bytes_relayed
        self.found = {}  # (mode, buffer): results

    def run(self):
        for mode in RELAYS.values():
            for size in RELAY_BUFFERS:
                command = [program("relay"), "--mode", mode, "--buffer", size]
                command += ["--bytes", self.bytes_relayed]
                self.found.setdefault((mode, size), []).append(json.loads(output_of(command)))

    def rows(self, work, size_bytes):
        """The best buffer's median, for as many bytes."""
        share = size_bytes / self.bytes_relayed
        for name, mode in RELAYS.items():
            best = min(
                (results for key, results in self.found.items() if key[0] == mode),
                key=lambda results: median(results, "cpu_s"),
            )
            cpu_s = median(best, "cpu_s") * share
            calls = round(median(best, "calls") * share)
            yield Row(work.name, name, size_bytes, cpu_s, calls=calls, rounds=len(best))


def median(results, key):
    return statistics.median(result[key] for result in results)


class CopyBench:
    """Settings that all works of a run share."""

    def __init__(self, endpoints, directory, run_id, rounds, scale, chosen, say):
        self.source, self.destination = endpoints
        self.directory = directory
        self.run_id = run_id
        self.rounds = rounds
        self.scale = scale
        self.chosen = chosen  # names of contenders
        self.say = say

    def run(self, work):
        """The work's rows."""
        records = max(work.partitions, round(work.records * self.scale))
        topic = f"kmirror-bench-{self.run_id}-{work.name}"
        self.source.create_topic(topic, work.partitions)
        try:
            size_bytes = self.source.fill(topic, records, *work.fill)
            self.say(f"{work.name}: {records} records, {size_bytes / 1e6:.0f} MB")
            return self.measure(work, topic, records, size_bytes)
        finally:
            self.source.delete_topics(topic)

    def measure(self, work, topic, records, size_bytes):
        names = [name for name in work.contenders if name in self.chosen]
        relays = Relays(max(1, round(RELAY_BYTES * min(1, self.scale))))
        usages = {name: [] for name in names}
        for number in range(1, self.rounds + 1):
            relays.run()
            for name in names:
                usages[name].append(self.run_one(work, name, topic, records, number))
        rows = []
        for name in names:
            row = medians(work, name, size_bytes, records, usages[name])
            if name == "kmirror" and can_count_calls():
                row.calls = self.count_calls(work, topic, records)
            rows.append(row)
        return rows + list(relays.rows(work, size_bytes))

    def job(self, work, topic, records, suffix):
        return Job(
            source=self.source,
            destination=self.destination,
            topic=topic,
            partitions=work.copy_partitions,
            records=records,
            codec=work.codec,
            name=f"kmb{self.run_id}{work.name}{suffix}",
            directory=self.directory,
            settings=dict(work.settings),
        )

    def run_one(self, work, name, topic, records, number):
        contender = CONTENDERS[name]
        job = self.job(work, topic, records, f"{name[0].lower()}{name[-1]}n{number}")
        contender.prepare(job)
        try:
            usage = contender.run(job)
        finally:
            contender.clean_up(job)
        self.say(
            f"{work.name}, round {number}: {name}: {usage.cpu_s:.2f} s of CPU, "
            f"{usage.wall_s:.1f} s, {usage.peak_mib:.0f} MiB {usage.problem}".rstrip()
        )
        return usage

    def count_calls(self, work, topic, records):
        """In a run of its own: strace slows it down."""
        contender = CONTENDERS["kmirror"]
        job = self.job(work, topic, records, "calls")
        contender.prepare(job)
        try:
            return contender.calls(job)
        finally:
            contender.clean_up(job)


def medians(work, name, size_bytes, records, usages):
    return Row(
        work=work.name,
        contender=name,
        bytes=size_bytes,
        records=records,
        cpu_s=statistics.median(usage.cpu_s for usage in usages),
        wall_s=statistics.median(usage.wall_s for usage in usages),
        peak_mib=max(usage.peak_mib for usage in usages),
        problem=next((usage.problem for usage in usages if usage.problem), ""),
        rounds=len(usages),
    )
