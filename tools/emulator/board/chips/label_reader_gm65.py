"""GM65 2D reader on a UART, 9600 8N1: commands in, the label before its window out, ended by CR.

Hangzhou Grow, GM65 user manual, "Serial command": 7E 00, type, length, zone (2 bytes), data, CRC-CCITT (from 0, over
all from the type on; AB CD is taken for any).  Type 08 writes zones, 07 reads them, 09 saves; answered by 02 00 00,
length, data, CRC.  Zone 0000h bits 1..0: 00 manual (as delivered), 01 by command; 0002h bit 0: read now;
0006h: give up after so many tenths of a second, 0 never.  Modelled so far; other zones keep what is written.
"""

DECODE_US = 150_000
AGAIN_US = 100_000
DELIVERED = {0x0000: 0xD4, 0x0006: 50, 0x002A: 0x39, 0x002B: 0x01}  # 5 s; 9600 baud
MODE, TRIGGER, LIMIT = 0x0000, 0x0002, 0x0006
NEVER = 1 << 40
DONE = b"\x00"


class Gm65:
    baud = 9600
    say = None  # set by the UART that it hangs on

    def __init__(self, world, clock, in_view):
        """in_view(): the label that it can read, or an empty text."""
        self._world, self._clock, self._in_view = world, clock, in_view
        world.number("reader_dead")
        self._zones = dict(DELIVERED)
        self._heard = b""
        self._due = None

    def hear(self, data):
        if self._world["reader_dead"]:
            return
        self._heard += data
        while True:
            start = self._heard.find(b"\x7e\x00")
            if start < 0:
                self._heard = self._heard[-1:]
                return
            frame = self._heard[start + 2 :]
            size = 6 + frame[1] if len(frame) > 1 else 2
            if len(frame) < size or size == 2:
                return
            self._heard = frame[size:]
            self._obey(frame[:size])

    def _obey(self, frame):
        if frame[-2:] not in (b"\xab\xcd", crc(frame[:-2])):
            return
        kind, zone, data = frame[0], frame[2] << 8 | frame[3], frame[4:-2]
        if kind == 0x07:
            self._answer(bytes([self._zones.get(zone + i, 0) for i in range(data[0] or 256)]))
        elif kind == 0x08:
            for i, value in enumerate(data):
                self._zones[zone + i] = value
            self._answer(DONE)
            if zone <= TRIGGER < zone + len(data):
                self._look_now()
        elif kind == 0x09:
            self._answer(DONE)

    def _answer(self, data):
        body = b"\x00" + bytes((len(data) & 0xFF,)) + data
        self._tell(b"\x02\x00" + body + crc(body))

    def _tell(self, data):
        if self.say and not self._world["reader_dead"]:
            self.say(data)

    def _look_now(self):
        """The trigger was written: begin, or stop."""
        if self._due:
            self._clock.cancel(self._due)
            self._due = None
        if self._zones[MODE] & 3 != 1 or not self._zones[TRIGGER] & 1:
            self._zones[TRIGGER] = 0
            return
        self._until_us = self._clock.now_us() + (self._zones[LIMIT] or NEVER) * 100_000
        self._due = self._clock.call_at(self._clock.now_us() + DECODE_US, self._look)

    def _look(self):
        self._due = None
        label = self._in_view()
        if not label and self._clock.now_us() < self._until_us:
            self._due = self._clock.call_at(self._clock.now_us() + AGAIN_US, self._look)
            return
        self._zones[TRIGGER] = 0
        if label:
            self._tell(label.encode() + b"\r")


def crc(data):
    """CRC-CCITT, polynomial 1021h, from 0, high byte first."""
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF
    return bytes((value >> 8, value & 0xFF))
