"""One run of a libFuzzer program, and what came of it."""

import os
import re
import shutil
import subprocess

# A hang, or memory that grows beyond all that targets bound themselves, is a finding as well.
LIMITS = ["-timeout=10", "-rss_limit_mb=2048", "-malloc_limit_mb=160"]
MINIMIZE_SECONDS = 30


def table_line(*cells):
    return f"{cells[0]:<14}" + "".join(f"{cell:>12}" for cell in cells[1:])


def hex_lines(data):
    digits = data.hex()
    return "".join(digits[at : at + 80] + "\n" for at in range(0, len(digits), 80))


def bytes_of_hex(text):
    return bytes.fromhex(" ".join(line.partition("#")[0] for line in text.splitlines()))


class FuzzRun:
    """`build` is the folder of preset fuzz; `kept` that of the findings kept for this target."""

    def __init__(self, build, kept, name):
        self.name = name
        self.program = build / f"fuzz/{name}_fuzz"
        self.dictionary = build / f"seeds/{name}.dict"
        self.seeds = build / "seeds" / name
        self.corpus = build / "corpus" / name
        self.kept = kept
        self.findings = build / "findings" / name
        self.log = build / f"logs/{name}.log"
        self.finding = None  # the input's file, minimized
        self.hex = None  # the same as text; none where no input was saved
        self.what = ""

    def run(self, seconds):
        for folder in [self.seeds, self.corpus, self.findings, self.log.parent]:
            folder.mkdir(parents=True, exist_ok=True)
        corpora = [self.corpus, self.seeds]
        if self.name == "canary":  # has to be found anew each time
            for path in self.corpus.iterdir():
                path.unlink()
        else:
            for path in sorted(self.kept.glob("*.hex")):
                data = bytes_of_hex(path.read_text("utf-8"))
                (self.corpus / f"kept-{path.stem}").write_bytes(data)
        with self.log.open("w") as log:
            options = [f"-max_total_time={seconds}", "-print_final_stats=1"]
            options.append(f"-artifact_prefix={self.findings}/")
            if self.dictionary.exists():
                options.append(f"-dict={self.dictionary}")
            code = self.call(log, *options, *corpora)
        self.text = self.log.read_text("utf-8", "replace")
        if code != 0:
            self.keep_finding()
        return self

    def call(self, log, *options):
        environment = dict(os.environ, UBSAN_OPTIONS="print_stacktrace=1")
        symbolizer = shutil.which("llvm-symbolizer-16")
        if symbolizer:
            environment["ASAN_SYMBOLIZER_PATH"] = symbolizer
        command = [self.program, *LIMITS, *options]
        return subprocess.run(command, stdout=log, stderr=log, env=environment).returncode

    def keep_finding(self):
        saved = re.search(r"Test unit written to (\S+)", self.text)
        said = re.search(r"^.*(?:ERROR|runtime error|check failed).*$", self.text, re.MULTILINE)
        self.what = said.group(0) if said else "it ended before its time"
        self.finding = self.log
        if not saved:
            return
        whole = self.findings / saved.group(1).rsplit("/", 1)[1]
        smaller = whole.with_name("minimized-" + whole.name)
        with self.log.open("a") as log:
            self.call(
                log,
                "-minimize_crash=1",
                f"-max_total_time={MINIMIZE_SECONDS}",
                f"-exact_artifact_path={smaller}",
                whole,
            )
        self.finding = smaller if smaller.exists() else whole
        self.hex = self.finding.with_name(self.finding.name + ".hex")
        self.hex.write_text(f"# {self.what}\n{hex_lines(self.finding.read_bytes())}", "utf-8")

    def stat(self, name):
        found = re.findall(rf"stat::{name}:\s+(\d+)", self.text)
        return int(found[-1]) if found else 0

    def line(self):
        covered = re.findall(r"cov: (\d+) ft: (\d+)", self.text) or [("0", "0")]
        return table_line(
            self.name,
            self.stat("number_of_executed_units"),
            self.stat("average_exec_per_sec"),
            *covered[-1],
            self.finding.name[:40] if self.finding else "none",
        )
