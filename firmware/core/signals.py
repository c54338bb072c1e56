"""Which local alarm signal is seen and heard now?  Pure.

Only what somebody at home can put right, or must keep away from, signals there; the rest is for the centre.  By
IEC 60601-1-8 a new condition ends a pause of sound, a pause is shown, and only the acknowledgement silences high.
"""

from firmware.core import alarms

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    Alarm = tuple[int, str]

AT_HOME = (
    alarms.BATTERY_LOW,
    alarms.BATTERY_SPENT,
    alarms.NO_MAINS,
    alarms.NO_CONTACT,
    alarms.LID_OPEN,
    alarms.BREAK_IN,
    alarms.TILTED,
)
NONE, LOW, MEDIUM, HIGH = range(4)

PAUSE_MS = 1800000  # a patient's press silences medium sound: long enough for somebody to come (decision)
CHIME_MS = 2000  # low sounds once: so long until it counts as heard
FLAP_MS = 3600000  # a way to the centre that comes and goes sounds once an hour (decision 27)


class Signal:
    """light, sound: priority, 0 for none.  paused: a sound there would be is silenced, and the panel says so."""

    def __init__(self, light: int, sound: int, paused: bool) -> None:
        self.light = light
        self.sound = sound
        self.paused = paused

    def key(self) -> tuple[int, int, bool]:
        """Equal for signals that look and sound the same."""
        return self.light, self.sound, self.paused


class Signals:
    """Remembers what has been heard and what has been silenced; nothing else."""

    def __init__(self) -> None:
        self._known: "tuple[Alarm, ...]" = ()
        self._new_until_ms = 0
        self._paused_until_ms = 0
        self._contact_again_ms = 0  # from here on a lost contact sounds anew

    def now(
        self, standing: "tuple[Alarm, ...]", acknowledged: tuple[int, ...], quiet: bool, now_ms: int
    ) -> Signal:
        """standing, acknowledged: as in the ledger; quiet: quiet hours of the plan; now_ms: uptime."""
        rows = tuple([row for row in standing if row[0] in AT_HOME and row[0] not in acknowledged])
        news = [row[0] for row in rows if row not in self._known]
        if news and (news != [alarms.NO_CONTACT] or now_ms >= self._contact_again_ms):
            self._new_until_ms, self._paused_until_ms = now_ms + CHIME_MS, 0
            if alarms.NO_CONTACT in news:
                self._contact_again_ms = now_ms + FLAP_MS
        self._known = rows
        urgent = NONE
        for code, detail in rows:
            urgent = max(urgent, alarms.priority(code, detail))
        paused = urgent == MEDIUM and now_ms < self._paused_until_ms
        silent = urgent < HIGH and (quiet or paused or (urgent == LOW and now_ms >= self._new_until_ms))
        return Signal(urgent, NONE if silent else urgent, paused)

    def pressed(self, now_ms: int) -> None:
        """The patient pressed: whoever is there has heard it."""
        self._paused_until_ms = now_ms + PAUSE_MS
