"""What hangs on the multidose board's buses: the expander with its switches and loads, the label reader on its UART."""

IODIR_B, GPIO_A, GPIO_B, OLAT_B = 0x01, 0x12, 0x13, 0x15
CUTTER, LOCK, FLAP = 1, 2, 4  # bits of port B
DECODE_MS, AGAIN_MS = 150, 100
DELIVERED = {0x0000: 0xD4, 0x0006: 50, 0x002A: 0x39, 0x002B: 0x01}  # GM65 user manual, zones as delivered
MODE, TRIGGER, LIMIT = 0x0000, 0x0002, 0x0006


class Expander:
    """An MCP23017, BANK = 0.  Its registers lie in the world: a restart of the processor alone does not reset them.

    switches: called for the levels of port A; loads: called with what port B drives; runs: whether the processor does,
    called before each write.
    """

    def __init__(self, registers, switches, loads, runs):
        self._registers = registers
        self._switches = switches
        self._loads = loads
        self._runs = runs

    def read(self, register, count):
        found = self._registers[register : register + count]
        if register <= GPIO_A < register + count:
            found[GPIO_A - register] = self._switches()
        if register <= GPIO_B < register + count:
            found[GPIO_B - register] = self._registers[OLAT_B]
        return bytes(found)

    def write(self, register, data):
        if not self._runs():
            return
        for n, value in enumerate(data):
            at = (register + n) % 22
            self._registers[at + 2 if at in (GPIO_A, GPIO_B) else at] = value
        self._loads(self._registers[OLAT_B] & ~self._registers[IODIR_B])


class LabelReader:
    """A GM65 behind its UART: frames in, answers and labels out, each when it is ready.

    world.label() is what it can read.
    """

    def __init__(self, world):
        self._world = world
        self._zones = dict(DELIVERED)
        self._heard = b""
        self._says = []  # (at_ms, bytes)

    def write(self, data):
        if "reader silent" not in self._world.faults:
            self._heard += bytes(data)
            while self._obeyed():
                pass
        return len(data)

    def _obeyed(self):
        start = self._heard.find(b"\x7e\x00")
        frame = self._heard[start + 2 :] if start >= 0 else b""
        size = 0 if len(frame) < 2 else 7 if frame[0] == 0x07 else 6 + frame[1]
        if not size or len(frame) < size:
            return False
        self._heard = frame[size:]
        zone, data = frame[2] << 8 | frame[3], frame[4 : size - 2]
        if frame[0] == 0x07:
            self._answer(bytes([self._zones.get(zone + n, 0) for n in range(data[0])]))
        elif frame[0] in (0x08, 0x09):
            self._zones.update({zone + n: value for n, value in enumerate(data)})
            self._answer(b"\x00")
            if frame[0] == 0x08 and self._zones.get(TRIGGER, 0) & 1:
                self._look()
        return True

    def _answer(self, data):
        body = b"\x00" + bytes((len(data),)) + data
        self._says.append((self._world.now_ms, b"\x02\x00" + body + crc(body)))

    def _look(self):
        self._zones[TRIGGER] = 0
        label = self._world.label()
        if label and self._zones[MODE] & 3 == 1:
            self._says.append((self._world.now_ms + DECODE_MS, label.encode() + b"\r"))

    def any(self):
        return len(self._ready())

    def _ready(self):
        if "reader silent" in self._world.faults:
            return b""
        return b"".join(data for at_ms, data in self._says if at_ms <= self._world.now_ms)

    def read(self, count=None):
        ready = self._ready()
        got, left = (ready, b"") if count is None else (ready[:count], ready[count:])
        self._says = [row for row in self._says if row[0] > self._world.now_ms]
        if left:
            self._says.insert(0, (self._world.now_ms, left))
        if b"\r" in got:
            self._world.note("read", got.rstrip(b"\r").decode(errors="replace"))
        return got or None

    def readinto(self, buffer):
        got = self.read(len(buffer)) or b""
        buffer[: len(got)] = got
        return len(got) or None


def crc(data):
    """CRC-CCITT, polynomial 1021h, from 0, high byte first."""
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF
    return bytes((value >> 8, value & 0xFF))
