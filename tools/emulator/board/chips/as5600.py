"""AS5600 at register level: absolute angle of the carousel and the state of its magnet.

Data sheet, register map: 0x00 ZMCO, 0x01..0x06 ZPOS/MPOS/MANG, 0x07..0x08 CONF, 0x0B STATUS, 0x0C..0x0D RAW ANGLE,
0x0E..0x0F ANGLE, 0x1A AGC, 0x1B..0x1C MAGNITUDE.  The address pointer counts up while reading.
"""

WOBBLE = (0, 1, 0, -1)  # the last bit is never still


class As5600:
    def __init__(self, world, mechanics):
        self._world = world
        self._mechanics = mechanics
        self._pointer = 0
        self._settings = bytearray(9)  # 0x00 to 0x08
        self._reads = 0

    def write(self, data, stop):
        if data:
            self._pointer = data[0]
        for value in data[1:]:
            if 1 <= self._pointer <= 8:
                self._settings[self._pointer] = value
            self._pointer += 1

    def read(self, n):
        angle = self._angle()
        answer = bytes([self._register(self._pointer + i, angle) for i in range(n)])
        self._pointer += n
        return answer

    def _angle(self):
        if not self._world["magnet"]:
            return 0x5A5  # without a field the number means nothing
        self._reads = (self._reads + 1) % len(WOBBLE)
        return (self._mechanics.angle_udeg() * 4096 // 360_000_000 + WOBBLE[self._reads]) % 4096

    def _register(self, address, angle):
        magnet = self._world["magnet"]
        if address < 9:
            return self._settings[address]
        if address == 0x0B:
            return 0b00100000 if magnet else 0b00010000  # detected / too weak
        if address in (0x0C, 0x0E):
            return angle // 256
        if address in (0x0D, 0x0F):
            return angle % 256
        if address == 0x1A:
            return 64 if magnet else 128  # gain at 3.3 V runs from 0 to 128
        if address in (0x1B, 0x1C):
            return (0x06, 0x40)[address - 0x1B] if magnet else 0
        return 0
