"""Build the board and start the application.  The only module that acts when it is imported.

The order is for the memory: the keys first, because making a key's table needs most of it; then the deepest imports,
so that nothing half-loaded waits; what only the start needs is dropped again.
"""

import asyncio
import gc
import os
import sys

import machine

from firmware.crypto.keystore import Keystore
from firmware.shell.trusting import NewCentre
from firmware.store.settings import Settings

DATA_DIR = "/data"  # the same as Board.data_dir, which does not exist yet

# Collect whenever so much of what is free has been used: garbage then stays near the live objects, and a piece of
# 4 KB can still be found when a plan comes.  Left to itself the collector waits until the heap is full of holes.
FREE_PARTS = 2


def open_keystore():
    """(settings, keystore); the first time this makes the device's key."""
    settings = Settings(DATA_DIR + "/settings")
    keystore = Keystore(settings, os.urandom)
    keystore.ensure()
    return settings, keystore


def build_board():
    """The Board; its builder is not needed again."""
    from firmware.boards.tablet_pico import build
    from firmware.shell.rare import drop

    board = build(machine)
    del build
    drop("firmware.boards.tablet_pico")
    return board


def build_app(settings, keystore):
    """The App, with every room loaded."""
    import protocol.events

    gc.collect()
    import protocol.link_messages  # noqa: F401 (for the order)
    from firmware.shell.command_desk import RARE
    from firmware.shell.rare import drop

    drop(*RARE)
    from firmware.app import App

    gc.collect()
    return App(build_board(), settings, keystore, machine.reset_cause())


def main():
    """Run until something is wrong, or the unit has a new centre; then make safe and start again."""
    settings, keystore = open_keystore()
    app = build_app(settings, keystore)
    gc.collect()
    gc.threshold(gc.mem_free() // FREE_PARTS)
    try:
        asyncio.run(app.run())
    except NewCentre:
        print("a centre is trusted: starting again")
    except Exception as error:  # the process edge: say what it was, stop everything, start anew
        sys.print_exception(error)
    app.make_safe()
    machine.reset()


main()
