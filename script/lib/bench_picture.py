"""The results of a bench as a picture: bars, readable on light and on dark ground."""

import statistics
import xml.sax.saxutils

from bench_table import number
from bench_works import WORKS

WIDTH = 760
LABEL_WIDTH = 150
BAR_WIDTH = 500
BAR_HEIGHT = 16
LINE_HEIGHT = 24
TITLE_HEIGHT = 34

STYLE = """
text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.unit { fill: #59636e }
.bar { fill: #9aa4ae }
.kmirror { fill: #1a7f5a }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .unit { fill: #9198a1 }
  .bar { fill: #5c6670 }
  .kmirror { fill: #3fb98a }
}
"""


def panels_of(rows):
    """[(title, unit, digits, [(label, value)])] of what these rows have."""
    found = []
    for work in ("identity-256", "zstd"):
        each = [row for row in rows if row.work == work and row.contender != "relay, splice"]
        bars = [(row.contender, row.cpu_s) for row in each]
        records = next((row.records for row in each if row.records), 0)
        title = f"{records / 1e6:g} million records, {WORKS[work].title}"
        found.append((title, "seconds of CPU", 2, bars))
        if work == "identity-256":
            bars = [(row.contender, row.peak_mib) for row in each if row.peak_mib]
            found.append(("Memory at its peak, the same records", "MiB", 0, bars))
    starts = [row for row in rows if row.KIND == "start"]
    bars = [(row.contender, statistics.median(row.seconds)) for row in starts]
    found.append(("From the start of the process to the first record copied", "seconds", 2, bars))
    return [panel for panel in found if len(panel[3]) > 1]


def text(x, y, content, css="", anchor="start"):
    kind = f' class="{css}"' if css else ""
    content = xml.sax.saxutils.escape(content)
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{kind}\n>{content}</text>'


def draw_panel(top, title, unit, digits, bars):
    longest = max(value for _, value in bars)
    lines = [text(0, top + 18, title, "title"), text(WIDTH, top + 18, unit, "unit", "end")]
    for index, (label, value) in enumerate(bars):
        y = top + TITLE_HEIGHT + index * LINE_HEIGHT
        width = max(1, round(value / longest * BAR_WIDTH, 1))
        css = "kmirror" if label == "kmirror" else "bar"
        lines.append(text(LABEL_WIDTH - 10, y + 13, label, anchor="end"))
        lines.append(
            f'<rect x="{LABEL_WIDTH}" y="{y}" width="{width}" height="{BAR_HEIGHT}" rx="2" '
            f'class="{css}"/>'
        )
        lines.append(text(LABEL_WIDTH + width + 8, y + 13, number(value, digits)))
    return lines


def as_svg(rows):
    lines, top = [], 0
    for title, unit, digits, bars in panels_of(rows):
        lines += draw_panel(top, title, unit, digits, bars)
        top += TITLE_HEIGHT + len(bars) * LINE_HEIGHT + 14
    size = f'viewBox="0 0 {WIDTH} {max(top, 1)}" width="{WIDTH}" height="{max(top, 1)}"'
    head = [f'<svg xmlns="http://www.w3.org/2000/svg" {size}', ' role="img"']
    head.append(' aria-label="kmirror, MirrorMaker 1 and 2 and a TCP relay compared">')
    return "\n".join([*head, f"<style>{STYLE}</style>", *lines, "</svg>"]) + "\n"
