"""Runs the works with a long or narrow line between the mirror and one of the clusters."""

import contextlib
import dataclasses
import statistics
import subprocess

from bench_endpoints import BROKER_SETTINGS, VERSION, BenchError, Endpoint, program, watched
from bench_table import number
from kafka_cluster import Cluster, free_ports

WIDE = 10_000_000_000  # bytes a second: while topics are filled


@dataclasses.dataclass
class LinkRow:
    """Medians. mb_s: from the first to the last record's arrival, of the source's batches."""

    KIND = "link"
    HEAD = ("work", "contender", "MB/s", "of the line", "CPU s", "wall s", "MiB")

    work: str
    contender: str
    mb_s: float
    line_mb_s: float
    cpu_s: float
    wall_s: float
    peak_mib: float
    problem: str = ""

    def cells(self):
        return (
            self.work,
            self.contender,
            number(self.mb_s, 1),
            number(100 * self.mb_s / self.line_mb_s, 0) + " %",
            number(self.cpu_s, 2),
            number(self.wall_s, 1),
            number(self.peak_mib, 0),
        )


class FarEndpoint(Endpoint):
    """A cluster that tells its clients to come through a line, which may be changed meanwhile."""

    def __init__(self, name, port, server_port):
        super().__init__(name, f"127.0.0.1:{port}")
        self.port = port
        self.server_port = server_port
        self.process = None

    def set_line(self, round_trip_ms, bytes_a_second):
        self.close()
        command = [program("link"), "--listen", self.port, "--to", f"127.0.0.1:{self.server_port}"]
        command += ["--round-trip-ms", round_trip_ms, "--bytes-a-second", bytes_a_second]
        self.process = subprocess.Popen(
            list(map(str, command)), stdout=subprocess.PIPE, text=True
        )
        if not self.process.stdout.readline():
            raise BenchError("the line cannot be listened at")

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def far(name):
    port = free_ports(1)[0]
    settings = {**BROKER_SETTINGS, "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}"}
    cluster = Cluster.create(f"bench-far-{name}", VERSION, settings=settings)
    endpoint = FarEndpoint(name, port, cluster.ports[0])
    try:
        yield endpoint
    finally:
        endpoint.close()
        cluster.down()


def run(bench, work):
    with far(work.side) as endpoint:
        here = bench.with_far(work.side, endpoint)
        endpoint.set_line(0, WIDE)
        records = max(work.partitions, round(work.records * bench.scale))
        with here.topic(work, work.partitions) as topic:
            size_bytes = here.source.fill(topic, records, *work.fill)
            bench.say(f"{work.name}: {records} records, {size_bytes / 1e6:.0f} MB")
            job = here.job(work, topic, work.partitions, records=records)
            return [measure(here, work, job, each, size_bytes) for each in here.contenders(work)]


def measure(bench, work, job, contender, size_bytes):
    far_end = bench.source if work.side == "source" else bench.destination
    rates, usages = [], []
    for round_number in range(1, bench.rounds + 1):
        one = bench.renamed(job, contender, round_number)
        far_end.set_line(0, WIDE)
        with contender.prepared(one):
            far_end.set_line(work.round_trip_ms, work.bytes_a_second)
            first = one.destination.start_watch(contender.copy_of(one), 1)
            usage = contender.run(one)
            begun = watched(first)
            share = (job.records - begun["records"]) / job.records
            rates.append(size_bytes * share / 1e6 / (usage.seen_s - begun["at_s"]))
            usages.append(usage)
            bench.say(
                f"{work.name}, round {round_number}: {contender.name}: {rates[-1]:.1f} MB/s, "
                f"{usage.cpu_s:.2f} s of CPU, {usage.peak_mib:.0f} MiB {usage.problem}".rstrip()
            )
            far_end.set_line(0, WIDE)
    return LinkRow(
        work=work.name,
        contender=contender.name,
        mb_s=statistics.median(rates),
        line_mb_s=work.bytes_a_second / 1e6,
        cpu_s=statistics.median(usage.cpu_s for usage in usages),
        wall_s=statistics.median(usage.wall_s for usage in usages),
        peak_mib=max(usage.peak_mib for usage in usages),
        problem=next((usage.problem for usage in usages if usage.problem), ""),
    )
