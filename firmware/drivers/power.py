"""MAX17048 gauge of the lithium cell, and the pin that sees the mains adapter.

Source: Maxim MAX17048 data sheet (19-6171), register summary: VCELL (0x02, 78.125 uV a step), SOC (0x04, 1/256 %
a step), VERSION (0x08, 0x001x); 16 bits each, high byte first; I2C address 0x36, which the AS5600 has too: the gauge
sits on a bus of its own.
"""

_ADDRESS = 0x36
_VCELL = 0x02
_SOC = 0x04
_VERSION = 0x08
_VERSION_KNOWN = 0x0010  # the low four bits count revisions
FULL_PER_MILLE = 1000


class Power:
    """`i2c`: the gauge's machine.I2C, 400 kHz at most.  `mains_pin`: machine.Pin with pull-down, high while the
    adapter gives 5 V; a cut wire reads as no mains, which is told to somebody."""

    def __init__(self, i2c, mains_pin):
        self._i2c = i2c
        self._mains_pin = mains_pin

    @property
    def mains(self):
        """True while the adapter gives power: the bare level; short dips are for the caller to weigh."""
        return bool(self._mains_pin.value())

    def battery_mv(self):
        """Millivolts of the cell, or None when the gauge does not answer."""
        steps = self._word(_VCELL)
        return None if steps is None else steps * 5 // 64  # 78.125 uV = 5/64 mV

    def battery_per_mille(self):
        """What the cell still holds, 0 to 1000, by the gauge's own model; None when it does not answer."""
        steps = self._word(_SOC)
        return None if steps is None else min((steps * 10 + 128) // 256, FULL_PER_MILLE)

    def healthy(self):
        """True when the gauge answers, is one we know, and sees a cell."""
        version = self._word(_VERSION)
        return version is not None and version & 0xFFF0 == _VERSION_KNOWN and bool(self._word(_VCELL))

    def _word(self, register):
        try:
            high, low = self._i2c.readfrom_mem(_ADDRESS, register, 2)
        except OSError:
            return None
        return high << 8 | low
