"""Keep the alarms true.  Looks all the time; what it means is judged only when something changed (alarm_judging.py)."""

from firmware.shell.rare import drop

RARE = (
    "firmware.shell.alarm_judging",
    "firmware.core.alarm_changes",
    "firmware.core.conditions",
    "firmware.core.stock",
)
LOOK_MS = 5000  # every limit of conditions.py is longer
PER_MILLE_STEP = 10  # of the battery: smaller steps change nothing


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
        self._seen = None  # how it was when it was judged last
        self._again_ms = 0  # ... and when time alone makes it worth to judge again
        self._since_ms = {}  # what lasts, and since when
        self._plan_id = None

    def look(self):
        """Look around and tell what has changed, journalled before anybody sees it.  Cheap; every second or so."""
        self._mechanism.look()
        now_ms = self._uptime.ms()
        if self._looked_ms is not None and now_ms - self._looked_ms < LOOK_MS:
            return
        self._looked_ms = now_ms
        if self._now() != self._seen or now_ms >= self._again_ms:
            self._judge(now_ms)

    def _now(self):
        """Equal while nothing has changed.  Whatever the journal can change, changes its seq."""
        senses, battery = self._mechanism.senses, self._mechanism.senses.battery_per_mille
        return (
            self._recorder.ledger.seq,
            senses.tilted,
            senses.angle_deg is None,
            senses.overturned,
            senses.tilt_silent,
            senses.mains,
            senses.spent,
            None if battery is None else battery // PER_MILLE_STEP,
            self._board.lid.open,
            self._board.beam.broken,
            self._mechanism.forced,
            self._mechanism.opened,
            self._mechanism.chamber(),
            self._plans.active is None,
        )

    def _judge(self, now_ms):
        from firmware.shell.alarm_judging import Judging

        ledger = self._recorder.ledger
        filled_anew = self._plan_id not in (None, ledger.plan_id)
        self._plan_id = ledger.plan_id
        judging = Judging(self._board, self._clock, self._plans, self._mechanism, self._since_ms, now_ms)
        no_plan = self._keystore.centre_point is not None
        for body in judging.events(ledger, filled_anew, no_plan, self._recorder.memory_lost):
            self._recorder.note(body)
        self._mechanism.forced = self._mechanism.opened = self._mechanism.senses.overturned = False
        self._again_ms = now_ms + judging.wait_ms()
        self._seen = self._now()
        drop(*RARE)
