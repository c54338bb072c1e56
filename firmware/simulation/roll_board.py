"""What only the multidose board has: expander, feed, cutter, flap, chamber, lock, label reader, drawer."""

from firmware.simulation.parts import Kept, Pin
from firmware.simulation.roll_chips import CUTTER, FLAP, LOCK, Expander, LabelReader
from firmware.simulation.roll_parts import VirtualFeed
from firmware.simulation.roll_world import CHAMBER_PLACES, CUT_MS

NEAR_HOME = 0.05  # of the blade's revolution: its switch is pressed


class Switches:
    """Port A of the expander, and what its port B drives."""

    def __init__(self, device):
        self._world = device.world
        self._command = device.motor_command

    def levels(self):
        """Low is true: door closed, door open, blade at home, chamber full, lid closed, something in the drawer."""
        world = self._world
        blind = "shutter blind" in world.faults
        blade = world.cutter_at()
        hand_in = world.now_ms < world.hand_until_ms and world.opening() > 0.9
        opening = world.opening()
        levels = 0xFF
        if opening <= 0.03 and not blind:
            levels ^= 1
        if opening >= 0.97 and not blind:
            levels ^= 2
        if blade < NEAR_HOME or blade > 1 - NEAR_HOME:
            levels ^= 4
        if len(world.chamber) >= CHAMBER_PLACES:
            levels ^= 8
        if not world.lid_open:
            levels ^= 16
        if world.drawer or hand_in or "beam dirty" in world.faults:
            levels ^= 32
        return levels

    def falling(self):
        """The chamber's beam: high while a piece is in it."""
        return int(
            self._world.now_ms < self._world.beam_until_ms and "chamber dirty" not in self._world.faults
        )

    def drive(self, driven):
        """Port B has these outputs high."""
        world = self._world
        if bool(driven & CUTTER) and world.cutting_ms is None:
            self._command("cut", None, CUT_MS)
        world.cut_power(bool(driven & CUTTER))
        if bool(driven & FLAP) and not world.flap_open:
            self._command("flap", None, CUT_MS)
        world.flap_power(bool(driven & FLAP) and "flap stuck" not in world.faults)
        world.unlocked = bool(driven & LOCK)


def roll_parts(device, bus):
    """(model, slots, the parts by name)."""
    from firmware.drivers.chamber import Chamber
    from firmware.drivers.cutter import Cutter
    from firmware.drivers.drawer import Drawer
    from firmware.drivers.expander import Expander as ExpanderDriver
    from firmware.drivers.label_reader import LabelReader as LabelReaderDriver
    from firmware.drivers.lid_switch import LidSwitch
    from firmware.drivers.ticks import Ticks
    from protocol.device_events import MODEL_MULTIDOSE
    from protocol.dose_events import LAST_SLOT

    world, clock, switches = device.world, Ticks(), Switches(device)
    bus.plug(0x20, Expander(world.expander, switches.levels, switches.drive, lambda: device.runs))
    expander = ExpanderDriver(bus)
    expander.inputs()
    mark, chamber_pin = Pin(lambda: int(world.mark())), Pin(switches.falling)
    parts = {
        "beam": Drawer(expander.line(5), expander, clock),
        "lid": LidSwitch(expander.line(4), clock),
        "shutter_lines": (expander.line(0), expander.line(1)),
        "expander": expander,
        "mark": mark,
        "full": expander.line(3),
        "lock": expander.line(1),
        "feed": VirtualFeed(world, mark, device.motor_command),
        "cutter": Kept(Cutter(expander.line(0), expander.line(2), clock)),
        "chamber": Kept(Chamber(chamber_pin, expander.line(2), clock, 3)),
        "reader": Kept(LabelReaderDriver(LabelReader(world), clock)),
        "chamber_pin": chamber_pin,
        "beam_pin": Pin(lambda: 0),  # no interrupt hangs on the drawer's sensor
    }
    return MODEL_MULTIDOSE, LAST_SLOT, parts
