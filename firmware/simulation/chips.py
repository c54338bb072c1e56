"""What answers on the I2C buses: battery clock, accelerometer, gauge.  Registers as far as the drivers read them."""

from math import cos, radians, sin

from firmware.drivers.calendar import registers_of, seconds_of


class Bus:
    """An I2C bus: chips by address."""

    def __init__(self, **chips):
        self._chips = {int(name[1:], 16): chip for name, chip in chips.items()}

    def plug(self, address, chip):
        """One more."""
        self._chips[address] = chip

    def readfrom_mem(self, address, register, count):
        return self._chip(address).read(register, count)

    def writeto_mem(self, address, register, data):
        self._chip(address).write(register, bytes(data))

    def readfrom(self, address, count):
        return self._chip(address).read_bytes(count)

    def writeto(self, address, data):
        self._chip(address).write_bytes(bytes(data))

    def _chip(self, address):
        chip = self._chips.get(address)
        if chip is None:
            raise OSError(5)
        return chip


class ClockChip:
    """A DS3231 with its own battery."""

    def __init__(self, world):
        self._world = world

    def read(self, register, count):
        if "rtc silent" in self._world.faults:
            raise OSError(5)
        if register == 0x0F:
            return bytes((0 if self._world.rtc_set else 0x80,))
        return registers_of(self._world.rtc_s())

    def write(self, register, data):
        if "rtc silent" in self._world.faults:
            raise OSError(5)
        if register == 0x00:
            self._world.set_rtc(seconds_of(data))


class TiltChip:
    """A LIS3DH: forgets its settings without power."""

    def __init__(self, world):
        self._world = world
        self._settings = {}

    def read(self, register, count):
        if "tilt silent" in self._world.faults:
            raise OSError(5)
        register &= 0x7F
        if register == 0x0F:
            return b"\x33"
        if register == 0x28:
            angle = radians(self._world.tilt_deg)
            x, z = round(62.5 * sin(angle)) & 0xFF, round(62.5 * cos(angle)) & 0xFF
            return bytes((0, x, 0, 0, 0, z))
        return bytes([self._settings.get(register + n, 0) for n in range(count)])

    def write(self, register, data):
        for n, value in enumerate(data):
            self._settings[(register & 0x7F) + n] = value


class Gauge:
    """A MAX17048 on the lithium cell."""

    def __init__(self, world):
        self._world = world

    def read(self, register, count):
        if "gauge silent" in self._world.faults:
            raise OSError(5)
        per_mille = self._world.battery()
        if register == 0x02:
            value = int((3000 + 1.2 * per_mille) * 64 / 5)
        else:
            value = {0x04: int(per_mille * 25.6), 0x08: 0x0012}.get(register, 0)
        return value.to_bytes(2, "big")

    def write(self, register, data):
        pass
