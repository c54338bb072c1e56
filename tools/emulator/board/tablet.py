"""The wiring list of the tablet dispenser's board: which chip hangs on which pin (docs/hardware.md, wiring)."""

from chips.accelerometer_lis3dh import Lis3dh
from chips.as5600 import As5600
from chips.battery import Battery
from chips.button import Button
from chips.clock_ds3231 import Ds3231
from chips.gauge_max17048 import GaugeMax17048
from chips.hand import Hand
from chips.joint import Joint
from chips.keypad_mpr121 import Keys, Mpr121
from chips.lamp import Lamp
from chips.mechanics import Mechanics
from chips.motor_28byj48 import Motor28Byj48
from chips.nfc_tag import NfcTag
from chips.panel_ssd1683 import PanelSsd1683
from chips.proximity_vcnl4040 import Vcnl4040
from chips.reader_pn532 import Pn532
from chips.shutter_sg90 import ShutterSg90
from chips.speaker import Speaker


def build(wiring, world, clock):
    """Plug the chips in.  Called once per power-on, before the firmware; contract: README.md."""
    mechanics = Mechanics(world)
    Motor28Byj48(wiring, world, clock, mechanics.half_steps, coil_pins=(6, 7, 8, 9))
    wiring.i2c(0, 0x36, As5600(world, mechanics))
    rtc = Ds3231(world, clock)
    wiring.i2c(0, 0x68, rtc)
    wiring.command("rtc", rtc.disturb)
    panel = PanelSsd1683(wiring, world, clock, reset_pin=15, busy_pin=16)
    wiring.spi(1, 13, panel, dc_pin=14)
    Lamp(wiring, pin=17)
    Button(wiring, clock, pin=18)
    Hand(wiring, world, clock, mechanics, beam_pin=21, lid_pin=22)
    Speaker(wiring, pin=20)
    wiring.i2c(0, 0x18, Lis3dh(wiring, world, clock))
    ShutterSg90(wiring, world, clock, mechanics, 19, wiring.input(26), wiring.input(27))
    battery = Battery(wiring, world, clock, mains_pin=28)
    wiring.i2c(1, 0x36, GaugeMax17048(wiring, world, battery))
    wiring.i2c(0, 0x24, Joint(wiring, world, "nfc", Pn532(clock, NfcTag(wiring, world))))
    keypad = Mpr121(clock)
    wiring.i2c(0, 0x5A, Joint(wiring, world, "keypad", keypad))
    Keys(wiring, clock, keypad)
    wiring.i2c(0, 0x60, Joint(wiring, world, "occupancy", Vcnl4040(clock, mechanics.floor_counts)))
