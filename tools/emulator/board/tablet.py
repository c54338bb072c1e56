"""The wiring list of the tablet dispenser's board: which chip hangs on which pin (docs/hardware.md, wiring)."""

from chips.as5600 import As5600
from chips.clock_ds3231 import Ds3231
from chips.hand import Hand
from chips.lamp import Lamp
from chips.mechanics import Mechanics
from chips.motor_28byj48 import Motor28Byj48
from chips.panel_ssd1683 import PanelSsd1683
from chips.speaker import Speaker


def build(wiring, world, clock):
    """Plug the chips in.  Called once per power-on, before the firmware; contract: README.md."""
    mechanics = Mechanics(world)
    Motor28Byj48(wiring, world, clock, mechanics, coil_pins=(6, 7, 8, 9))
    wiring.i2c(0, 0x36, As5600(world, mechanics))
    rtc = Ds3231(world, clock)
    wiring.i2c(0, 0x68, rtc)
    wiring.command("rtc", lambda request: rtc.stop() if request["stopped"] else None)
    panel = PanelSsd1683(wiring, world, clock, reset_pin=15, busy_pin=16)
    wiring.spi(1, 13, panel, dc_pin=14)
    Lamp(wiring, pin=17)
    Hand(wiring, world, clock, mechanics, button_pin=18, beam_pin=21, lid_pin=22)
    Speaker(wiring, pin=20)
