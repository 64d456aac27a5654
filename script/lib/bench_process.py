"""A process that is measured: CPU time, wall time, peak memory, system calls."""

import dataclasses
import os
import pathlib
import re
import subprocess
import time

from bench_endpoints import BenchError, watched

TICKS_S = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Usage:
    """What a run cost. wall_s: from the start of the process to the last record's arrival."""

    cpu_s: float
    wall_s: float
    peak_mib: float
    seen_s: float = 0  # when the last record's arrival was seen, by time.monotonic()
    problem: str = ""


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_S


def peak_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)[1]) / 1024


def start(command, log):
    with open(log, "wb") as output:
        return subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )


def tail(log, lines=20):
    return "\n".join(pathlib.Path(log).read_text(errors="replace").splitlines()[-lines:])


def run_to_end(command, log, watch, records):
    """Of a process that stops by itself when it has copied everything."""
    began = time.monotonic()
    process = start(command, log)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        watch.kill()
        raise BenchError(f"{command[0]} ended with {process.returncode}\n{tail(log)}")
    seen = watched(watch)
    return Usage(
        cpu_s=usage.ru_utime + usage.ru_stime,
        wall_s=seen["at_s"] - began,
        peak_mib=usage.ru_maxrss / 1024,
        seen_s=seen["at_s"],
        problem=difference(records, seen["records"]),
    )


def run_until_seen(command, log, watch, records):
    """Of a process that runs for ever: measured, and ended, when the last record has arrived."""
    began = time.monotonic()
    process = start(command, log)
    try:
        while watch.poll() is None:
            if process.poll() is not None:
                watch.kill()
                raise BenchError(f"{command[0]} ended with {process.returncode}\n{tail(log)}")
            time.sleep(0.02)
        usage = Usage(cpu_seconds(process.pid), 0, peak_mib(process.pid))
    finally:
        process.kill()
        process.wait()
    seen = watched(watch)
    usage.wall_s = seen["at_s"] - began
    usage.seen_s = seen["at_s"]
    usage.problem = difference(records, seen["records"])
    return usage


def difference(wanted, found):
    return "" if found == wanted else f"{found} records of {wanted}"


def count_calls(command, log):
    """How many system calls a process that stops by itself makes; None if they cannot be counted.

    By perf, which the system may not allow.
    """
    counts = pathlib.Path(f"{log}.calls")
    perf = ["perf", "stat", "-x,", "-o", counts, "-e", "raw_syscalls:sys_enter", "--"]
    if start([*perf, *command], log).wait() != 0:
        return None
    found = re.search(r"^(\d+),,raw_syscalls", counts.read_text(), re.MULTILINE)
    return int(found[1]) if found else None
