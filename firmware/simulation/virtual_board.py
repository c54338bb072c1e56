"""firmware.boards.board.Board on virtual pins: the firmware's own drivers, on the parts of parts.py and chips.py."""

from firmware.simulation.chips import Bus, ClockChip, Gauge, TiltChip
from firmware.simulation.parts import Kept, Lamp, Panel, Pin, Servo, Tone, Watchdog
from firmware.simulation.roll_board import roll_parts
from firmware.simulation.roll_world import RollWorld
from firmware.simulation.touch_chips import Keypad, Proximity, TagReader
from firmware.simulation.tray_board import tray_parts
from firmware.simulation.tray_world import TrayWorld

OF_WORLD = {TrayWorld: tray_parts, RollWorld: roll_parts}


def virtual_board(device):
    """The Board, and beside its parts the pins that hands change: button_pin, beam_pin, ..."""
    from firmware.boards.board import Board

    world = device.world
    chips = {"x18": TiltChip(world), "x24": TagReader(world), "x5A": Keypad(world), "x60": Proximity(world)}
    bus = Bus(x68=ClockChip(world), **chips)
    model, slots, own = OF_WORLD[type(world)](device, bus)
    lines = own.pop("shutter_lines")
    return Board(model, slots, **_shared(device, bus, lines), **own)


def _shared(device, bus, lines):
    """What both boards have.  lines: of the switches at the closed and the open end of the door."""
    from firmware.boards.board import Limits
    from firmware.drivers.ds3231 import Ds3231
    from firmware.drivers.keypad import Keypad as KeypadDriver
    from firmware.drivers.lit_button import LitButton
    from firmware.drivers.nfc_reader import NfcReader
    from firmware.drivers.power import Power
    from firmware.drivers.shutter import Shutter
    from firmware.drivers.ticks import Ticks
    from firmware.drivers.tilt import Tilt

    world, clock = device.world, Ticks()
    button_pin = Pin(lambda: 0 if world.now_ms < world.pressed_until_ms else 1)
    return {
        "button_pin": button_pin,
        "button": LitButton(button_pin, Lamp(), clock, 3),
        "tone": Tone(),
        "panel": Panel(device.shows),
        "rtc": Ds3231(bus),
        "shutter": Shutter(Servo(world, device.motor_command), *lines, clock),
        "tilt": Tilt(bus),
        "power": Power(Bus(x36=Gauge(world)), Pin(lambda: int(world.mains))),
        "nfc": Kept(NfcReader(bus, clock)),
        "keypad": KeypadDriver(bus),
        "watchdog": Watchdog(world, Limits.watchdog_ms, device.bite),
        "uart": (device.centre, world),
        "usb": NobodyThere(),
    }


class NobodyThere:
    """The USB port of a unit at home: a poll that hears nothing."""

    def poll(self, timeout_ms):
        return []
