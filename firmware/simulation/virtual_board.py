"""firmware.boards.board.Board on virtual pins: the firmware's own drivers, on the parts of parts.py and chips.py."""

from firmware.simulation.chips import Bus, ClockChip, Gauge, TiltChip
from firmware.simulation.parts import Lamp, Panel, Pin, Servo, Tone, VirtualCarousel, Watchdog

DATA = "/data"


class VirtualBoard:
    """firmware.boards.board.Board, on virtual pins."""

    def __init__(self, device):
        from firmware.boards.board import MODEL_TABLET, Limits
        from firmware.drivers.ds3231 import Ds3231
        from firmware.drivers.lid_switch import LidSwitch
        from firmware.drivers.lit_button import LitButton
        from firmware.drivers.pickup_beam import PickupBeam
        from firmware.drivers.power import Power
        from firmware.drivers.shutter import Shutter
        from firmware.drivers.ticks import Ticks
        from firmware.drivers.tilt import Tilt

        world, clock = device.world, Ticks()
        self.model, self.data_dir, self.limits = MODEL_TABLET, DATA, Limits
        self.button_pin = Pin(lambda: 0 if world.now_ms < world.pressed_until_ms else 1)
        self.beam_pin = Pin(lambda: int(world.now_ms < world.hand_until_ms or "beam dirty" in world.faults))
        self.button = LitButton(self.button_pin, Lamp(), clock, 3)
        self.light = self.button.light
        self.tone = Tone()
        self.panel = Panel(device.shows)
        self.beam = PickupBeam(self.beam_pin, clock, 3)
        self.lid = LidSwitch(Pin(lambda: int(world.lid_open)), clock)
        self.rtc = Ds3231(Bus(x68=ClockChip(world)))
        self.carousel = VirtualCarousel(world, clock, device.motor_command)
        self.shutter = Shutter(
            Servo(world, device.motor_command),
            Pin(lambda: int(world.opening() > 0.03 or "shutter blind" in world.faults)),
            Pin(lambda: int(world.opening() < 0.97 or "shutter blind" in world.faults)),
            clock,
        )
        self.tilt = Tilt(Bus(x18=TiltChip(world)))
        self.power = Power(Bus(x36=Gauge(world)), Pin(lambda: int(world.mains)))
        self.watchdog = Watchdog(world, Limits.watchdog_ms, device.bite)
        self.uart = (device.centre, world)
