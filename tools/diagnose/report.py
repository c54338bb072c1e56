"""The findings as a person reads them."""

from rich.console import Console
from rich.text import Text

from tools.diagnose.finding import FAIL, OK, SKIP, WARN, plain
from tools.diagnose.registry import Finding

STYLES = {OK: "green", WARN: "yellow", FAIL: "bold red", SKIP: "dim"}


def print_report(findings: list[Finding]) -> None:
    """One line for each check on stdout, and what to do below it."""
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        answer = finding.answer
        line = Text(f"{finding.code} ")
        line.append(f"{answer.verdict:<4}", STYLES[answer.verdict])
        line.append(f"  {finding.name}: {plain(answer.sentence)}")
        console.print(line)
        if answer.todo:
            console.print(Text(f"           -> {answer.todo}"))


def summary(findings: list[Finding]) -> str:
    """How many of each."""
    many = {verdict: sum(finding.answer.verdict == verdict for finding in findings) for verdict in STYLES}
    return f"{len(findings)} checks: {many[OK]} ok, {many[WARN]} to see to, {many[FAIL]} failed, {many[SKIP]} skipped."
