"""The rules of the source tree. Each takes a file and yields (line, what is wrong).

What they enforce is explained in ARCHITECTURE.md (layers, determinism, coroutines) and in
CONTRIBUTING.md (style).
"""

import dataclasses
import pathlib
import re

import cpp_text

LINES_MAX = 400
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100

# What real brokers have answered; nobody writes these files by hand.
RECORDED = "tests/conformance/expected/"

# A folder may include itself and what stands on lower steps.
STEPS = [["base"], ["compression"], ["protocol"], ["net"], ["broker", "mirror", "proxy"]]
STEPS += [["app"], ["bench", "fuzz"]]
STEP_OF = {folder: step for step, folders in enumerate(STEPS) for folder in folders}

CORES = ("net/core/", "mirror/core/", "broker/core/")
# Benches are programs too, and measure the world that they are in.
OUTSIDE_WORLD = ("net/asio/", "app/", "bench/")

# What a core may include of net/, which is otherwise coroutines and sockets.
NET_FOR_CORES = ("net/core/", "net/result.h", "net/host_port.h", "net/topic_partition.h")


# Where structs have a describe().
DESCRIBED = ("protocol/messages/", "protocol/wire/")


@dataclasses.dataclass(frozen=True)
class Ban:
    """A name that only the folders in `allowed` may use, and what to use instead."""

    pattern: str
    instead: str
    allowed: tuple = OUTSIDE_WORLD
    only_in: tuple = ()
    in_tests: bool = False


BANS = [
    Ban(
        r"std::(?:jthread|thread|async|future|promise|atomic\w*|\w*mutex|condition_variable\w*"
        r"|lock_guard|scoped_lock|unique_lock|call_once)\b",
        "shards share nothing: post to the shard's executor (Runtime::executor())",
    ),
    Ban(
        r"\w*_clock::now\b|\b(?:clock_gettime|gettimeofday)\b|std::time\b",
        "Runtime::now(), or Runtime::wall_clock_ms() for record timestamps",
        in_tests=True,
    ),
    Ban(r"\b(?:steady|system|deadline|high_resolution)_timer\b", "Runtime::make_timer()"),
    Ban(r"\bio_context\b", "Runtime::executor()"),
    Ban(
        r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\b|::sleep\b",
        "a condition to wait for, or Runtime::make_timer()",
        in_tests=True,
    ),
    Ban(
        r"std::(?:random_device|mt19937\w*|rand|srand|default_random_engine)\b|\bs?rand\(",
        "base/random.h, from Runtime::random() split by a label",
        in_tests=True,
    ),
    Ban(r"\bgetenv\b", "a field of the configuration, which app/ fills", ("app/",)),
    Ban(r"\bspdlog\b|std::c(?:out|err|log)\b|\bf?printf\(", "Runtime::log()", ("app/",)),
    Ban(r"\bthread_local\b", "a member of the object that a shard owns", ("compression/",)),
    Ban(r"std::exit\b|\bquick_exit\b", "a Failure that travels up to app/", ("app/",)),
    Ban(
        r"\bunordered_\w+|\b(?:flat|node)_hash_\w+",
        "std::map or a sorted vector, whose order is the same in every run",
        only_in=CORES,
    ),
    Ban(r"\bboost/asio\b|\bco_await\b", "events in, actions out: loops await", (), CORES),
]


class SourceFile:
    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        self.suffix = pathlib.PurePath(path).suffix
        self.layer = path.split("/")[0]
        self.is_cpp = self.suffix in (".h", ".cc")
        self.code = cpp_text.code_of(text) if self.suffix in (".h", ".cc", ".java") else ""

    def is_test(self):
        name = pathlib.PurePath(self.path).name
        return (
            self.layer == "tests"
            or "/testing/" in self.path
            or name.startswith("fake_")
            or name.endswith("_test.cc")
        )


def text_rule(file):
    """Whitespace, size, and paths of somebody's machine."""
    is_recorded = file.path.startswith(RECORDED)
    if len(file.lines) - 1 > LINES_MAX and not is_recorded:
        yield LINES_MAX + 1, f"the file has more than {LINES_MAX} lines: split it by concept"
    if file.text and not file.text.endswith("\n"):
        yield len(file.lines), "the last line does not end"
    for number, line in enumerate(file.lines, 1):
        if len(line) > COLUMNS_MAX and file.suffix != ".md" and not is_recorded:
            yield number, f"more than {COLUMNS_MAX} columns"
        if "\t" in line:
            yield number, "a tab"
        if line != line.rstrip():
            yield number, "space at the end of the line"
        if re.search(r"(?<![\w.$}])/(?:work|tmp|home|root|Users)(?:/|$|[\s\"'])", line):
            yield number, "a path of one machine; say it relative to the root, or under build/"


def header_rule(file):
    if not re.fullmatch(r"[a-z0-9_]+\.(?:h|cc)", pathlib.PurePath(file.path).name):
        yield 1, "files are named in snake_case"
    if file.suffix != ".h":
        return
    if not file.text.startswith("// "):
        yield 1, "a header opens with a comment: what it is, who owns it, its thread rules"
    if "\n#pragma once\n" not in file.text and not file.path.endswith("/pch.h"):
        yield 1, "no #pragma once"


def include_rule(file):
    """Nothing includes to its right: base <- compression <- protocol <- net <- mirror <- app."""
    for number, line in enumerate(file.lines, 1):
        match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not match:
            continue
        included = match.group(1)
        layer = included.split("/")[0]
        if file.layer == "tests":
            continue
        if layer not in STEP_OF or "/" not in included:
            yield number, f'"{included}" does not begin with a layer, as in "base/bytes.h"'
        elif layer != file.layer and STEP_OF[layer] >= STEP_OF[file.layer]:
            yield number, f"{file.layer} may not include {layer}: layers look down only"
        elif included.startswith("net/asio/") and not file.path.startswith(OUTSIDE_WORLD):
            yield number, "only programs know which Runtime there is; include net/runtime.h"
        elif file.path.startswith(CORES) and not file.is_test() and layer == "net":
            if not included.startswith(NET_FOR_CORES):
                yield number, f"a core is sans-IO; of net/ it may include {NET_FOR_CORES} alone"


def banned_name_rule(file):
    for ban in BANS:
        if file.layer not in STEP_OF and not ban.in_tests:
            continue
        if file.path.startswith(ban.allowed) or (file.is_test() and not ban.in_tests):
            continue
        if ban.only_in and not file.path.startswith(ban.only_in):
            continue
        for match in re.finditer(ban.pattern, file.code):
            line = cpp_text.line_of(file.code, match.start())
            yield line, f"{match.group()}: use {ban.instead}"


def function_rule(file):
    for first, last in cpp_text.functions(file.code):
        lines = last - first + 1
        if lines > FUNCTION_LINES_MAX and not is_table(file.lines[first - 1]):
            yield first, f"{lines} lines in one function, more than {FUNCTION_LINES_MAX}"


def is_table(first_line):
    return re.search(r"\bconstexpr\b.*\bk[A-Z]\w*(?:\[\])? ?(?:=|\{)", first_line)


def coroutine_rule(file):
    """What g++ 12 compiles wrongly, or what outlives its captures."""
    for match in re.finditer(r"\bcatch\s*\(", file.code):
        brace = file.code.find("{", cpp_text.closing(file.code, match.end() - 1))
        if re.search(r"\bco_await\b", file.code[brace : cpp_text.closing(file.code, brace)]):
            yield cpp_text.line_of(file.code, match.start()), "co_await inside a catch"
    for position, captures, start, end in cpp_text.lambdas(file.code):
        body = cpp_text.without_lambdas(file.code[start:end])
        if captures and re.search(r"\bco_(?:await|return|yield)\b", body):
            line = cpp_text.line_of(file.code, position)
            yield line, "a coroutine that is a lambda with captures; make it a function"
    for match in re.finditer(r"\bco_await\b", file.code):
        if not stands_alone(file.code, match.start()):
            line = cpp_text.line_of(file.code, match.start())
            yield line, "co_await within an expression; put its result into a named variable"


def stands_alone(code, position):
    statement = re.split(r"[;{}]", code[max(0, position - 1000) : position])[-1]
    if statement.count("(") != statement.count(")"):
        return False
    before = statement.rstrip()
    return before == "" or re.search(r"(?:[^=!<>]=|\)|\belse|\bdo|:)$", before) is not None


def field_rule(file):
    """A message's field is named after its member, so that none is taken for its neighbour."""
    if not file.path.startswith(DESCRIBED):
        return
    for match in re.finditer(r"\ba\.field\(", file.text):
        line = cpp_text.line_of(file.text, match.start())
        names = re.compile(r'\s*"(\w+)",\s*m\.(\w+)\s*[,)]').match(file.text, match.end())
        if not names:
            yield line, 'not of the form a.field("someName", m.some_name, ...)'
        elif re.sub(r"[A-Z]", lambda letter: "_" + letter.group().lower(), names[1]) != names[2]:
            yield line, f'"{names[1]}" is not m.{names[2]}, but its name in snake_case'


CPP_RULES = [header_rule, include_rule, banned_name_rule, function_rule, coroutine_rule]
CPP_RULES += [field_rule]


def findings(path, text):
    """All that is wrong with one file, as "path:line: what"."""
    file = SourceFile(path, text)
    rules = [text_rule]
    if file.is_cpp:
        rules += CPP_RULES
    elif file.suffix == ".java":
        rules.append(function_rule)
    return [f"{path}:{line}: {what}" for rule in rules for line, what in rule(file)]


def dead_references(path, text, exists):
    """Files that a document names, in links or as `code`, and that are not there."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        for name in re.findall(r"`([\w.]+/[\w./-]*)`|\]\(([\w./-]+)\)", line):
            name = next(filter(None, name))
            if not name.startswith("build/") and not exists(name):
                found.append(f"{path}:{number}: {name} does not exist")
    return found
