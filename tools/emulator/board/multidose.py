"""The wiring list of the multidose dispenser's board: which chip hangs on which pin (docs/hardware.md, wiring)."""

from chips.accelerometer_lis3dh import Lis3dh
from chips.battery import Battery
from chips.button import Button
from chips.clock_ds3231 import Ds3231
from chips.cutter import Cutter
from chips.drawer import Drawer
from chips.expander_mcp23017 import Mcp23017
from chips.gauge_max17048 import GaugeMax17048
from chips.joint import Joint
from chips.keypad_mpr121 import Keys, Mpr121
from chips.label_reader_gm65 import Gm65
from chips.lamp import Lamp
from chips.motor_28byj48 import Motor28Byj48
from chips.nfc_tag import NfcTag
from chips.panel_ssd1683 import PanelSsd1683
from chips.pouches import Pouches
from chips.reader_pn532 import Pn532
from chips.roll import Roll
from chips.roll_hand import RollHand
from chips.shutter_sg90 import ShutterSg90
from chips.speaker import Speaker

# Pins of the expander: port A 0 to 7, port B 8 to 15.
SHUT, WIDE, AT_HOME, FULL, LID, IN_DRAWER = 0, 1, 2, 3, 4, 5
CUTTER, LOCK, FLAP = 8, 9, 10


def build(wiring, world, clock):
    """Plug the chips in.  Called once per power-on, before the firmware; contract: README.md."""
    _usual(wiring, world, clock)
    expander = Mcp23017(wiring, world)
    wiring.i2c(0, 0x20, Joint(wiring, world, "expander", expander))
    pin = expander.contact
    pouches = Pouches(world)
    drawer = Drawer(wiring, world, clock, pouches, wiring.input(21, 0), pin(FULL), pin(IN_DRAWER))
    roll = Roll(world, pouches, wiring.input(22, 0), drawer.receive)
    drawer.tear_off = roll.tear_off
    Motor28Byj48(wiring, world, clock, roll.half_steps, coil_pins=(6, 7, 26, 27))
    cutter = Cutter(wiring, world, clock, pin(AT_HOME), roll.cut)
    ShutterSg90(wiring, world, clock, drawer, 19, pin(SHUT), pin(WIDE))
    hand = RollHand(wiring, world, roll, pouches, drawer, cutter, pin(LID))
    wiring.uart(1, Gm65(world, clock, roll.in_view))
    expander.load(CUTTER, cutter.motor)
    expander.load(LOCK, hand.lock)
    expander.load(FLAP, drawer.flap)
    expander.start()
    wiring.i2c(0, 0x18, Lis3dh(wiring, world, clock))


def _usual(wiring, world, clock):
    """What this board has in common with the tablet's."""
    rtc = Ds3231(world, clock)
    wiring.i2c(0, 0x68, rtc)
    wiring.command("rtc", rtc.disturb)
    panel = PanelSsd1683(wiring, world, clock, reset_pin=15, busy_pin=16)
    wiring.spi(1, 13, panel, dc_pin=14)
    Lamp(wiring, pin=17)
    Button(wiring, clock, pin=18)
    Speaker(wiring, pin=20)
    battery = Battery(wiring, world, clock, mains_pin=28)
    wiring.i2c(1, 0x36, GaugeMax17048(wiring, world, battery))
    wiring.i2c(0, 0x24, Joint(wiring, world, "nfc", Pn532(clock, NfcTag(wiring, world))))
    keypad = Mpr121(clock)
    wiring.i2c(0, 0x5A, Joint(wiring, world, "keypad", keypad))
    Keys(wiring, clock, keypad)
