"""`micropython` of the board: the built-in one, but for what Ctrl-C does.

On the chip Ctrl-C is looked for among the bytes that come by USB; here the terminal does it.
"""

import termios

import micropython
from micropython import *  # noqa: F403 (all but the one below)

CTRL_C = 3
_ISIG, _NOFLSH = 1, 0x80  # asm-generic/termbits.h
_LOCAL = 3


def kbd_intr(char):
    """The byte that interrupts the program: 3, or -1 for none."""
    mode = termios.tcgetattr(0)
    mode[_LOCAL] = _NOFLSH | (_ISIG if char == CTRL_C else 0)
    termios.tcsetattr(0, termios.TCSANOW, mode)
    if char == CTRL_C:
        micropython.kbd_intr(CTRL_C)
