"""docs/mutation.md: what a run of mutants found, for which core, and why each survivor may live."""

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "mutation.md"
REASONS = Path(__file__).with_name("mutation_reasons.toml")
ENOUGH_PER_MILLE = 900  # nine of ten faults must be noticed (CONTRIBUTING.md)

HEAD = """\
# Mutation: does a test notice a changed core?

`make mutation` changes `firmware/core` in each small way that mutmut knows (another number, another comparison, an
argument left out) and makes each number of a constant one larger, one change at a time, and runs the core's tests on
each. A mutant that no test notices has survived: either a promise is missing, or the change makes no difference that
anybody could see, and then its reason stands below ([decision 15](decisions/0015-exploration-and-mutation.md)).
Reasons are kept in `tools/setup/mutation_reasons.toml`. A timeout is a loop that no longer ends: noticed, too.
"""


@dataclass(frozen=True)
class Tally:
    """One file's mutants: `words` are killed, timeout or survived."""

    file: str
    words: Sequence[str]

    def of(self, word: str) -> int:
        return sum(1 for each in self.words if each == word)


@dataclass(frozen=True)
class Survivor:
    """`diff`: the lines that mutmut took away and put in."""

    file: str
    name: str
    diff: str
    reason: str = ""


def core_hash(root: Path) -> str:
    """Names the core's sources as they lie below `root`."""
    digest = hashlib.sha256()
    for path in sorted((root / "firmware/core").glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def with_reasons(survivors: Sequence[Survivor]) -> list[Survivor]:
    """Give each the first reason whose file and pattern fit its diff."""
    rules = tomllib.loads(REASONS.read_text(encoding="utf-8"))["reason"]

    def reason(survivor: Survivor) -> str:
        for rule in rules:
            if rule.get("file", survivor.file) == survivor.file and re.search(rule["diff"], survivor.diff):
                return str(rule["why"])
        return ""

    return [replace(survivor, reason=reason(survivor)) for survivor in survivors]


def rate_per_mille(tallies: Sequence[Tally]) -> int:
    """How many of a thousand mutants were noticed; rounded down."""
    total = sum(len(tally.words) for tally in tallies)
    return (total - sum(tally.of("survived") for tally in tallies)) * 1000 // total


def is_good_enough(tallies: Sequence[Tally], survivors: Sequence[Survivor]) -> bool:
    """Noticed often enough, and nothing lives without a reason."""
    return rate_per_mille(tallies) >= ENOUGH_PER_MILLE and all(survivor.reason for survivor in survivors)


def page(tallies: Sequence[Tally], survivors: Sequence[Survivor], root: Path) -> str:
    """The page as text."""
    whole = Tally("all", [word for tally in tallies for word in tally.words])
    per_mille = rate_per_mille(tallies)
    lines = [
        HEAD,
        f"Measured on the core `{core_hash(root)}`: **{per_mille // 10}.{per_mille % 10} % noticed.**\n",
        "| file | mutants | killed | timeout | survived |",
        "|---|---|---|---|---|",
    ]
    for tally in [*tallies, whole]:
        counts = [len(tally.words), *[tally.of(word) for word in ("killed", "timeout", "survived")]]
        lines.append(f"| {tally.file} | " + " | ".join(str(count) for count in counts) + " |")
    lines.append("\n## Survivors\n")
    for survivor in survivors:
        lines.append(f"`{survivor.file}`, `{survivor.name}`: {survivor.reason or '**no reason yet**'}\n")
        lines.append(f"```diff\n{survivor.diff}\n```\n")
    return "\n".join(lines).rstrip() + "\n"
