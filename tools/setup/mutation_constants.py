"""Mutants that mutmut does not make: each whole number of a constant outside functions, one larger.

The limits of the core stand there: for how long, how far, from which minute on.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# These take seconds; most mutants are noticed by the others, so they come last.
SLOW = (
    "test_dose_histories.py",
    "test_against_model.py",
    "test_alarms_against_model.py",
    "test_state_space.py",
)
LIMIT_S = 300


def numbers(source: str) -> Iterator[ast.Constant]:
    """The whole numbers in the values of the module's own assignments."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            for node in ast.walk(statement.value):
                if isinstance(node, ast.Constant) and type(node.value) is int:
                    yield node


def one_larger(source: str, node: ast.Constant) -> tuple[str, str]:
    """The source with that number one larger, and the changed line as a diff."""
    lines = source.splitlines(keepends=True)
    before, at = lines[node.lineno - 1], node.col_offset
    assert isinstance(node.value, int) and node.end_col_offset is not None
    after = before[:at] + str(node.value + 1) + before[node.end_col_offset :]
    lines[node.lineno - 1] = after
    return "".join(lines), f"-{before.rstrip()}\n+{after.rstrip()}"


def is_noticed(copy: Path) -> bool:
    """Run the core's tests there until one fails."""
    tests = sorted(
        (copy / "firmware/core/tests").glob("test_*.py"), key=lambda path: (path.name in SLOW, path)
    )
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not exhaustive"]
    # No byte code: two versions of a file within one second would be one to Python.
    environment = {
        **os.environ,
        "DOSEVAKT_HYPOTHESIS": "mutation",
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        done = subprocess.run(
            [*command, *tests], cwd=copy, env=environment, capture_output=True, timeout=LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def each_in(copy: Path) -> Iterator[tuple[str, str, str, bool]]:
    """(file, line number and column, diff, noticed) of each mutant below `copy`, which is left as it was."""
    if is_noticed(copy):
        raise SystemExit("the core's tests fail on an unchanged core")
    for path in sorted((copy / "firmware/core").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node in numbers(source):
            changed, diff = one_larger(source, node)
            try:
                path.write_text(changed, encoding="utf-8")
                noticed = is_noticed(copy)
            finally:
                path.write_text(source, encoding="utf-8")
            where = f"line {node.lineno}, column {node.col_offset + 1}"
            yield str(path.relative_to(copy)), where, diff, noticed
