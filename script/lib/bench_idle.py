"""Runs the works where nothing happens, and measures what that costs."""

import dataclasses
import statistics
import time

import bench_process
from bench_endpoints import BenchError, watched
from bench_table import number

SETTLE_S = 20  # after the first record came through
SECONDS = 30
RECORD_BYTES = 100


@dataclasses.dataclass
class IdleRow:
    KIND = "idle"
    HEAD = ("work", "contender", "partitions", "% of a core", "MiB")

    work: str
    contender: str
    partitions: int
    core_percent: float
    peak_mib: float
    problem: str = ""

    def cells(self):
        percent = number(self.core_percent, 2)
        return (
            self.work,
            self.contender,
            number(self.partitions, 0),
            percent,
            number(self.peak_mib, 0),
        )


def run(bench, work):
    """Each partition has a record: that all of them are copied shows that all are mirrored."""
    each = max(1, round(work.partitions * bench.scale))
    prefix = f"kmirror-bench-{bench.run_id}-{work.name}-"
    topics = [f"{prefix}{index}" for index in range(work.topics)]
    found = {contender: [] for contender in bench.contenders(work)}
    try:
        for topic in topics:
            bench.source.create_topic(topic, each)
            bench.source.fill(topic, each, "--value-bytes", RECORD_BYTES)
        for round_number in range(1, bench.rounds + 1):
            for contender, results in found.items():
                job = bench.job(work, f"{prefix}.*", each, records=each, live=True)
                job = bench.renamed(job, contender, round_number)
                results.append(measure(bench, contender, job, topics))
                bench.say(f"{work.name}, round {round_number}: {contender.name}: {results[-1]}")
    finally:
        bench.source.delete_topics(f"{prefix}.*")
    return [
        IdleRow(
            work.name,
            contender.name,
            each * work.topics,
            core_percent=statistics.median(percent for percent, _ in results),
            peak_mib=max(peak for _, peak in results),
        )
        for contender, results in found.items()
    ]


def measure(bench, contender, job, topics):
    try:
        for topic in topics:
            job.destination.create_topic(topic, job.partitions)
        with contender.running(job) as process:
            for topic in topics:
                with job.destination.start_watch(topic, job.records) as watch:
                    if watched(watch)["records"] != job.records:
                        raise BenchError(f"{contender.name} did not copy {topic}")
            time.sleep(SETTLE_S * min(1, bench.scale))
            before = bench_process.cpu_seconds(process.pid)
            seconds = SECONDS * min(1, bench.scale)
            time.sleep(seconds)
            spent = bench_process.cpu_seconds(process.pid) - before
            return round(100 * spent / seconds, 2), round(bench_process.peak_mib(process.pid))
    finally:
        job.destination.delete_topics(job.topic)
