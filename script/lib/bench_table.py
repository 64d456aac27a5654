"""The results of a bench as a table for people and as JSON."""

import dataclasses
import json
import os
import pathlib
import platform
import re

HEAD = ("work", "contender", "CPU s", "CPU s/GB", "x relay")
HEAD += ("wall s", "records/s", "MiB", "calls/MB")
RELAY = "relay, recv/send"


def relays_of(rows):
    """{work: CPU seconds a GB of the relay that others are compared with}."""
    return {row.work: row.cpu_s_per_gb for row in rows if row.contender == RELAY}


def cells(row, relay):
    def number(value, digits):
        return "" if value is None else f"{value:,.{digits}f}"

    rate = row.records / row.wall_s if row.records and row.wall_s else None
    calls = row.calls / (row.bytes / 1e6) if row.calls else None
    return (
        row.work,
        row.contender,
        number(row.cpu_s, 2),
        number(row.cpu_s_per_gb, 2),
        number(row.cpu_s_per_gb / relay if relay else None, 2),
        number(row.wall_s, 2),
        number(rate, 0),
        number(row.peak_mib, 0),
        number(calls, 1),
    )


def table(rows):
    relays = relays_of(rows)
    lines = [HEAD] + [cells(row, relays.get(row.work)) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    text = []
    for line, row in zip(lines, [None, *rows]):
        parts = [cell.ljust(width) for cell, width in zip(line[:2], widths)]
        parts += [cell.rjust(width) for cell, width in zip(line[2:], widths[2:])]
        problem = f"  {row.problem}" if row and row.problem else ""
        text.append("  ".join(parts).rstrip() + problem)
    return "\n".join(text)


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*:\s*(.*)", info, re.MULTILINE)
    return {
        "processor": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "load": os.getloadavg()[1],
    }


def as_json(rows, facts):
    relays = relays_of(rows)
    found = []
    for row in rows:
        values = dataclasses.asdict(row)
        values["cpu_s_per_gb"] = round(row.cpu_s_per_gb, 4)
        if relays.get(row.work):
            values["relays"] = round(row.cpu_s_per_gb / relays[row.work], 3)
        found.append(values)
    return json.dumps({**facts, "machine": machine(), "rows": found}, indent=1) + "\n"
