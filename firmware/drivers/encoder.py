"""AS5600 magnetic angle sensor on the carousel's own axis: absolute, so it survives every power cut.

Source: ams AS5600 data sheet v1-06, figures 21 and 23 (register map, status): STATUS (0x0B: MD bit 5 magnet
detected, ML bit 4 too weak, MH bit 3 too strong), RAW ANGLE (0x0C high four bits, 0x0D low byte; not scaled by
ZPOS/MPOS), I2C address 0x36.
"""

COUNTS = 4096  # 12 bits a turn (data sheet, key features)

_ADDRESS = 0x36
_STATUS = 0x0B
_RAW_ANGLE = 0x0C
_MAGNET_BITS = 0x38  # MD, ML and MH together
_MAGNET_GOOD = 0x20  # MD alone


class Encoder:
    """`i2c` is a machine.I2C at 400 kHz at most (the chip allows 1 MHz, the DS3231 beside it 400 kHz)."""

    def __init__(self, i2c):
        self._i2c = i2c

    def raw(self):
        """Angle in counts, 0 to 4095.  Raises OSError when the chip does not answer.

        Meaningless without healthy(): a lost magnet leaves a number here too.
        """
        high, low = self._i2c.readfrom_mem(_ADDRESS, _RAW_ANGLE, 2)
        return (high & 0x0F) << 8 | low

    def healthy(self):
        """True when the chip answers, sees a magnet, and finds it neither too weak nor too strong."""
        try:
            status = self._i2c.readfrom_mem(_ADDRESS, _STATUS, 1)[0]
        except OSError:
            return False
        return status & _MAGNET_BITS == _MAGNET_GOOD
