"""Barcode module of the GM65 class on a UART: reads the label of the pouch before it, when it is asked.

Source: Hangzhou Grow, GM65 Bar Code Reader Module User Manual V1.3 (2016): section 2.1 (9600 baud, 8N1), appendix
"serial commands": 7E 00, type 08 (write zone), length, address, data, and AB CD for "no CRC"; answer
02 00 00 01 00 33 31; zone 0x0000 (bits 0 and 1: 01 is command mode; bits 2 and 3: 01 is light while reading; no aiming
light, no beep); zone 0x0002 (bit 0: read now).  A label comes as ASCII with a line end.  The frames were compared with
public drivers of the same module; the zones of other firmware versions were not.  Loaded while a label is read.
"""

import asyncio

COMMAND_MODE = b"\x7e\x00\x08\x01\x00\x00\x05\xab\xcd"
READ_NOW = b"\x7e\x00\x08\x01\x00\x02\x01\xab\xcd"
READ_NO_MORE = b"\x7e\x00\x08\x01\x00\x02\x00\xab\xcd"
DONE = b"\x02\x00\x00\x01\x00\x33\x31"
# The module answers a command at once, within 7 bytes of 1 ms; a label that lies still is read in 0.1 s.
ANSWER_MS = 200
LIMIT_MS = 3000
POLL_MS = 20
TRIES = 2
MOST_LETTERS = 16  # of a label (protocol/pouch_label.py: a number of 12 letters, "-" and three digits)
MOST_BYTES = 3 * len(DONE) + MOST_LETTERS + 2
_LINE_ENDS = b"\r\n"


class LabelReader:
    """`uart`: machine.UART at 9600 baud, without time limit of its own."""

    def __init__(self, uart, clock):
        self._uart = uart
        self._clock = clock

    async def read(self):
        """What stands on the label, or None: no label, not readable, no module, or bytes that make no sense."""
        for _ in range(TRIES):
            self._uart.read()  # what has come too late is of another pouch
            self._uart.write(COMMAND_MODE)
            if await self._heard(bytearray(), has_ended, ANSWER_MS):
                break
        else:
            return None
        self._uart.write(READ_NOW)
        heard = bytearray()
        if not await self._heard(heard, label_of, LIMIT_MS):
            self._uart.write(READ_NO_MORE)
            return None
        return label_of(heard)

    async def _heard(self, heard, complete, limit_ms):
        """Listen until complete(heard) says something, or for so long."""
        since_ms = self._clock.ms()
        while self._clock.elapsed_ms(since_ms) <= limit_ms and len(heard) < MOST_BYTES:
            heard += self._uart.read(MOST_BYTES - len(heard)) or b""
            if complete(heard):
                return True
            await asyncio.sleep_ms(POLL_MS)
        return False


def has_ended(heard):
    """True when the module has done what it was told."""
    return DONE in heard


def label_of(heard):
    """The label in what was heard after READ_NOW, None while there is none: its answer, then one line of letters."""
    line = bytes(heard)
    while line.startswith(DONE):
        line = line[len(DONE) :]
    ends = [at for at, letter in enumerate(line) if letter in _LINE_ENDS]
    if not ends or not 0 < ends[0] <= MOST_LETTERS:
        return None
    line = line[: ends[0]]
    return line.decode() if all(0x20 < letter < 0x7F for letter in line) else None
