"""Build the board and start the application.  The only module that acts when it is imported.

The order of the imports is for the memory: the deepest first, so that nothing half-loaded waits in it, and what
only the start needs is dropped again.
"""

import asyncio
import gc
import sys

import machine

import protocol.events
import protocol.link
import protocol.link_messages  # noqa: F401  (for the order)
from firmware.shell.rare import drop

gc.collect()

from firmware.app import App  # noqa: E402
from firmware.shell.command_desk import RARE  # noqa: E402


def build_board():
    """The Board; its builder is not needed again."""
    from firmware.boards.tablet_pico import build

    board = build(machine)
    del build
    drop("firmware.boards.tablet_pico")
    return board


def main():
    """Run until something is wrong; then make safe and start again."""
    drop(*RARE)
    app = App(build_board(), machine.reset_cause())
    try:
        asyncio.run(app.run())
    except Exception as error:  # the process edge: say what it was, stop everything, start anew
        sys.print_exception(error)
    app.make_safe()
    machine.reset()


main()
