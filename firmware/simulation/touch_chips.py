"""What a person who fills touches: MPR121 keypad, PN532 tag reader, VCNL4040 under the opening.

Registers and frames as far as the drivers use them (firmware/drivers/keypad.py, nfc_reader.py, occupancy.py).
"""

SLOW_TOLD_MS = (
    1000  # a touch is told for so long after it when the chip looks seldom (drivers/keypad_setting.py)
)
SEEN_COUNTS, EMPTY_COUNTS = 2000, 60


class Keypad:
    """An MPR121: which of twelve electrodes are touched."""

    def __init__(self, world):
        self._world = world
        self._registers = {}

    def read(self, register, count):
        if "keypad silent" in self._world.faults:
            raise OSError(5)
        if register == 0x00:
            return self._touched().to_bytes(2, "little")
        return bytes([self._registers.get(register + n, 0) for n in range(count)])

    def _touched(self):
        key, until_ms = self._world.key
        slow = self._registers.get(0x5B, 0) & 0x70 == 0x70
        told = self._world.now_ms < until_ms + SLOW_TOLD_MS * slow
        return 1 << key if told and self._registers.get(0x5E) else 0

    def write(self, register, data):
        if "keypad silent" in self._world.faults:
            raise OSError(5)
        if register == 0x80:
            self._registers.clear()
        for n, value in enumerate(data):
            self._registers[register + n] = value


class Proximity:
    """A VCNL4040: how much comes back from the compartment above it."""

    def __init__(self, world):
        self._world = world
        self._registers = {}

    def read(self, register, count):
        if "occupancy silent" in self._world.faults:
            raise OSError(5)
        if register == 0x0C:
            return b"\x86\x01"
        if register == 0x08:
            counts = SEEN_COUNTS if self._world.occupied() else EMPTY_COUNTS
            return counts.to_bytes(2, "little")
        return self._registers.get(register, bytes(2))

    def write(self, register, data):
        self._registers[register] = bytes(data)


class TagReader:
    """A PN532: a command frame in; an acknowledgement and an answer out, each after a byte that says it is there."""

    def __init__(self, world):
        self._world = world
        self._out = []

    def write_bytes(self, frame):
        if "tag reader silent" in self._world.faults:
            raise OSError(5)
        command, data = frame[6], bytes(frame[7 : 5 + frame[3]])
        self._out = [b"\x00\x00\xff\x00\xff\x00", _frame(command + 1, self._answer(command, data))]

    def _answer(self, command, data):
        tag = self._world.tag
        if command == 0x4A:
            return b"\x00" if tag is None else bytes((1, 1, 0, 0x44, 0, len(tag[0]))) + tag[0]
        if command == 0x40:
            at = (data[2] - 4) * 4
            page = b"" if tag is None else tag[1][at : at + 16]
            return b"\x00" + page if len(page) == 16 else b"\x01"
        return b""

    def read_bytes(self, count):
        if "tag reader silent" in self._world.faults:
            raise OSError(5)
        if not self._out:
            return bytes(count)
        frame = b"\x01" + self._out[0]
        if count > 1:
            self._out.pop(0)
        return (frame + bytes(count))[:count]


def _frame(command, data):
    body = bytes((0xD5, command)) + data
    return bytes((0, 0, 0xFF, len(body), -len(body) & 0xFF)) + body + bytes((-sum(body) & 0xFF, 0))
