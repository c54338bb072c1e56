"""From power to a built app.  Needed once in a start, dropped before the app runs (main.py).

The order is for the memory: the keys first, because making a key's table needs most of it; then the rooms; what only
the start needs is dropped again.
"""

import gc
import os
import select
import sys

import machine

from firmware.shell.rare import drop

DATA_DIR = "/data"  # the same as Board.data_dir, which does not exist yet

# While code is loaded, collect after every 4 KB: what loading leaves behind is taken up again at once, so that the code
# lies close together.  Left to itself the collector waits until the heap is full, and of the 70 KB that are free then
# no 1,200 B lie in one piece.
LOADING_STEP = 4096

# MicroPython keeps every name it has ever read (py/qstr.c), in a table that grows by pieces of 20, 40 .. 1,280, 2,560
# places, 7 bytes each on the chip.  By its first filling a board comes to the piece of 2,560: 18 KB in one, which are
# not there any more when code has come and gone.  So it is taken at the start (decision 35).
STEP_BYTES = 2560 * 4  # less than that piece, more than BATCH names leave behind
BATCH, MOST_FILLED = 32, 2560


def build():
    """The app of this start, with every room loaded, and places for all the names that may be read later."""
    app = _build_app()
    _grow_names()
    return app


def _build_app():
    gc.threshold(LOADING_STEP)
    service = _what_for()
    settings, keystore = _open_keystore()
    gc.threshold(LOADING_STEP)
    if service is not None:
        from firmware.service.app import ServiceApp

        return ServiceApp(_build_board(), settings, keystore, *service)
    from firmware.app import App

    board = _build_board()
    board.usb = select.poll()
    board.usb.register(sys.stdin, select.POLLIN)
    return App(board, settings, keystore, machine.reset_cause())


def _what_for():
    """What this start is for; see notes.look().  It is loaded only when there is a note: a name once read stays in
    the memory."""
    if not _noted():
        return None
    from firmware.service.notes import look

    service = look(DATA_DIR)
    del look
    drop("firmware.service.notes", "firmware.service", "protocol.service_events")
    return service


def _noted():
    try:
        found = os.listdir(DATA_DIR)
        return "wipe" in found or "service.0" in os.listdir(DATA_DIR + "/settings")
    except OSError:
        return False  # the very first start


def _open_keystore():
    """(settings, keystore); the first time this makes the device's key."""
    from firmware.crypto.keystore import Keystore
    from firmware.store.settings import Settings

    settings = Settings(DATA_DIR + "/settings")
    keystore = Keystore(settings, os.urandom, drop)
    gc.threshold(-1)  # arithmetic keeps nothing
    keystore.ensure()
    gc.collect()
    return settings, keystore


def _build_board():
    """The Board; its builder is not needed again."""
    from firmware.boards.fitted import build

    board = build(machine)
    del build
    drop("firmware.boards.fitted", "firmware.boards.tablet_pico", "firmware.boards.multidose_pico")
    return board


def _grow_names():
    """Use up the table of names with short ones that nobody reads, of 3 bytes, until it takes its next step."""
    gc.collect()
    try:
        for first in range(0, MOST_FILLED, BATCH):
            before_bytes = gc.mem_alloc()
            for number in range(first, first + BATCH):
                getattr(gc, "%x" % number, None)
            if gc.mem_alloc() - before_bytes > STEP_BYTES:
                break
    except MemoryError as fault:  # doses go on: what is resident has its names
        sys.print_exception(fault)
    gc.collect()
