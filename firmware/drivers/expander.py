"""MCP23017: sixteen more pins, seven of them inputs that pull low, three of them outputs that switch loads.

Source: Microchip MCP23017 data sheet DS20001952C: table 3-5 (registers with IOCON.BANK = 0, and their values after
power-on), 3.2.1 (addresses count up within a read).  How the chip is set up stands in expander_setting.py, which is
loaded for that.
"""

from firmware.shell.rare import drop

ADDRESS = 0x20  # A2, A1, A0 at ground
_IODIR_A, _IODIR_B, _GPPU_A, _GPIO_A, _OLAT_B = 0x00, 0x01, 0x0C, 0x12, 0x15
_SET_UP = 0x7F, 0x78, 0x7F  # of the first three
_RISEN = 0xFF


class Expander:
    """`i2c` is a machine.I2C at 400 kHz at most.  silent: the last reading was none; its inputs then read as high.

    A restart of the board does not reset the chip, so the first reading switches its outputs off.  When it has
    forgotten its setting (a dip of its supply), it is set up anew, and what it should have driven is off.
    """

    def __init__(self, i2c):
        self._i2c = i2c
        self._driven = 0
        self._begun = False
        self.silent = False

    def line(self, number):
        """Input A`number` or output B`number`, as an object with value()."""
        return Line(self, 1 << number)

    def inputs(self):
        """The levels of port A."""
        for _ in range(2):
            try:
                registers = self._i2c.readfrom_mem(ADDRESS, _IODIR_A, _OLAT_B + 1)
                setting = registers[_IODIR_A], registers[_IODIR_B], registers[_GPPU_A]
                if self._begun and setting == _SET_UP:
                    if registers[_OLAT_B] != self._driven:  # the write got lost: a blade may still turn
                        self._i2c.writeto_mem(ADDRESS, _OLAT_B, bytes((self._driven,)))
                    self.silent = False
                    return registers[_GPIO_A]
                from firmware.drivers.expander_setting import set_up

                set_up(self._i2c)
                drop("firmware.drivers.expander_setting")
                self._driven, self._begun = 0, True
            except OSError:
                break
        self.silent = True
        return _RISEN

    def drive(self, mask, level):
        """Switch one output.  Whether anything follows is for the sensors to prove: a silent chip is no error here.

        A write that is lost is made good at the next look at the inputs.
        """
        self._driven = self._driven | mask if level else self._driven & ~mask
        try:
            self._i2c.writeto_mem(ADDRESS, _OLAT_B, bytes((self._driven,)))
        except OSError:
            self.silent = True


class Line:
    """One pin of the expander, with value() as a machine.Pin has it.  An input of a silent chip reads 1."""

    def __init__(self, expander, mask):
        self._expander = expander
        self._mask = mask

    def value(self, level=None):
        """The level of the input; with `level`, that of the output."""
        if level is None:
            return int(self._expander.inputs() & self._mask != 0)
        self._expander.drive(self._mask, level)
