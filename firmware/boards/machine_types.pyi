"""The part of the rp2 port's `machine` that boards use, for the type checker only (micropython-rp2-stubs)."""

from typing import Protocol

import machine

class Machine(Protocol):
    I2C: type[machine.I2C]
    PWM: type[machine.PWM]
    Pin: type[machine.Pin]
    SPI: type[machine.SPI]
    UART: type[machine.UART]
    WDT: type[machine.WDT]
