"""Which lines of requirements.lock the hub needs.  Pure: the lock in, a smaller one with the same hashes out."""

import re

# What hub/ and protocol/ import.  The lock's own "# via" notes lead from these to what they need in turn.
DIRECT = frozenset({"cryptography", "paho-mqtt", "pydantic", "pyserial", "structlog", "tuf"})


def hub_lock(lock: str) -> str:
    """Return the entries of `lock` for DIRECT and everything below them.  Raises ValueError when one is not locked."""
    entries = {_name(text): text for text in re.split(r"\n(?=[a-z0-9])", lock) if "==" in text}
    if missing := DIRECT - entries.keys():
        raise ValueError(f"requirements.lock does not name {', '.join(sorted(missing))}: run make lock")
    wanted: set[str] = set()
    more = set(DIRECT)
    while more:
        wanted |= more
        more = {name for name, text in entries.items() if _asked_by(text) & wanted} - wanted
    return "\n".join(entries[name] for name in sorted(wanted)) + "\n"


def _name(entry: str) -> str:
    return entry.partition("==")[0].strip().split("\n")[-1]


def _asked_by(entry: str) -> set[str]:
    """Who asked for this package, from its "# via" note, on one line or on several."""
    _, _, note = entry.partition("# via")
    return {line.strip(" #") for line in note.splitlines()}
