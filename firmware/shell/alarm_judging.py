"""What do the sensors and the plan mean for the alarms?  Loaded when something has changed, then dropped (rare.py)."""

from firmware.core import stock
from firmware.core.alarm_changes import differences
from firmware.core.conditions import LONGEST_MS, Facts, standing
from firmware.core.schedule import is_quiet, local_minute, local_offset_s

# The hour counts while few doses are left, and how few they are changes with the days.
LOW_WAIT_MS, WAIT_MS = 60000, 600000
MEDIUM_ROLL = 2  # protocol/load_plan.py, which is larger than this file


class Judging:
    """One look.  since_ms: what lasts and since when; kept from look to look."""

    def __init__(self, board, clock, plans, mechanism, since_ms, now_ms):
        self._board = board
        self._clock = clock
        self._plan = plans.active
        self._mechanism = mechanism
        self._since_ms = since_ms
        self._now_ms = now_ms
        self._facts = Facts()

    def events(self, ledger, filled_anew, trusted, memory_lost):
        """What to journal.  trusted: a centre is; the rest: core/alarms.py and the recorder."""
        senses, facts = self._mechanism.senses, self._facts
        facts.angle_deg, facts.overturned = senses.angle_deg, senses.overturned
        facts.tilted_ms = self._lasts("tilted", senses.tilted)
        facts.tilt_silent_ms = self._lasts("tilt", senses.tilt_silent)
        facts.lid_open_ms = self._lasts("lid", self._board.lid.open)
        facts.filling_ms = self._lasts("filling", self._board.lid.open and ledger.refill is not None)
        facts.unfinished = ledger.needs_refill
        facts.beam_ms = self._lasts("beam", self._board.beam.broken)
        facts.no_mains_ms = self._lasts("mains", not senses.mains)
        facts.gauge_silent_ms = self._lasts("gauge", senses.battery_per_mille is None)
        facts.battery_per_mille, facts.spent = senses.battery_per_mille, senses.spent
        facts.forced, facts.opened = self._mechanism.forced, self._mechanism.opened
        facts.is_roll = self._mechanism.medium == MEDIUM_ROLL
        filled = self._mechanism.chamber()
        facts.chamber_low, facts.chamber_full = filled > 0, filled > 1
        facts.vouched = facts.is_roll and ledger.roll[3] > 0
        facts.no_plan_ms = self._lasts("plan", self._plan is None and trusted)
        facts.plan_lost = self._plan is None and (ledger.plan_id != b"" or memory_lost)
        if self._plan is not None:
            self._count(ledger)
        found = standing(facts, ledger.alarms, ledger.acknowledged)
        return differences(ledger.alarms, found, ledger.acknowledged, filled_anew)

    def wait_ms(self):
        """After events(): when time alone can change the answer."""
        wait_ms = LOW_WAIT_MS if self._facts.days_left is not None else WAIT_MS
        for name, since_ms in self._since_ms.items():
            left_ms = since_ms + LONGEST_MS[name] - self._now_ms
            if left_ms >= 0:
                wait_ms = min(wait_ms, left_ms)
        return wait_ms

    def _count(self, ledger):
        plan, facts, now_s = self._plan, self._facts, self._clock.now_s()
        left = stock.count(plan, ledger)
        facts.empty = not left.left
        if now_s is None or ledger.paused or not stock.is_low(left, now_s):
            return
        facts.days_left = stock.days_left(left.last_s, now_s, local_offset_s(plan, now_s))
        facts.humane = stock.humane(local_minute(plan, now_s), is_quiet(plan, now_s))

    def _lasts(self, name, is_so):
        """For how many ms it has been so, 0 when it is not; at least 1 when it is."""
        if not is_so:
            self._since_ms.pop(name, None)
            return 0
        return self._now_ms - self._since_ms.setdefault(name, self._now_ms) + 1
