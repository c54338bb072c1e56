"""Modules that are needed seldom are dropped after use: code in memory is what the board has least of."""

import gc
import sys


def drop(*names):
    """Forget these modules; the next import loads them again.  No object of theirs may live on."""
    for name in names:
        if sys.modules.pop(name, None) is not None:
            package, _, leaf = name.rpartition(".")
            if package in sys.modules and hasattr(sys.modules[package], leaf):
                delattr(sys.modules[package], leaf)
    gc.collect()
