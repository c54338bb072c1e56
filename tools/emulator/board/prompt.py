"""What a stock board does when its flash is mounted: boot.py, main.py, and then MicroPython's own prompt.

The order and the rules are those of the rp2 port (MicroPython ports/rp2/main.c, shared/runtime/pyexec.c): Ctrl-C works
from the first byte of each file on, an error in boot.py does not keep main.py from running, SystemExit is a soft reset,
and a prompt that was raw before a soft reset keeps main.py from running.
"""

import struct
import sys

import micropython
import this_board
import uctypes
from this_board import clock, config, control

CTRL_C = 3


def _look(_):
    """Called when the supervisor wakes the board: between two instructions of whatever runs, or while nothing does."""
    try:
        clock.catch_up()
    except KeyboardInterrupt:
        control.send({"interrupt": True})  # that was for the program


def _run_file(name, names):
    try:
        with open(name) as file:
            source = file.read()
    except OSError:
        return
    try:
        code = compile(source, name, "exec")
        micropython.kbd_intr(CTRL_C)
        exec(code, names)
    except SystemExit:
        control.end("soft_reset", clock.now_us())
    except BaseException as fault:  # as pyexec.c: whatever ends a file, Ctrl-C too, the next thing comes
        micropython.kbd_intr(-1)
        sys.print_exception(fault)
    micropython.kbd_intr(-1)


def run_files(names):
    """names: those of the prompt, emptied of what we left there."""
    for name in list(names):
        if name != "__name__":
            del names[name]
    _run_file("boot.py", names)
    if not config["raw"]:
        _run_file("main.py", names)
    struct.pack_into("QQ", uctypes.bytearray_at(this_board.wake_address, 16), 0, id(_look), id(None))
    control.send({"at_prompt": True})
