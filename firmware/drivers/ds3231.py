"""DS3231 clock with its own battery: UTC seconds in, UTC seconds out, or None when they cannot be trusted.

Source: Maxim DS3231 data sheet, "Timekeeping Registers" (table 1: 0x00 to 0x06 in BCD; hours bit 6 = 12-hour
mode; month bit 7 = century), "Control Register (0Eh)" (EOSC bit 7: 1 stops the oscillator on battery) and
"Status Register (0Fh)" (OSF bit 7: the oscillator was stopped, so the time is not valid; set at first power-up).
"""

_ADDRESS = 0x68
_TIME = 0x00
_CONTROL = 0x0E
_STATUS = 0x0F
_CONTROL_RUN = 0x04  # oscillator on also on battery; INTCN as at power-up; no square wave, no alarms
_OSF = 0x80
_CALENDAR = "firmware.drivers.calendar"  # loaded for each use: the time is read at a start and once an hour


class Ds3231:
    """`i2c` is a machine.I2C at 400 kHz at most.  `drop` forgets modules by name."""

    def __init__(self, i2c, drop=lambda name: None):
        self._i2c = i2c
        self._drop = drop

    def utc_s(self):
        """UTC seconds since 1970, or None: oscillator was stopped, chip silent, or registers make no time."""
        try:
            status = self._i2c.readfrom_mem(_ADDRESS, _STATUS, 1)[0]
            registers = self._i2c.readfrom_mem(_ADDRESS, _TIME, 7)  # one burst: the chip latches a whole time
        except OSError:
            return None
        if status & _OSF:
            return None
        from firmware.drivers.calendar import seconds_of

        try:
            return seconds_of(registers)
        finally:
            self._drop(_CALENDAR)

    def set(self, utc_s):
        """Set the clock and mark it valid.  Raises ValueError outside 2000 to 2099, OSError if the chip is silent.

        The valid mark comes last: a power cut in between leaves a clock that says it is not set.
        """
        from firmware.drivers.calendar import registers_of

        registers = registers_of(utc_s)
        self._drop(_CALENDAR)
        status = self._i2c.readfrom_mem(_ADDRESS, _STATUS, 1)[0]
        self._i2c.writeto_mem(_ADDRESS, _CONTROL, bytes((_CONTROL_RUN,)))
        self._i2c.writeto_mem(_ADDRESS, _TIME, registers)
        self._i2c.writeto_mem(_ADDRESS, _STATUS, bytes((status & ~_OSF & 0xFF,)))
