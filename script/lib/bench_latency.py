"""Runs the works that measure time: of single records, and of starting."""

import dataclasses
import json
import statistics
import time

from bench_endpoints import BenchError, output_of, program, watched
from bench_table import number

SECONDS = 20
WARM_UP_S = 10
SHARES = ("p50", "p99", "p99.9")
START_RECORDS = 8000


@dataclasses.dataclass
class LatencyRow:
    """Medians of the rounds' percentiles. Milliseconds."""

    KIND = "latency"
    HEAD = ("work", "contender")
    HEAD += tuple(f"source {share} ms" for share in SHARES)
    HEAD += tuple(f"added {share}" for share in SHARES)
    HEAD += ("p50 / source", "p99 / source")

    work: str
    contender: str
    source_ms: dict
    added_ms: dict
    problem: str = ""

    def cells(self):
        source, added = self.source_ms, self.added_ms
        ratios = [added[share] / source[share] for share in SHARES[:2]]
        values = [*source.values(), *added.values(), *ratios]
        return (self.work, self.contender, *(number(value, 2) for value in values))


@dataclasses.dataclass
class StartRow:
    KIND = "start"
    HEAD = ("work", "contender", "first record s", "best", "worst")

    work: str
    contender: str
    seconds: list
    problem: str = ""

    def cells(self):
        values = (statistics.median(self.seconds), min(self.seconds), max(self.seconds))
        return (self.work, self.contender, *(number(value, 3) for value in values))


def in_turn(bench, work, contenders, measure):
    """{contender: what measure(contender, number) gave in each round}."""
    found = {contender.name: [] for contender in contenders}
    for round_number in range(1, bench.rounds + 1):
        for contender in contenders:
            value = measure(contender, round_number)
            found[contender.name].append(value)
            bench.say(f"{work.name}, round {round_number}: {contender.name}: {value}")
    return found


def run_latency(bench, work):
    def measure(contender, round_number):
        with bench.topic(work, 1) as topic:
            job = bench.job(work, topic, 1, live=True)
            job = bench.renamed(job, contender, round_number)
            with contender.prepared(job), contender.running(job):
                return measure_latency(bench, work, job, contender.copy_of(job))

    contenders = bench.contenders(work)
    # Brokers that have just started are slow for a while, and this would fall to who comes first.
    for contender in contenders[:1]:
        bench.say(f"{work.name}, not counted: {contender.name}: {measure(contender, 0)}")
    rows = []
    for name, results in in_turn(bench, work, contenders, measure).items():
        missing = sum(result["missing"] for result in results)
        problem = f"{missing} records missing" if missing else ""
        source, added = (medians(results, key) for key in ("source_ms", "added_ms"))
        rows.append(LatencyRow(work.name, name, source, added, problem))
    return rows


def medians(results, key):
    return {share: statistics.median(each[key][share] for each in results) for share in SHARES}


def measure_latency(bench, work, job, copy):
    command = [program("latency"), "--bootstrap-server", bench.source.bootstrap]
    command += ["--destination", bench.destination.bootstrap, "--topic", job.topic]
    command += ["--copy", copy, "--rate", work.rate]
    command += ["--seconds", max(1, round(SECONDS * bench.scale))]
    command += ["--warm-up-seconds", round(WARM_UP_S * bench.scale)]
    return json.loads(output_of(command))


def run_start(bench, work):
    with bench.topic(work, work.partitions) as topic:
        bench.source.fill(topic, START_RECORDS)

        def measure(contender, round_number):
            job = bench.job(work, topic, work.partitions, records=1, live=True)
            job = bench.renamed(job, contender, round_number)
            with contender.prepared(job):
                return measure_start(contender, job)

        found = in_turn(bench, work, bench.contenders(work), measure)
    return [StartRow(work.name, name, seconds) for name, seconds in found.items()]


def measure_start(contender, job):
    watch = job.destination.start_watch(contender.copy_of(job), 1, every_ms=2)
    began = time.monotonic()
    with contender.running(job) as process:
        while watch.poll() is None:
            if process.poll() is not None:
                watch.kill()
                raise BenchError(f"{contender.name} has ended")
            time.sleep(0.01)
    return round(watched(watch)["at_s"] - began, 3)
