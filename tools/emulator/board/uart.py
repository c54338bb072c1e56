"""machine.UART of the rp2 port, with the line's time and the chip's small FIFO.

UART 0 is the socket to the supervisor; at the other end of UART 1 is a chip of the board, or nothing.

Bytes arrive one character time apart, are seen in groups of four (the FIFO's interrupt level) or 32 bit times after
the last, and wait in a 256-byte ring.  While interrupts are off only the 32 bytes of the FIFO are kept: the rest is
lost, as on the chip (rp2 port machine_uart.c; RP2040 datasheet 4.2).
"""

import io

from this_board import clock, control, wiring
from uselect import POLLIN, POLLOUT

FIFO = 32
GROUP = 4
TIMEOUT_BITS = 32
WIRE_FULL = 512  # leave the rest with the supervisor until this much has arrived
_IOCTL_POLL = 3


class UART(io.IOBase):
    INV_TX, INV_RX, RTS, CTS = 1, 2, 2, 1
    stream = None  # set by boot.py: the real socket

    def __init__(self, id, baudrate=115200, **options):
        self._rx_wire = bytearray()  # sent by the far end, still on its way
        self._ring = bytearray()
        self._tx = []
        self._tx_size = 0
        self._rx_free_us = self._tx_free_us = 0
        self._attending = True
        self.overruns = 0
        self._rx_size, self._tx_limit = 256, 256
        self._timeout_ms = 0
        if id not in (0, 1):
            raise ValueError("UART(%s) doesn't exist" % id)
        self._far = wiring.uarts.get(id)
        self._socket = self.stream if id == 0 else None
        self.init(baudrate, **options)
        if self._socket:
            self._socket.read(4096)  # what came before the UART was set up is lost
            clock.listen(self._socket, self._readable)
        elif self._far:
            self._far.say = self._chip_says

    def init(
        self,
        baudrate=115200,
        bits=8,
        parity=None,
        stop=1,
        tx=None,
        rx=None,
        txbuf=256,
        rxbuf=256,
        timeout=0,
        timeout_char=0,
        **pins,
    ):
        frame_bits = 1 + bits + (parity is not None) + stop
        self._bit_ns = 1_000_000_000 // baudrate
        self._byte_ns = frame_bits * self._bit_ns
        self._rx_size, self._tx_limit = max(32, rxbuf), max(32, txbuf)
        self._timeout_ms = timeout

    def deinit(self):
        self._ring = bytearray()

    # what arrives

    def _readable(self):
        if len(self._rx_wire) >= WIRE_FULL:
            self._attending = False
            clock.attend(self._socket, False)
            return
        data = self._socket.read(256)
        if data:
            self._arrive(data)

    def _understood(self):
        """Whether the chip at the other end keeps our pace: 3 % of a frame is all that a receiver forgives."""
        return abs(self._bit_ns * self._far.baud - 1_000_000_000) < 30_000_000

    def _chip_says(self, data):
        self._arrive(data if self._understood() else b"\xff" * len(data))

    def _arrive(self, data):
        idle = not self._rx_wire
        self._rx_wire += data
        if idle:
            self._rx_free_us = max(clock.now_us(), self._rx_free_us)
            self._expect_group()

    def _expect_group(self):
        n = min(GROUP, len(self._rx_wire))
        wait_ns = n * self._byte_ns + (TIMEOUT_BITS * self._bit_ns if n < GROUP else 0)
        clock.call_at(self._rx_free_us + wait_ns // 1000, self._group_arrived)

    def _group_arrived(self):
        group = self._rx_wire[:GROUP]
        self._rx_wire = self._rx_wire[GROUP:]
        self._rx_free_us += len(group) * self._byte_ns // 1000
        room = (FIFO if clock.masked() else self._rx_size) - len(self._ring)
        self._ring += group[: max(0, room)]
        self.overruns += max(0, len(group) - max(0, room))
        if self._rx_wire:
            self._expect_group()
        if not self._attending and len(self._rx_wire) < WIRE_FULL:
            self._attending = True
            clock.attend(self._socket, True)

    def any(self):
        clock.read()
        return len(self._ring)

    def _take(self, n):
        data = bytes(self._ring[:n])
        self._ring = self._ring[n:]
        return data

    def _await_input(self, n):
        deadline = clock.now_us() + self._timeout_ms * 1000
        while len(self._ring) < n and clock.step(deadline):
            pass

    def read(self, n=-1):
        clock.read()
        if n is None or n < 0:
            n = max(1, len(self._ring))
        self._await_input(n)
        return self._take(n) or None

    def readinto(self, buffer, n=None):
        data = self.read(len(buffer) if n is None else n)
        if data is None:
            return None
        buffer[: len(data)] = data
        return len(data)

    def readline(self):
        self._await_input(1)
        end = self._ring.find(b"\n")
        return self._take(end + 1 if end >= 0 else len(self._ring)) or None

    # what goes out

    def write(self, data):
        """Put what fits into the transmit buffer; returns how much that was, None when nothing fitted."""
        clock.read()
        written = 0
        data = memoryview(data)
        deadline = clock.now_us() + self._timeout_ms * 1000
        while True:
            n = min(len(data) - written, self._tx_limit - self._tx_size)
            if n > 0:
                self._queue(bytes(data[written : written + n]))
                written += n
            if written == len(data) or not clock.step(deadline):
                return written or None

    def _queue(self, data):
        self._tx_free_us = max(clock.now_us(), self._tx_free_us)
        for at in range(0, len(data), FIFO):
            chunk = data[at : at + FIFO]
            self._tx_free_us += len(chunk) * self._byte_ns // 1000
            self._tx.append(chunk)
            self._tx_size += len(chunk)
            clock.call_at(self._tx_free_us, self._chunk_sent)

    def _chunk_sent(self):
        chunk = self._tx.pop(0)
        self._tx_size -= len(chunk)
        if self._socket:
            control.write_all(self._socket, chunk)
        elif self._far and self._understood():
            self._far.hear(chunk)

    def txdone(self):
        clock.read()
        return not self._tx

    def flush(self):
        while self._tx and clock.step(self._tx_free_us):
            pass

    def sendbreak(self):
        pass

    def ioctl(self, operation, flags):
        if operation != _IOCTL_POLL:
            return 0
        ready = POLLIN if self._ring else 0
        if self._tx_size < self._tx_limit:
            ready |= POLLOUT
        return ready & flags
