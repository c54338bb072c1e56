"""Loads the firmware with MicroPython's names around it: its asyncio, time, os, gc and open are the virtual ones.

Only modules of the firmware itself see them; the standard library and this package keep their own.  To be used in a
process that has not imported the firmware yet (worker.py, or a test's own process).
"""

import builtins
import importlib.abc
import importlib.machinery
import sys
from types import ModuleType

from firmware.simulation import micro_asyncio

TICKS = 1 << 30  # MicroPython `time` reference: ticks_ms() wraps here on rp2
STAGED = ("firmware", "protocol")
NOT_STAGED = ("firmware.simulation", "firmware.tests")
KEPT_LINES = 200


class Power:
    """What belongs to the one device that has power now; the staged modules reach it through this."""

    world = None
    flash = None
    from_ms = 0  # when the chip's ticks began
    console = []  # what the firmware printed last


def install():
    """From now on `import firmware...` gives the real rooms in virtual time.  Raises RuntimeError if too late."""
    loaded = [name for name in sys.modules if _is_firmware(name)]
    if loaded:
        raise RuntimeError("already imported in real time: " + loaded[0])
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())


def put_in_place(name, **contents):
    """Let a module of the firmware be this one instead."""
    module = ModuleType(name)
    vars(module).update(contents)
    sys.modules[name] = module


def _is_firmware(name):
    return name.startswith("firmware.") and not name.startswith(NOT_STAGED)


def ticks_ms():
    """The chip's counter, with its wrap."""
    return (Power.world.now_ms - Power.from_ms) % TICKS


def ticks_diff(later, earlier):
    """As MicroPython's, for readings less than half a wrap apart."""
    return (later - earlier + TICKS // 2) % TICKS - TICKS // 2


def _module(name, **contents):
    module = ModuleType(name)
    vars(module).update(contents)
    return module


MODULES = {
    "asyncio": micro_asyncio,
    "time": _module("time", ticks_ms=ticks_ms, ticks_diff=ticks_diff),
    "gc": _module("gc", collect=lambda: 0),  # CPython's own collector needs no help
    "os": _module(
        "os",
        urandom=lambda count: Power.world.dice.randbytes(count),
        getcwd=lambda: "/",  # a version that is confirmed, not on trial
        listdir=lambda path: Power.flash.listdir(path),
        mkdir=lambda path: Power.flash.mkdir(path),
        remove=lambda path: Power.flash.remove(path),
        rename=lambda old, new: Power.flash.rename(old, new),
    ),
}


def _import(name, *arguments):
    module = MODULES.get(name)
    return module if module is not None else builtins.__import__(name, *arguments)


def _open(path, mode="r"):
    return Power.flash.open(path, mode)


def _print(*words):
    Power.console.append(" ".join(map(str, words)))
    del Power.console[:-KEPT_LINES]


BUILTINS = dict(vars(builtins), __import__=_import, open=_open, print=_print)


class Finder(importlib.abc.MetaPathFinder):
    """Finds modules of firmware and protocol; remembers their code, because the firmware drops and loads them often."""

    def __init__(self):
        self._specs = {}

    def find_spec(self, name, path, target=None):
        if not name.startswith(STAGED) or name.startswith(NOT_STAGED) or "." not in name:
            return None
        if name not in self._specs:
            self._specs[name] = self._find(name, path)
        return self._specs[name]

    def _find(self, name, path):
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = Loader(spec.loader, name)
        return spec


class Loader(importlib.abc.Loader):
    """Runs a module's code with the virtual builtins in it; protocol is pure and keeps its own."""

    def __init__(self, loader, name):
        self._code = loader.get_code(name)
        self._builtins = BUILTINS if _is_firmware(name) else builtins

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__builtins__ = self._builtins
        exec(self._code, vars(module))
