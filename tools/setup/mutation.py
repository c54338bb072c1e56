"""Change the device's core in each small way that mutmut knows, and see that a test notices:  make mutation

Works in build/mutation, on a copy of the tree, so that the tree may change meanwhile.  Writes docs/mutation.md; returns
1 when less than 90 % of the mutants are noticed, or when one that is not has no reason in mutation_reasons.toml.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.setup import mutation_constants
from tools.setup.mutation_page import PAGE, Survivor, Tally, is_good_enough, page, with_reasons

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "build" / "mutation"
MUTMUT = Path(sys.executable).with_name("mutmut")
FILES = ("pyproject.toml", "conftest.py", "firmware/__init__.py")
FOLDERS = ("firmware/core", "protocol")
# The core's tests look at fewer examples, and at the same ones for each mutant (conftest.py).
ENVIRONMENT = {**os.environ, "DOSEVAKT_HYPOTHESIS": "mutation"}

# mutmut's exit code of each mutant's test run; the timeouts are loops that no longer end, which is noticed too.
WORDS = {
    0: "survived",
    1: "killed",
    3: "killed",
    24: "timeout",
    -24: "timeout",
    36: "timeout",
    -9: "timeout",
    152: "timeout",
}
# A mutant that no test ever runs: nothing can notice it.
UNSEEN = (5, 33)


def lay_out(target: Path) -> None:
    """Copy what the core's tests need; what a run before this one left is gone."""
    shutil.rmtree(target, ignore_errors=True)
    for name in FILES:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))


def run_mutmut(*arguments: str) -> str:
    """mutmut's words."""
    return subprocess.run(
        [MUTMUT, *arguments], cwd=COPY, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def results() -> dict[str, dict[str, str]]:
    """File -> mutant -> killed, timeout or survived, as mutmut has left it on disk."""
    found: dict[str, dict[str, str]] = {}
    mutants = COPY / "mutants"
    for file in sorted(mutants.rglob("*.py.meta")):
        codes = json.loads(file.read_text())["exit_code_by_key"]
        words = {name: "survived" if code in UNSEEN else WORDS[code] for name, code in codes.items()}
        if words:
            found[str(file.relative_to(mutants)).removesuffix(".meta")] = words
    return found


def survivor(file: str, name: str) -> Survivor:
    """What mutmut changed there."""
    lines = run_mutmut("show", name).splitlines()
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("---", "+++")]
    return Survivor(file, name.rsplit(".", 1)[-1], "\n".join(changed))


def of_functions(children: str) -> tuple[list[Tally], list[Survivor]]:
    """What mutmut finds."""
    subprocess.run([MUTMUT, "run", "--max-children", children], cwd=COPY, env=ENVIRONMENT, check=True)
    found = results()
    tallies = [Tally(file, list(words.values())) for file, words in found.items()]
    return tallies, [
        survivor(file, name) for file, words in found.items() for name in words if words[name] == "survived"
    ]


def of_constants() -> tuple[list[Tally], list[Survivor]]:
    """What mutmut leaves out."""
    words: list[str] = []
    survivors: list[Survivor] = []
    for file, where, diff, noticed in mutation_constants.each_in(COPY):
        words.append("killed" if noticed else "survived")
        if not noticed:
            survivors.append(Survivor(file, where, diff))
        print(f"{file}, {where}: {words[-1]}", flush=True)
    return [Tally("constants outside functions", words)], survivors


def main() -> int:
    """Copy, run, write the page."""
    lay_out(COPY)
    constants, of_them = of_constants()
    functions, of_those = of_functions(sys.argv[1] if len(sys.argv) > 1 else str(os.cpu_count() or 1))
    tallies, survivors = [*functions, *constants], with_reasons([*of_those, *of_them])
    PAGE.write_text(page(tallies, survivors, COPY), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
    return 0 if is_good_enough(tallies, survivors) else 1


if __name__ == "__main__":
    sys.exit(main())
