"""The results of a bench as tables for people and as JSON.

A row is a dataclass with HEAD, cells(), and the fields work, contender and problem.
"""

import dataclasses
import itertools
import json
import os
import pathlib
import platform
import re


def number(value, digits):
    return "" if value is None else f"{value:,.{digits}f}"


def tables(rows):
    """One table for each kind of row."""
    kinds = itertools.groupby(rows, key=type)
    return "\n\n".join(table(kind.HEAD, list(group)) for kind, group in kinds)


def table(head, rows):
    lines = [head] + [row.cells() for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
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
    found = [{"kind": row.KIND, **dataclasses.asdict(row)} for row in rows]
    return json.dumps({**facts, "machine": machine(), "rows": found}, indent=1) + "\n"
