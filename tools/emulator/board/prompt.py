"""What a stock board does when its flash is mounted: boot.py, main.py, and then MicroPython's own prompt.

The order and the rules are those of the rp2 port (MicroPython ports/rp2/main.c, shared/runtime/pyexec.c): Ctrl-C works
from the first byte of each file on, an error in boot.py does not keep main.py from running, SystemExit is a soft reset,
and a prompt that was raw before a soft reset keeps main.py from running.
"""

import struct
import sys
import termios

import keyboard
import this_board
import uctypes
from this_board import clock, config, control

_LOCAL = 3


def _look(_):
    """Called when the supervisor wakes the board.  A program that runs looks at clock and bench by itself."""
    if termios.tcgetattr(0)[_LOCAL] == 0:  # MicroPython's prompt sets it so while it reads
        clock.catch_up()


def _run_file(name, names):
    try:
        with open(name) as file:
            source = file.read()
    except OSError:
        return
    try:
        code = compile(source, name, "exec")
        keyboard.kbd_intr(keyboard.CTRL_C)
        exec(code, names)
    except SystemExit:
        control.end("soft_reset", clock.now_us())
    except BaseException as fault:
        keyboard.kbd_intr(-1)
        sys.print_exception(fault)
    keyboard.kbd_intr(-1)


def run_files(names):
    """names: those of the prompt, emptied of what we left there."""
    for name in list(names):
        if name != "__name__":
            del names[name]
    _run_file("boot.py", names)
    if not config["raw"]:
        _run_file("main.py", names)
    keyboard.kbd_intr(keyboard.CTRL_C)
    struct.pack_into("QQ", uctypes.bytearray_at(this_board.wake_address, 16), 0, id(_look), id(None))
    control.send({"at_prompt": True})
