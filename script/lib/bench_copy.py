"""Runs the works that copy a backlog, each contender in turn, and takes the medians."""

import dataclasses
import json
import statistics

from bench_endpoints import output_of, program
from bench_table import number

RELAY_BYTES = 4 << 30
RELAY_BUFFERS = (64 << 10, 256 << 10, 1 << 20)
RELAY = "relay, recv/send"
RECODING = "zstd alone"
RELAYS = {RELAY: "recv-send", "relay, splice": "splice"}


@dataclasses.dataclass
class Row:
    """The medians of one contender at one work. bytes: of the source's batches."""

    KIND = "copy"
    HEAD = ("work", "contender", "CPU s", "CPU s/GB", "x limit")
    HEAD += ("wall s", "records/s", "MiB", "calls/MB")

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
    limit_cpu_s: float | None = None  # of the relay, or of the codec alone where it is needed

    def cells(self):
        rate = self.records / self.wall_s if self.records and self.wall_s else None
        return (
            self.work,
            self.contender,
            number(self.cpu_s, 2),
            number(self.cpu_s / (self.bytes / 1e9), 2),
            number(self.cpu_s / self.limit_cpu_s if self.limit_cpu_s else None, 2),
            number(self.wall_s, 2),
            number(rate, 0),
            number(self.peak_mib, 0),
            number(self.calls / (self.bytes / 1e6) if self.calls else None, 1),
        )


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


def run(bench, work):
    """The work's rows."""
    records = max(work.partitions, round(work.records * bench.scale))
    with bench.topic(work, work.partitions) as topic:
        size_bytes = bench.source.fill(topic, records, *work.fill)
        bench.say(f"{work.name}: {records} records, {size_bytes / 1e6:.0f} MB")
        job = bench.job(work, topic, work.copy_partitions, records=records, codec=work.codec)
        return measure(bench, work, job, size_bytes)


def measure(bench, work, job, size_bytes):
    relays = Relays(max(1, round(RELAY_BYTES * min(1, bench.scale))))
    recodings = []
    contenders = bench.contenders(work)
    usages = {contender.name: [] for contender in contenders}
    for number in range(1, bench.rounds + 1):
        relays.run()
        if work.recodes:
            command = [program("recode"), "--records", job.records, *work.recodes]
            recodings.append(json.loads(output_of(command)))
        for contender in contenders:
            one = bench.renamed(job, contender, number)
            with contender.prepared(one):
                usage = contender.run(one)
            usages[contender.name].append(usage)
            bench.say(
                f"{work.name}, round {number}: {contender.name}: {usage.cpu_s:.2f} s of CPU, "
                f"{usage.wall_s:.1f} s, {usage.peak_mib:.0f} MiB {usage.problem}".rstrip()
            )
    rows = []
    for contender in contenders:
        row = medians(work, contender.name, size_bytes, job.records, usages[contender.name])
        if contender.can_count_calls():
            one = bench.renamed(job, contender, "calls")
            with contender.prepared(one):
                row.calls = contender.calls(one)
        rows.append(row)
    rows += relays.rows(work, size_bytes)
    limit = RELAY
    if recodings:
        limit = RECODING
        rows.append(Row(work.name, limit, size_bytes, median(recodings, "cpu_s")))
    for row in rows:
        row.limit_cpu_s = next(each.cpu_s for each in rows if each.contender == limit)
    return rows


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
