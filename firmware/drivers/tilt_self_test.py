"""Self-test of the LIS3DH: it pushes its own mass with an electrode, and all axes must feel it.

Load it for the test and drop it.  Source: LIS3DH data sheet, section 3.2.2 and table 4; settings, wait and limits
as in ST's own example (lis3dh_self_test.c): 50 Hz, normal mode (10 bits), 90 ms, 17 to 360 steps of 4 mg.
"""

import asyncio

from firmware.drivers.tilt import ADDRESS, CTRL_1, CTRL_4, OUT, TWO_G

_NORMAL_50_HZ = 0x47
_PUSH = 0x02  # ST0 of CTRL_REG4: the first of two directions
_LEAST, _MOST = 17, 360
_SETTLE_MS = 100


async def self_test(tilt):
    """True when every axis moved as it must.  Takes 0.2 s, the unit at rest; meanwhile nobody may read `tilt`,
    which sets the chip up again at its next reading."""
    try:
        before = await _after(tilt.i2c, TWO_G)
        pushed = await _after(tilt.i2c, TWO_G | _PUSH)
        tilt.healthy()
    except OSError:
        return False
    return all(_LEAST <= abs(b - a) <= _MOST for a, b in zip(before, pushed))


async def _after(i2c, control_4):
    """The axes, in steps of 4 mg, once the chip has settled with this setting."""
    i2c.writeto_mem(ADDRESS, CTRL_1, bytes((_NORMAL_50_HZ,)))
    i2c.writeto_mem(ADDRESS, CTRL_4, bytes((control_4,)))
    await asyncio.sleep_ms(_SETTLE_MS)
    data = i2c.readfrom_mem(ADDRESS, OUT, 6)
    return [((data[at + 1] << 2 | data[at] >> 6) ^ 512) - 512 for at in (0, 2, 4)]
