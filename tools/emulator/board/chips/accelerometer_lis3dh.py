"""LIS3DH at register level: the pull of the earth on a dispenser that leans over to its side.

Data sheet: I2C sub-address in section 6.1.1 (seven bits, the eighth makes it count up), registers in section 8:
0Fh WHO_AM_I = 33h; 20h CTRL_REG1 (07h at power-up: switched off); 23h CTRL_REG4; 27h STATUS; 28h..2Dh OUT.
Modes and data width: section 3.2.1, 8, 10 or 12 bits, left-justified.  Modelled at +-2 g, little endian.
"""

from math import cos, radians, sin

PERIOD_US = (0, 1_000_000, 100_000, 40_000, 20_000, 10_000, 5_000, 2_500)  # by ODR; 0 = off
TEST_PUSH_MG = 400  # table 4 allows 68 to 1440 mg
TREMBLE_MG = (0, 7, -5, 3)  # no table stands quite still


class Lis3dh:
    def __init__(self, wiring, world, clock):
        self._world, self._clock = world, clock
        self._pointer, self._counts_up = 0, False
        self._settings = bytearray(b"\x07" + bytes(6))  # 20h to 26h
        self._sample = bytes(6)
        self._since_us = clock.now_us()
        self._number = 0
        world.number("tilt_sensor", 1)
        wiring.command("tilt_sensor", self._break)
        wiring.report("tilt_deg", lambda: world["tilt_deg"])

    def _break(self, request):
        """Bench: its solder joint breaks or holds."""
        self._world["tilt_sensor"] = int(bool(request["ok"]))

    def _connected(self):
        if not self._world["tilt_sensor"]:
            raise OSError(5)

    def write(self, data, stop):
        self._connected()
        if data:
            self._pointer, self._counts_up = data[0] % 128, data[0] > 127
        for value in data[1:]:
            if 0x20 <= self._pointer <= 0x26:
                self._settings[self._pointer - 0x20] = value
                self._since_us = self._clock.now_us()
            self._go_on()

    def read(self, n):
        self._connected()
        answer = bytearray(n)
        for i in range(n):
            answer[i] = self._register(self._pointer)
            self._go_on()
        return bytes(answer)

    def _go_on(self):
        if self._counts_up:
            self._pointer = (self._pointer + 1) % 128

    def _register(self, address):
        if address == 0x0F:
            return 0x33
        if 0x20 <= address <= 0x26:
            return self._settings[address - 0x20]
        if address == 0x27:
            return 0x0F if self._measure() else 0
        if 0x28 <= address <= 0x2D:
            if address == 0x28:
                self._measure()
            return self._sample[address - 0x28]
        return 0

    def _measure(self):
        """Take a sample when one is due.  False: off, or the first one is not yet there."""
        rate = self._settings[0] // 16
        period_us = PERIOD_US[rate] if rate < 8 else 625
        if not period_us or self._clock.now_us() - self._since_us < period_us:
            return False
        self._number += 1
        lean = radians(self._world["tilt_deg"])
        push = (0, TEST_PUSH_MG, -TEST_PUSH_MG, 0)[self._settings[3] // 2 % 4]
        pulls = (0, 1000 * sin(lean), 1000 * cos(lean))
        axes = [self._digits(pull + push, axis) for axis, pull in enumerate(pulls)]
        self._sample = b"".join(axes)
        return True

    def _digits(self, mg, axis):
        if not self._settings[0] >> axis & 1:
            return b"\0\0"
        low_power, high_resolution = self._settings[0] & 8, self._settings[3] & 8
        bits = 8 if low_power else 12 if high_resolution else 10
        tremble = TREMBLE_MG[(self._number + axis) % 4]
        # the data sheet's 16, 4 and 1 mg a digit, over a full scale of 2048 mg
        digit = max(-(1 << bits - 1), min((1 << bits - 1) - 1, round(mg + tremble) * (1 << bits) // 4096))
        value = (digit << 16 - bits) % 65536
        return bytes((value % 256, value // 256))
