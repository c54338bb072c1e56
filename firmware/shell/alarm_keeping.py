"""Keep the alarms true: gather what is so, let the core judge it, journal what has changed before anybody sees it."""

from firmware.core import stock
from firmware.core.alarms import differences
from firmware.core.conditions import Facts, standing
from firmware.core.schedule import is_quiet, local_minute, local_offset_s

LOOK_MS = 5000  # every limit of conditions.py is longer


class AlarmKeeping:
    """Every alarm but those that somebody else tells and ends through the recorder (technical ones, mostly)."""

    def __init__(self, board, recorder, clock, plans, mechanism, keystore, uptime):
        self._board = board
        self._recorder = recorder
        self._clock = clock
        self._plans = plans
        self._mechanism = mechanism
        self._keystore = keystore
        self._uptime = uptime
        self._looked_ms = None
        self._since_ms = {}  # what lasts, and since when
        self._plan_id = None
        self._counted = (None, 0)  # (plan, seq) of the stock
        self._stock = None

    def look(self):
        """Look around and tell what has changed.  Cheap; call it every second or so."""
        self._mechanism.look()
        now_ms = self._uptime.ms()
        if self._looked_ms is not None and now_ms - self._looked_ms < LOOK_MS:
            return
        self._looked_ms = now_ms
        ledger = self._recorder.ledger
        filled_anew = self._plan_id not in (None, ledger.plan_id)
        self._plan_id = ledger.plan_id
        found = standing(self._facts(now_ms), ledger.alarms, ledger.acknowledged)
        for body in differences(ledger.alarms, found, ledger.acknowledged, filled_anew):
            self._recorder.note(body)
        self._mechanism.forced = self._mechanism.senses.overturned = False

    def _facts(self, now_ms):
        senses, facts = self._mechanism.senses, Facts()
        facts.angle_deg, facts.overturned = senses.angle_deg, senses.overturned
        facts.tilted_ms = self._lasts("tilted", senses.tilted, now_ms)
        facts.tilt_silent_ms = self._lasts("tilt", senses.tilt_silent, now_ms)
        facts.lid_open_ms = self._lasts("lid", self._board.lid.open, now_ms)
        facts.no_mains_ms = self._lasts("mains", not senses.mains, now_ms)
        facts.gauge_silent_ms = self._lasts("gauge", senses.battery_per_mille is None, now_ms)
        facts.battery_per_mille, facts.spent = senses.battery_per_mille, senses.spent
        facts.forced = self._mechanism.forced
        self._add_plan(facts, now_ms)
        return facts

    def _add_plan(self, facts, now_ms):
        plan, ledger, now_s = self._plans.active, self._recorder.ledger, self._clock.now_s()
        facts.plan_lost = plan is None and (ledger.plan_id != b"" or self._recorder.memory_lost)
        no_plan = plan is None and self._keystore.centre_point is not None
        facts.no_plan_ms = self._lasts("plan", no_plan, now_ms)
        if plan is None:
            return
        if self._counted != (plan, ledger.seq):
            self._stock, self._counted = stock.count(plan, ledger), (plan, ledger.seq)
        facts.empty = not self._stock.left
        if now_s is None or ledger.paused or not stock.is_low(self._stock, now_s):
            return
        facts.days_left = stock.days_left(self._stock.last_s, now_s, local_offset_s(plan, now_s))
        facts.humane = stock.humane(local_minute(plan, now_s), is_quiet(plan, now_s))

    def _lasts(self, name, is_so, now_ms):
        """For how many ms it has been so, 0 when it is not; at least 1 when it is."""
        if not is_so:
            self._since_ms.pop(name, None)
            return 0
        return now_ms - self._since_ms.setdefault(name, now_ms) + 1
