"""Run the same promises on CPython, and on MicroPython in a process of its own with the board's heap.

A promise is a function `check_...` whose arguments are strings, in a module that both interpreters can import.
"""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MICROPYTHON = Path(sys.executable).parent / "micropython"
BOARD_HEAP = "340k"  # what the board has, for objects twice as big (docs: budgets)

RUN = "import sys; sys.path.insert(0, {root!r}); m = __import__({module!r}, None, None, ['x']); m.{name}(*{args!r})"


def both(module_name):
    """Parametrize a test with every promise of a module, on both interpreters; the test calls check(*strings)."""
    module = importlib.import_module(module_name)
    names = [name for name in vars(module) if name.startswith("check_")]
    cases = [pytest.param(getattr(module, name), id=f"{name[6:]}-cpython") for name in names]
    cases += [pytest.param(on_micropython(module_name, name), id=f"{name[6:]}-micropython") for name in names]
    return pytest.mark.parametrize("check", cases)


def on_micropython(module_name, name, heap=BOARD_HEAP):
    """A function that calls one promise on MicroPython, prints what it prints, and fails with its trace."""

    def run(*args):
        code = RUN.format(root=str(ROOT), module=module_name, name=name, args=args)
        command = [str(MICROPYTHON), "-X", f"heapsize={heap}", "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, timeout=110)
        print(done.stdout, end="")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
