"""As much of C++'s and Java's syntax as the rules about the source tree need."""

import re

_LITERALS = re.compile(
    r"""(?P<raw>R"(?P<mark>[^\s()\\]{0,16})\((?:.|\n)*?\)(?P=mark)")
    | (?P<comment>//[^\n]*|/\*(?:.|\n)*?\*/)
    | (?P<string>"(?:\\.|[^"\\\n])*")
    | (?P<char>(?<![0-9A-Za-z_])'(?:\\[^'\n]+|\\'|[^'\\\n])')""",
    re.VERBOSE,
)
_DIRECTIVE = re.compile(r"^[ ]*\#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_TEMPLATE = re.compile(r"\btemplate\s*<")
_SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum|extern|interface|record)\b")
_LAMBDA = re.compile(r"\[(?P<captures>[^\[\]]*)\]\s*(?:<[^<>]*>\s*)?(?P<call>\()?")


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def code_of(text):
    """The text with comments and literals blanked out; every character keeps its place."""
    return _LITERALS.sub(_blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def closing(code, position):
    """Where the bracket that opens at `position` closes; the end of the code if it does not."""
    opener = code[position]
    closer = {"{": "}", "(": ")", "<": ">", "[": "]"}[opener]
    depth = 0
    for place in range(position, len(code)):
        depth += (code[place] == opener) - (code[place] == closer)
        if depth == 0:
            return place
    return len(code)


def functions(code):
    """(first line, last line) of every function, or of what else has a body at its level."""
    code = _DIRECTIVE.sub(_blank, code)
    found = []
    head = position = 0
    while position < len(code):
        letter = code[position]
        if letter in ";}":
            head = position + 1
        elif letter == "{":
            before = code[head:position]
            if opens_scope(before):
                head = position + 1
            else:
                first = head + len(before) - len(before.lstrip())
                position = closing(code, position)
                found.append((line_of(code, first), line_of(code, position)))
                head = position + 1
        position += 1
    return found


def opens_scope(head):
    """Whether the brace behind `head` opens a namespace or type, whose functions stand alone."""
    template = _TEMPLATE.search(head)
    while template:
        end = closing(head, template.end() - 1)
        head = head[: template.start()] + head[end + 1 :]
        template = _TEMPLATE.search(head)
    return bool(_SCOPE.search(head)) and "(" not in head and "=" not in head


def lambdas(code):
    """(position, captures, start and end of the body) of every lambda that has a body."""
    for match in _LAMBDA.finditer(code):
        before = code[max(0, match.start() - 80) : match.start()].rstrip()
        if re.search(r"[\w\])]$", before) and not before.endswith("return"):
            continue  # an index
        place = closing(code, match.end() - 1) + 1 if match.group("call") else match.end()
        brace = re.compile(r"[\w\s:<>,*&]*(?:->[\w\s:<>,*&]*)?\{").match(code, place)
        if brace:
            end = closing(code, brace.end() - 1)
            yield match.start(), match.group("captures").strip(), brace.end(), end


def without_lambdas(code):
    for _, _, start, end in lambdas(code):
        code = code[:start] + re.sub(r"[^\n]", " ", code[start:end]) + code[end:]
    return code
