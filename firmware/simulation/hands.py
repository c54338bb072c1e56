"""What people and accidents do to a dispenser, each a word with arguments: the acts of a world.

press, hand, key, tag, fill_in, vouch, lid, tilt, shove, fault, mend, mains, power, brown_out, clock, clock_dead,
hub_clock, cable, path, order, receipt; look: nothing is done, but the time is not jumped over.  What only one medium
knows: medium_hands.py; somebody who fills: filler.py.
"""

from firmware.simulation.filler import KEY_MS, Filler
from firmware.simulation.flash import WHOLE, PowerCut
from firmware.simulation.medium_hands import HANDS
from firmware.simulation.world import BATTERY_HOURS
from protocol.refill_commands import ConfirmRoll

PRESS_MS, HAND_MS = 150, 600
DARK_MS = 2000
VISIT_MS = 60_000


class CutAt:
    """Waits for its operation; a torn write leaves a part of its bytes."""

    def __init__(self, device, kind, countdown, how):
        self._device = device
        self._kind = kind
        self._left = countdown
        self._how = how

    def __call__(self, kind, what):
        self._left -= kind == self._kind
        if self._left > 0:
            return
        image = self._device.image
        self._device.world.witness = None
        if self._how != WHOLE and what[0] == "write":
            image.directories = image.torn(what, self._how).directories
        raise PowerCut


class Hands:
    """Does the acts to one device, which may be without power."""

    def __init__(self, device):
        self._device = device
        self._world = device.world
        self._filler = Filler(device, self)
        self._own = HANDS[type(device.world)](device.world, self._edge)

    def do(self, name, arguments):
        """Do it now."""
        act = getattr(self, "_" + name, None) or getattr(self._own, name)
        act(*arguments)

    def _enough(self):
        from firmware.simulation.device import Enough

        raise Enough

    def _key(self, sign, ms=KEY_MS):
        """A finger on the keypad: a digit, * for Back, # for OK."""
        number = 10 if sign == "*" else 11 if sign == "#" else int(sign)
        self._world.note("key")
        self._world.key = (number, self._world.now_ms + ms)

    def _tag(self, tag):
        """A tag is held to the reader, (number, bytes of its pages), or taken away: None."""
        self._world.tag = tag
        self._world.note("tag")

    def _vouch(self, roll):
        """A nurse opens the lid, takes away what is not as it should be, and says which slot comes next."""
        self._lid(True)
        slot = self._own.tidy(roll)
        self._world.plan_act(self._world.now_ms + VISIT_MS, "lid", False)
        if slot is not None:
            self._world.plan_act(self._world.now_ms + 2 * VISIT_MS, "order", ConfirmRoll(slot))

    def _fill_in(self, task, until_ms):
        """Somebody comes to fill."""
        self._filler.come(task, until_ms)

    def _fill_on(self, task, until_ms):
        self._filler.go_on(task, until_ms)

    def _press(self):
        self._world.note("press")
        self._world.pressed_until_ms = self._world.now_ms + PRESS_MS
        self._world.plan_act(self._world.pressed_until_ms, "let_go")
        self._edge("button_pin")

    def _let_go(self):
        self._edge("button_pin")

    def _edge(self, pin):
        """The chip sees that this pin has changed."""
        if self._device.parts is not None:
            getattr(self._device.parts, pin).changed()

    def _hand(self, ms=HAND_MS):
        """A hand in the opening takes what lies there, if it can be reached."""
        world = self._world
        world.hand_until_ms = world.now_ms + ms
        self._edge("beam_pin")
        got = world.take() if world.opening() > 0.9 else []
        for slot, dose_id, pills in got:
            world.note("taken", slot, dose_id, pills)
        if not got:
            world.note("hand")
        world.plan_act(world.hand_until_ms, "hand_out")

    def _hand_out(self):
        self._world.note("hand out")
        self._edge("beam_pin")

    def _lid(self, is_open):
        self._world.lid_open = is_open
        self._world.note("lid", is_open)

    def _tilt(self, degrees):
        self._world.tilt_deg = degrees
        self._world.note("tilt", degrees)

    def _shove(self, opening):
        """A hand forces the shutter."""
        self._world.shutter = opening
        self._world.note("forced", opening)

    def _fault(self, name):
        self._world.faults.add(name)
        self._world.note("fault", name)

    def _mend(self, name):
        self._world.faults.discard(name)
        self._world.note("mended", name)

    def _mains(self, on):
        self._world.set_mains(on)
        self._world.note("mains", on)
        if not on:
            left_ms = int(self._world.battery() * BATTERY_HOURS * 3600) + 1
            self._world.plan_act(self._world.now_ms + left_ms, "look_at_battery")
        self._look_at_battery()

    def _look_at_battery(self):
        if not self._world.powered() and self._device.parts is not None:
            raise PowerCut

    def _power(self, on):
        self._world.plugged = on
        self._world.note("power", on)
        self._look_at_battery()

    def _cut_at(self, kind, countdown, how):
        """The power fails at the n-th flash operation or motor moment from now on."""
        self._world.witness = CutAt(self._device, kind, countdown, how)

    def _brown_out(self, ms=DARK_MS):
        """No power for a moment."""
        self._world.plan_act(self._world.now_ms + ms, "power", True)
        self._power(False)

    def _clock(self, ahead_ms, ppm=0.0):
        """The battery clock is found to be off by so much."""
        world = self._world
        world.rtc_ahead_ms, world.rtc_from_ms, world.rtc_ppm = ahead_ms, world.now_ms, ppm
        world.note("clock", ahead_ms)

    def _clock_dead(self):
        self._world.rtc_set = False
        self._world.note("clock dead")

    def _cable(self, plugged):
        centre = self._device.centre
        centre.connected = plugged
        centre.cut_off()
        self._wake()

    def _path(self, up):
        self._device.centre.reachable = up

    def _hub_clock(self, ahead_ms):
        self._device.centre.hub_ahead_ms = ahead_ms
        self._world.note("hub clock", ahead_ms)

    def _order(self, body):
        """The centre sends an order; if it is a plan, its moments are looked at closely."""
        self._device.centre.order(self._world.now_ms, body)
        for dose in body.plan.doses if hasattr(body, "plan") else ():
            for at_s in (dose.opens_s, dose.due_s, dose.closes_s, dose.due_s + (dose.late_s or 0)):
                self._world.plan_act(self._world.at_s(at_s), "look")
        if getattr(body, "until_s", None):
            self._world.plan_act(self._world.at_s(body.until_s), "look")

    def _look(self):
        """Nothing; but time is not jumped over this moment."""

    def _receipt(self):
        self._device.centre.receipt(self._world.now_ms)

    def _wake(self):
        if self._device.centre.wake is not None:
            self._device.centre.wake()

    def _witness(self, what, where, when):
        if self._world.witness is not None:
            self._world.witness("motor", (what, where, when))
