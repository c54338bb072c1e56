"""Turn an alarm into what a person reads: words, shapes and times, in one language."""

from dataclasses import dataclass

from centre.board.phrases import Phrases
from centre.core import alarms as rules
from centre.core.kinds import KINDS
from centre.edges.alarm_store import AlarmRow

SHAPES = {1: "▲", 2: "◆", 3: "●", 4: "■"}  # priority is never told by colour alone (WCAG 1.4.1)
SOUNDING = (1, 2)  # P3 and P4 can wait, and make no sound: what sounds for everything is not heard
# One list of steps serves alarms that are answered alike.
STEPS = {
    "pre_alarm": "pre_alarm",
    "missed": "missed",
    "uncertain": "uncertain",
    "withheld": "withheld",
    "device_lost": "lost",
    "hub_lost": "lost",
    "message_unread": "message",
    "trip_short": "stock",
    "low_stock": "stock",
    "empty": "stock",
    "no_plan": "no_plan",
    "battery_low": "power",
    "battery_empty": "power",
    "no_mains": "power",
    "tilted": "tilted",
    "paused_long": "paused",
    "break_in": "opened",
    "lid_open": "opened",
    "command_refused": "command",
    "command_unanswered": "command",
    "forged": "chain",
    "fork": "chain",
    "gap": "chain",
    "replay": "chain",
    "unknown_device": "chain",
    "wrong_hub": "chain",
    "journal_damaged": "chain",
    "pouch_unread": "roll",
    "roll_fault": "roll",
    "roll_stuck": "roll",
    "chamber_full": "chamber",
    "drawer_full": "drawer",
    "refill_unfinished": "refill",
    "refill_differs": "differs",
    "roll_confirmed": "by_hand",
    "opened_unfilled": "opened",
    "credentials_locked": "locked",
}


@dataclass(frozen=True)
class Shown:
    """One row as the board writes it."""

    row: AlarmRow
    place: str
    what: str
    title: str
    sort: str
    now_s: int

    @property
    def alarm(self) -> rules.Alarm:
        """The alarm itself."""
        return self.row.alarm

    @property
    def shape(self) -> str:
        """Tells the priority without colour."""
        return SHAPES[self.alarm.priority]

    @property
    def sounds(self) -> bool:
        """Rings until somebody takes it."""
        return self.alarm.handling == rules.NEW and self.alarm.priority in SOUNDING

    @property
    def open(self) -> bool:
        """Not closed yet."""
        return self.alarm.handling != rules.CLOSED

    @property
    def reasons(self) -> tuple[str, ...]:
        """What it may be closed with."""
        return KINDS[self.alarm.kind].reasons


class Shower(Phrases):
    """Shows alarms in one language, at one moment."""

    def alarm(self, row: AlarmRow) -> Shown:
        """One row."""
        return Shown(row, self.place(row.device_id), self.what(row), self.title(row), _sort(row), self.now_s)

    def title(self, row: AlarmRow) -> str:
        """The kind of alarm in a few words."""
        return self.say(self._variant(f"kind.{row.alarm.kind}", row))

    def steps(self, row: AlarmRow) -> list[str]:
        """What to do, one line each."""
        key = f"steps.{STEPS.get(row.alarm.kind, 'technical')}"
        return self.say(self._variant(key, row)).split("\n")

    def what(self, row: AlarmRow) -> str:
        """What happened, in one or two sentences."""
        facts = dict(row.facts)
        facts["dose"] = self.which(row.facts)
        if "cause" in facts:
            facts["cause"] = self.known(f"cause.{row.alarm.kind}.{row.facts['cause']}", "")
        if "hub" in facts:
            facts["hub"] = self.place(str(facts["hub"]))
        what = self.say(self._variant(f"what.{row.alarm.kind}", row), **facts)
        late = self.known(f"late.{row.facts.get('late')}", "")
        return f"{what} {late}".strip()

    def left(self, deadline_s: int) -> str:
        """Time left to the deadline, or how far past it."""
        left_s = deadline_s - self.now_s
        return self.say("board.left" if left_s >= 0 else "board.over", span=self.span(left_s))

    def _variant(self, key: str, row: AlarmRow) -> str:
        """The same key for a special dose (given by staff, or only a message), where it has words of its own."""
        special = f"{key}.{row.facts.get('variant')}"
        return special if self.has(special) else key


def _sort(row: AlarmRow) -> str:
    """Orders the rows in the browser as urgency() does here."""
    closed = row.alarm.handling == rules.CLOSED
    held = row.alarm.handling != rules.NEW
    return f"{2 if closed else int(held)}{row.alarm.priority}{row.alarm.deadline_s:012d}{row.id:09d}"
