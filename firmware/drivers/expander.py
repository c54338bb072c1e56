"""MCP23017: sixteen more pins, eight of them inputs that pull low, three of them outputs that switch loads.

Source: Microchip MCP23017 data sheet DS20001952C: table 3-5 (registers with IOCON.BANK = 0, and their values after
power-on), 3.5.1 IODIR (1 is an input), 3.5.7 GPPU (1: pull-up of 100 kOhm), 3.2.1 (addresses count up within a read).
Pins 7 of both ports stay unused and are outputs: revision D of the data sheet allows them nothing else.
"""

_ADDRESS = 0x20  # A2, A1, A0 at ground
_IODIR_A, _IODIR_B, _GPPU_A, _GPIO_A, _OLAT_B = 0x00, 0x01, 0x0C, 0x12, 0x15
_INPUTS_A, _INPUTS_B = 0x7F, 0x78  # B0 to B2 drive
_PULL_UPS_A = 0x7F
_RISEN = 0xFF


class Expander:
    """`i2c` is a machine.I2C at 400 kHz at most.  silent: the last reading was none; its inputs then read as high.

    A restart of the board does not reset the chip, so its outputs are switched off before all else.  When it has
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
                registers = self._i2c.readfrom_mem(_ADDRESS, _IODIR_A, _GPIO_A + 1)
                if self._begun and self._is_set_up(registers):
                    self.silent = False
                    return registers[_GPIO_A]
                self._set_up()
            except OSError:
                break
        self.silent = True
        return _RISEN

    def drive(self, mask, level):
        """Switch one output.  Whether anything follows is for the sensors to prove: a silent chip is no error here."""
        if not self._begun:
            self.inputs()
        self._driven = self._driven | mask if level else self._driven & ~mask
        try:
            self._i2c.writeto_mem(_ADDRESS, _OLAT_B, bytes((self._driven,)))
        except OSError:
            self.silent = True

    def _is_set_up(self, registers):
        set_up = registers[_IODIR_A], registers[_IODIR_B], registers[_GPPU_A]
        return set_up == (_INPUTS_A, _INPUTS_B, _PULL_UPS_A)

    def _set_up(self):
        self._driven = 0
        for register, value in (
            (_OLAT_B, 0),
            (_IODIR_B, _INPUTS_B),
            (_GPPU_A, _PULL_UPS_A),
            (_IODIR_A, _INPUTS_A),
        ):
            self._i2c.writeto_mem(_ADDRESS, register, bytes((value,)))
        self._begun = True


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
