"""VCNL4040 proximity sensor under the opening: does something lie in the compartment above it?  Decides nothing.

It looks up through the compartment's clear floor.  Source: Vishay VCNL4040 data sheet (84274, rev 1.7): address 0x60,
registers of 16 bits, low byte first: PS_CONF1/2 (0x03: SD bit 0, PS_IT bits 1 to 3, PS_Duty bits 6 and 7, PS_HD bit
11), PS_CONF3/PS_MS (0x04: LED_I bits 8 to 10), PS_Data (0x08), ID (0x0C).  Loaded while somebody fills, then dropped.
"""

import asyncio

ADDRESS = 0x60
_CONF_1, _CONF_3, _DATA, _ID = 0x03, 0x04, 0x08, 0x0C
_IDENTITY = b"\x86\x01"
_ON = b"\x00\x08"  # one pulse of 125 us in 40 (every 5 ms), 16 bits
_OFF = b"\x01\x08"
_LED_200_MA = b"\x00\x07"
SAMPLE_MS = 5
# An empty compartment gives back some 160 counts from its clear floor, the smallest tablet 1,600.  Assumed, to be
# measured on the first mechanics (docs/hardware.md).
OCCUPIED_COUNTS = 500


class Occupancy:
    """`i2c` is a machine.I2C at 400 kHz at most."""

    def __init__(self, i2c):
        self._i2c = i2c
        self._on = False

    async def occupied(self):
        """True or False for the compartment at the opening, at rest; None when the chip cannot be believed."""
        try:
            if not self._on:
                if self._i2c.readfrom_mem(ADDRESS, _ID, 2) != _IDENTITY:
                    return None
                self._i2c.writeto_mem(ADDRESS, _CONF_3, _LED_200_MA)
                self._i2c.writeto_mem(ADDRESS, _CONF_1, _ON)
                self._on = True
            await asyncio.sleep_ms(3 * SAMPLE_MS)  # a whole sample since the carousel stands
            if self._i2c.readfrom_mem(ADDRESS, _CONF_1, 2) != _ON:  # it has been without power
                self._on = False
                return None
            low, high = self._i2c.readfrom_mem(ADDRESS, _DATA, 2)
        except OSError:
            self._on = False
            return None
        return high << 8 | low >= OCCUPIED_COUNTS

    def off(self):
        """No light."""
        self._on = False
        try:
            self._i2c.writeto_mem(ADDRESS, _CONF_1, _OFF)
        except OSError:
            pass
