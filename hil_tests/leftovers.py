"""Which processes does a test leave behind?  Read from /proc, so that nothing is asked of the parts under test."""

import os
from pathlib import Path


def children() -> set[int]:
    """Process ids of our own children that have not been waited for."""
    us, found = os.getpid(), set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        if int(fields[1]) == us:
            found.add(int(stat.parent.name))
    return found


def working_in(folder: Path) -> set[int]:
    """Process ids, whoever started them, that were given a path in `folder`."""
    found = set()
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = cmdline.read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in words and int(cmdline.parent.name) != os.getpid():
            found.add(int(cmdline.parent.name))
    return found


def name(pid: int) -> str:
    """What a person can find it by."""
    try:
        return f"{pid} {Path(f'/proc/{pid}/cmdline').read_text().replace(chr(0), ' ').strip()}"
    except OSError:
        return str(pid)
