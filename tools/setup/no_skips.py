"""Refuse a test run in which anything was skipped or expected to fail:  python -m tools.setup.no_skips REPORT.xml"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def skipped(report: Path) -> list[str]:
    """Return the name and reason of each test that did not really run, from pytest's JUnit report."""
    return [
        f"{case.get('classname')}::{case.get('name')}: {mark.get('message')}"
        for case in ElementTree.parse(report).getroot().iter("testcase")
        for mark in case.iter("skipped")
    ]


def main() -> int:
    """Print what was skipped; return 1 when there was anything."""
    names = skipped(Path(sys.argv[1]))
    for name in names:
        print(f"skipped: {name}", file=sys.stderr)
    print(f"{len(names)} tests skipped", file=sys.stderr)
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
