"""Build the board and start the application.  The only module that acts when it is imported.

The order is for the memory: the keys first, because making a key's table needs most of it; then the rooms; what only
the start needs is dropped again.
"""

import asyncio
import gc
import os
import select
import sys

import machine

DATA_DIR = "/data"  # the same as Board.data_dir, which does not exist yet

# While code is loaded, collect after every 4 KB: what loading leaves behind is taken up again at once, so that the code
# lies close together.  Left to itself the collector waits until the heap is full, and of the 70 KB that are free then
# no 1,200 B lie in one piece.
LOADING_STEP = 4096
# Later, collect whenever so much of what is free has been used: a signature alone makes 180 KB of garbage, and each
# collection takes 20 ms on the chip.
FREE_PARTS = 2


def open_keystore():
    """(settings, keystore); the first time this makes the device's key."""
    from firmware.crypto.keystore import Keystore
    from firmware.shell.rare import drop
    from firmware.store.settings import Settings

    settings = Settings(DATA_DIR + "/settings")
    keystore = Keystore(settings, os.urandom, drop)
    gc.threshold(-1)  # arithmetic keeps nothing
    keystore.ensure()
    gc.collect()
    return settings, keystore


def build_board():
    """The Board; its builder is not needed again."""
    from firmware.boards.fitted import build
    from firmware.shell.rare import drop

    board = build(machine)
    del build
    drop("firmware.boards.fitted", "firmware.boards.tablet_pico", "firmware.boards.multidose_pico")
    return board


def build_app(settings, keystore, service):
    """The app of this start, with every room loaded.  service: what notes.look() found, None for dosing."""
    gc.threshold(LOADING_STEP)
    if service is not None:
        from firmware.service.app import ServiceApp

        return ServiceApp(build_board(), settings, keystore, *service)
    from firmware.app import App

    board = build_board()
    board.usb = select.poll()
    board.usb.register(sys.stdin, select.POLLIN)
    return App(board, settings, keystore, machine.reset_cause())


def what_for():
    """What this start is for; see notes.look()."""
    from firmware.service.notes import look
    from firmware.shell.rare import drop

    service = look(DATA_DIR)
    del look
    drop("firmware.service.notes", "firmware.service", "protocol.service_events")
    return service


def asked_for():
    """The restart that follows is none of those in which a new version must prove itself."""
    from firmware.service.slots import orderly_restart

    orderly_restart()


def main():
    """Run until something is wrong, or there is a reason to start again; then make safe and do so."""
    gc.threshold(LOADING_STEP)
    service = what_for()
    settings, keystore = open_keystore()
    app = build_app(settings, keystore, service)
    gc.collect()
    gc.threshold(gc.mem_free() // FREE_PARTS)
    try:
        asyncio.run(app.run())
    except SystemExit as end:
        print("starting again:", end)
        app.make_safe()
        asked_for()
    except Exception as error:  # the process edge: say what it was, stop everything, start anew
        sys.print_exception(error)
        app.make_safe()
    machine.reset()


main()
