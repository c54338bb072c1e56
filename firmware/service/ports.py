"""The two cables of a device in service mode: its own USB port, and the line to the hub."""

import asyncio
import select
import sys

import micropython

READ_BYTES = 256  # half a frame
LOOK_MS = 5


class UsbPort:
    """The board's own USB port, which is its standard input and output.  window: it has flow control, so many frames
    may be on their way.

    It has no read of what is there: on the board read(n) waits for n bytes (shared/runtime/sys_stdio_mphal.c).
    """

    window = 8

    def __init__(self):
        micropython.kbd_intr(-1)  # frames hold any byte, Ctrl-C too; service mode ends with a new start
        self._input, self._output = sys.stdin.buffer, sys.stdout.buffer
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)

    async def read(self):
        """The bytes that have come; waits for the first."""
        while not self._poll.poll(0):
            await asyncio.sleep_ms(LOOK_MS)
        data = bytearray()
        while len(data) < READ_BYTES and self._poll.poll(0):
            byte = self._input.read(1)
            if not byte:
                break
            data += byte
        # Nobody at the other end; or somebody who never stops: the others have their turn.
        await asyncio.sleep_ms(0 if data else 100)
        return bytes(data)

    async def write(self, data):
        """Every byte of it, or nothing at all when nobody takes them."""
        self._output.write(data)


class UartPort:
    """The line to the hub."""

    window = 1

    def __init__(self, uart):
        self._reader = asyncio.StreamReader(uart)
        self._writer = asyncio.StreamWriter(uart, {})

    async def read(self):
        """The bytes that have come; waits for the first."""
        data = await self._reader.read(READ_BYTES)
        if not data:
            await asyncio.sleep_ms(100)
        return data or b""

    async def write(self, data):
        """Every byte of it."""
        self._writer.write(data)
        await self._writer.drain()
