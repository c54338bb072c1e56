"""The kitchen: everything that is there whether the dispenser has power or not.  True time, mains, hands, clocks.

Nothing here knows what the firmware believes.  A copy is a snapshot: a power cut can be tried again from it.
What holds the medicine is tray_world.py or roll_world.py.
"""

import copy
from heapq import heappop, heappush
from math import inf

EPOCH_MS = 1_800_000_000_000  # true UTC when now_ms is 0: 2027-01-15
COVERED = 0.03  # of the opening: nothing passes
SHUTTER_MS = 270  # SG90 at 4.8 V, 90 degrees
BATTERY_HOURS = 24  # what the cell lasts without mains (decision 0001 of the hardware: a day)


class World:
    """Times are ms since the start of the history; `utc_s()` is the truth that clocks should show.

    Each medium adds: position(), what is proven to stand there if a sensor is right; within_reach(), the doses that a
    hand can take; take(), the hand; stop(), the motors lose their power; moving(), whether one of its motors has it.
    """

    def __init__(self, dice):
        self.dice = dice
        self.now_ms = 0
        self.acts = []  # (at_ms, number, name, arguments): what hands, mains and accidents will do
        self._numbers = 0
        self.log = []  # (at_ms, word, facts ...) of motions, hands, power: what really happened
        self.shutter = 0.0  # of the opening or the drawer: 0 closed, 1 open
        self.sliding = None  # (from_ms, to_ms, shutter at from_ms, where to)
        self.hand_until_ms = -1
        self.lid_open = False
        self.tilt_deg = 0
        self.pressed_until_ms = -1
        self.key = (0, -1)  # (number of the key that is touched, until when)
        self.tag = None  # (its number, bytes of its pages) at the reader
        self.plugged = True  # somebody may pull the mains and the battery
        self.mains = True
        self.mains_since_ms = 0
        self.battery_per_mille = 1000.0
        self.rtc_set = True
        self.rtc_ahead_ms = 0  # of true time
        self.rtc_ppm = 0.0
        self.rtc_from_ms = 0  # since when the drift counts
        self.faults = set()  # "stall", "slip", "shutter stuck", "beam dirty", "magnet lost", ...
        self.skipped_ms = 0
        self.busy_until_ms = 0  # something has just happened: look closely
        self.jumped = None  # called with how many ms were jumped over
        self.haste = 0
        self.witness = None  # called with (kind, what) at every write and motor command; may raise PowerCut

    def copy(self):
        """A snapshot; the dice go on from the same point in both."""
        other = copy.copy(self)
        other.dice = copy.copy(self.dice)
        other.acts = list(self.acts)
        other.log = list(self.log)
        other.faults = set(self.faults)
        other.witness = other.jumped = None
        return other

    def utc_s(self):
        """True UTC, seconds since 1970."""
        return (EPOCH_MS + self.now_ms) // 1000

    def at_s(self, utc_s):
        """now_ms of a moment of true UTC."""
        return utc_s * 1000 - EPOCH_MS

    def note(self, word, *facts):
        """Something happened."""
        self.log.append((self.now_ms, word, *facts))
        self.busy_until_ms = self.now_ms

    # ---- time

    def plan_act(self, at_ms, name, *arguments):
        """This will be done then."""
        self._numbers += 1
        heappush(self.acts, (max(at_ms, self.now_ms), self._numbers, name, arguments))

    def next_act_ms(self):
        """When the next of them is."""
        return self.acts[0][0] if self.acts else inf

    def pop_act(self):
        """(name, arguments) of the next act; it is that time now."""
        at_ms, _, name, arguments = heappop(self.acts)
        self.now_ms = max(self.now_ms, at_ms)
        return name, arguments

    def spend(self, ms):
        """The processor is busy for so long."""
        self.now_ms += ms

    # ---- the shutter

    def opening(self):
        """How far the shutter is open, 0 to 1."""
        if self.sliding is None:
            return self.shutter
        from_ms, to_ms, start, end = self.sliding
        part = min(1.0, (self.now_ms - from_ms) / max(1, to_ms - from_ms))
        reached = start + (end - start) * part
        hand_in = self.now_ms < self.hand_until_ms and end < start
        return max(reached, 0.4) if hand_in else reached

    def slide(self, end):
        """The servo pulls the shutter there."""
        start = self.opening()
        if "shutter stuck" in self.faults:
            end = start
        self.sliding = (self.now_ms, self.now_ms + round(SHUTTER_MS * abs(end - start)), start, end)

    def stop_sliding(self):
        """The servo lets go."""
        self.shutter, self.sliding = self.opening(), None

    def uncover(self):
        """What lies behind the opening comes to light."""
        for slot, dose_id in self.within_reach():
            self.note("uncovers", slot, dose_id)

    # ---- mains and battery

    def battery(self):
        """What the cell holds now, per mille."""
        hours = (self.now_ms - self.mains_since_ms) / 3_600_000
        change = hours * 1000 / (BATTERY_HOURS if not self.mains else -6)
        return min(1000.0, max(0.0, self.battery_per_mille - change))

    def powered(self):
        """Whether the firmware can run."""
        return self.plugged and (self.mains or self.battery() > 0)

    def set_mains(self, on):
        """The adapter gives power, or not."""
        self.battery_per_mille = self.battery()
        self.mains, self.mains_since_ms = on, self.now_ms

    # ---- the battery clock

    def rtc_s(self):
        """What the battery clock shows."""
        drift_ms = (self.now_ms - self.rtc_from_ms) * self.rtc_ppm / 1_000_000
        return int(EPOCH_MS + self.now_ms + self.rtc_ahead_ms + drift_ms) // 1000

    def set_rtc(self, utc_s):
        """Somebody set it."""
        self.rtc_ahead_ms, self.rtc_from_ms = utc_s * 1000 - EPOCH_MS - self.now_ms, self.now_ms
        self.rtc_set = True

    # ---- jumping over time in which nothing can happen

    def skip_to(self, next_ms, exact_ms):
        """When the firmware may wake up: next_ms, or later while nothing has happened for some time.

        exact_ms: the first wake-up that somebody has computed; those before it only look round (loop.POLLS).  They
        come at most `haste` times as late as the quiet before was long, never after exact_ms or the next act (all
        moments of all doses are acts: `look`).  For the firmware it is a processor that was slow.
        """
        quiet_ms = self.now_ms - self.busy_until_ms
        if not self.haste or quiet_ms < QUIET_MS or self.sliding or self.moving():
            return next_ms
        longest_ms = LONGEST_SKIP_MS if self.shutter < 0.5 else OPEN_SKIP_MS
        to_ms = min(self.now_ms + min(quiet_ms * self.haste, longest_ms), exact_ms, self.next_act_ms())
        if to_ms <= next_ms:
            return next_ms
        self.skipped_ms += to_ms - next_ms
        if self.jumped is not None:
            self.jumped(to_ms - next_ms)
        return to_ms


QUIET_MS = 300
LONGEST_SKIP_MS = 3_600_000
OPEN_SKIP_MS = 20_000  # while a dose lies open, its end is found by looking at the clock ten times a second
