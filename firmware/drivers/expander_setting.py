"""Set the MCP23017 up.  Loaded for that and dropped.

Source: MCP23017 data sheet DS20001952C: table 3-5, 3.5.1 IODIR (1 is an input), 3.5.7 GPPU (1: pull-up of 100 kOhm).
Pins 7 of both ports stay unused and are outputs: revision D of the data sheet allows them nothing else.
"""

from firmware.drivers.expander import ADDRESS

# In this order: nothing is driven before it is known to be off.
_SETTING = (
    (0x15, 0x00),  # OLAT B: all loads off
    (0x01, 0x78),  # IODIR B: B0 to B2 drive
    (0x0C, 0x7F),  # GPPU A
    (0x00, 0x7F),  # IODIR A: A0 to A6 are inputs
)


def set_up(i2c):
    """Write the setting.  Raises OSError when the chip does not answer."""
    for register, value in _SETTING:
        i2c.writeto_mem(ADDRESS, register, bytes((value,)))
