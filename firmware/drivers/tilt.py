"""LIS3DH accelerometer: how far the dispenser leans.  Says an angle; decides nothing.

Source: ST LIS3DH data sheet (DocID17530 rev 2): section 3.2.1 (modes: low power gives 8 bits), table 11 (turn-on
times), section 6.1.1 (sub-address bit 7 counts up), section 8: WHO_AM_I (0x0F = 0x33), CTRL_REG1 (0x20: ODR bits 4 to
7, LPen bit 3, Z, Y, X on), CTRL_REG4 (0x23: BDU bit 7, FS bits 4 and 5), OUT_X to OUT_Z (0x28 to 0x2D, low byte first,
left-justified).  What of this was read and what only compared: docs/hardware.md.  The chip's Z axis points up in an
upright dispenser.  The self-test is in tilt_self_test.py.
"""

from math import atan2, degrees, sqrt

ADDRESS = 0x18  # SDO/SA0 low, section 6.1.1
CTRL_1 = 0x20
CTRL_4 = 0x23
OUT = 0x28 | 0x80  # counting up
TWO_G = 0x80  # +-2 g, BDU: both bytes of a sample belong together
_WHO_AM_I = 0x0F
_IDENTITY = 0x33
_LOW_POWER_10_HZ = 0x2F  # 10 Hz, LPen, three axes: 3 uA (table 12)

# 1 g is 62.5 steps of 16 mg (table 4, +-2 g, low power).  Outside 0.7 to 1.3 g the unit is being moved, dropped or
# knocked, or the sensor is broken, and the direction of what it feels is not down.
_LEAST, _MOST = 44, 81
UPSIDE_DOWN_DEG = 120  # beyond this the compartments hang mouth down, whichever way it was tipped


class Tilt:
    """`i2c` is a machine.I2C at 400 kHz at most.  The chip is set up at the first reading, and again whenever it
    has forgotten, or was tested; its first sample comes 100 ms later, and until then there is no angle."""

    def __init__(self, i2c):
        self.i2c = i2c

    def angle_deg(self):
        """Degrees from upright, 0 to 180; None while that is not known: being moved, not set up, or chip silent.

        Good to 3 degrees (16 mg steps, 40 mg zero error of table 4).
        """
        if not self.healthy():
            return None
        try:
            data = self.i2c.readfrom_mem(ADDRESS, OUT, 6)
        except OSError:
            return None
        x, y, z = [(data[at] ^ 128) - 128 for at in (1, 3, 5)]  # two's complement
        sideways = sqrt(x * x + y * y)
        if not _LEAST <= sqrt(x * x + y * y + z * z) <= _MOST:
            return None
        return round(degrees(atan2(sideways, z)))

    @property
    def upside_down(self):
        """True when it is known to be upside down; False also when nothing is known: see healthy()."""
        angle_deg = self.angle_deg()
        return angle_deg is not None and angle_deg > UPSIDE_DOWN_DEG

    def healthy(self):
        """True when the chip answers, is a LIS3DH, and runs as it was set up; if not, it is set up now."""
        i2c = self.i2c
        try:
            settings = i2c.readfrom_mem(ADDRESS, CTRL_1 | 0x80, 4)
            if settings[0] != _LOW_POWER_10_HZ or settings[3] != TWO_G:
                i2c.writeto_mem(ADDRESS, CTRL_4, bytes((TWO_G,)))
                i2c.writeto_mem(ADDRESS, CTRL_1, bytes((_LOW_POWER_10_HZ,)))
                return False
            return i2c.readfrom_mem(ADDRESS, _WHO_AM_I, 1)[0] == _IDENTITY
        except OSError:
            return False
