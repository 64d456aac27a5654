"""Adds up JUnit files: prints 'N passed, N failed, N skipped' alone on the last line.

A file that is missing or holds no test counts as a failure: that suite did not run.
"""

import sys
import xml.etree.ElementTree


def counts(path):
    """(passed, failed, skipped) of one file."""
    try:
        cases = list(xml.etree.ElementTree.parse(path).getroot().iter("testcase"))
    except (FileNotFoundError, xml.etree.ElementTree.ParseError):
        cases = []
    if not cases:
        print(f"{path}: no test ran")
        return 0, 1, 0
    failed = sum(1 for case in cases if any(case.find(t) is not None for t in ("failure", "error")))
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    return len(cases) - failed - skipped, failed, skipped


def main():
    passed, failed, skipped = map(sum, zip(*(counts(path) for path in sys.argv[1:])))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
