"""MPR121 touch keypad of 12 keys: says which are touched now; decides nothing.

Source: Freescale MPR121 data sheet rev 4 (02/2013), register map: touch status (0x00: ELE0 to ELE7, 0x01: ELE8 to
ELE11), electrode configuration (0x5E).  Electrodes 0 to 9 are the digits, 10 is Back, 11 is OK.  How the chip is set up
stands in keypad_setting.py, which is loaded for that.
"""

from firmware.shell.rare import drop

ADDRESS = 0x5A  # ADDR pin at ground
ELECTRODES = 0x5E
RUNNING = 0x8C  # baseline tracking from the first value, 12 electrodes, no proximity


class Keypad:
    """`i2c` is a machine.I2C at 400 kHz at most."""

    def __init__(self, i2c):
        self.i2c = i2c
        self._setting = None

    def touched(self, quick=False):
        """Bit n is set while key n is touched; 0 also when the chip is silent or has just been set up.

        quick: a touch ends when the finger is away.  If not, it is told for a second longer, so that who looks only
        once a second misses none.
        """
        try:
            if self._setting != quick or self.i2c.readfrom_mem(ADDRESS, ELECTRODES, 1)[0] != RUNNING:
                from firmware.drivers.keypad_setting import set_up

                set_up(self.i2c, quick)
                drop("firmware.drivers.keypad_setting")
                self._setting = quick
                return 0
            low, high = self.i2c.readfrom_mem(ADDRESS, 0, 2)
        except OSError:
            return 0
        return (high & 0x0F) << 8 | low
