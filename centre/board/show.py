"""Turn an alarm into what a person reads: words, shapes and times, in one language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from centre.board.words import Words
from centre.core import alarms as rules
from centre.core.care import CareRefused
from centre.core.dose_life import KnownDose
from centre.core.kinds import KINDS
from centre.edges.alarm_store import AlarmRow

SHAPES = {1: "▲", 2: "◆", 3: "●", 4: "■"}  # priority is never told by colour alone (WCAG 1.4.1)
SOUNDING = (1, 2)  # P3 and P4 make no sound (ecosystem.md 1.2)
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
}

NUMBER = re.compile("[0-9]+")
# Facts that have words where we know them.
CATALOGUED = ("refusal", "command", "code", "state", "pause")


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


class Shower:
    """Shows alarms in one language, at one moment.  now_s: device time."""

    def __init__(self, words: Words, labels: Mapping[str, str], zone: ZoneInfo, now_s: int) -> None:
        self._words = words
        self._labels = labels
        self._zone = zone
        self.now_s = now_s

    def alarm(self, row: AlarmRow) -> Shown:
        """One row."""
        return Shown(row, self.place(row.device_id), self.what(row), self.title(row), _sort(row), self.now_s)

    def title(self, row: AlarmRow) -> str:
        """The kind of alarm in a few words."""
        return self._words(self._variant(f"kind.{row.alarm.kind}", row))

    def steps(self, row: AlarmRow) -> list[str]:
        """What to do, one line each."""
        return self._words.lines(self._variant(f"steps.{STEPS.get(row.alarm.kind, 'technical')}", row))

    def place(self, device_id: str) -> str:
        """The label that staff gave it, else its id."""
        return self._labels.get(device_id) or device_id

    def what(self, row: AlarmRow) -> str:
        """What happened, in one or two sentences."""
        facts = {name: self._fact(name, value) for name, value in row.facts.items()}
        facts["dose"] = self._dose(row.facts)
        if "cause" in facts:
            facts["cause"] = self._known(f"cause.{row.alarm.kind}.{row.facts['cause']}", "")
        if "hub" in facts:
            facts["hub"] = self.place(str(facts["hub"]))
        what = self._words(self._variant(f"what.{row.alarm.kind}", row), **facts)
        late = self._known(f"late.{row.facts.get('late')}", "")
        return f"{what} {late}".strip()

    def clock_time(self, at_s: int) -> str:
        """Local time; with the day when it is not today."""
        local = datetime.fromtimestamp(at_s, UTC).astimezone(self._zone)
        today = datetime.fromtimestamp(self.now_s, UTC).astimezone(self._zone).date()
        return f"{local:%H:%M}" if local.date() == today else f"{local:%d.%m. %H:%M}"

    def full_time(self, at_s: int) -> str:
        """Local day and time to the second."""
        local = datetime.fromtimestamp(at_s, UTC).astimezone(self._zone)
        return f"{local:%d.%m. %H:%M:%S}"

    def span(self, seconds: int) -> str:
        """A length of time in words: 40 s, 12 min, 3 h 5 min, 2 d."""
        seconds = abs(seconds)
        if seconds < 60:
            return f"{seconds} s"
        if seconds < 3600:
            return f"{seconds // 60} min"
        if seconds < 86400:
            return f"{seconds // 3600} {self._words('unit.h')} {seconds % 3600 // 60} min"
        return f"{seconds // 86400} {self._words('unit.d')}"

    def left(self, deadline_s: int) -> str:
        """Time left to the deadline, or how far past it."""
        left_s = deadline_s - self.now_s
        return self._words("board.left" if left_s >= 0 else "board.over", span=self.span(left_s))

    def refusal(self, why: CareRefused) -> str:
        """Why staff's wish cannot be, in a sentence."""
        facts = {name: self._fact(name, value) for name, value in why.facts.items()}
        return self._words(f"order.{why.why}", **facts)

    def dose(self, dose: KnownDose) -> str:
        """Which dose, so that nobody takes another for it: label, day and time, compartment."""
        words = self._dose({"slot": dose.slot, "label": dose.label})
        return f"{words}, {self.clock_time(dose.due_s)}"

    def _variant(self, key: str, row: AlarmRow) -> str:
        """The same key for a special dose (given by staff, or only a message), where it has words of its own."""
        special = f"{key}.{row.facts.get('variant')}"
        return special if self._words.has(special) else key

    def _detail(self, detail: str) -> str:
        """The device's own word for it, where we know it in words; a number in it may be any."""
        number = NUMBER.search(detail)
        key = f"detail.{NUMBER.sub('#', detail)}"
        return self._words(key, count=number[0] if number else "") if self._words.has(key) else detail

    def _known(self, key: str, otherwise: str) -> str:
        return self._words(key) if self._words.has(key) else otherwise

    def _dose(self, facts: Mapping[str, object]) -> str:
        if "slot" not in facts:
            return ""
        label = str(facts.get("label") or "")
        words = self._words("dose.labelled" if label else "dose.plain", label=label, slot=facts["slot"])
        return words[:1].upper() + words[1:]

    def _fact(self, name: str, value: object) -> object:
        if isinstance(value, KnownDose):
            return self.dose(value)
        if name.endswith("_s") and isinstance(value, int):
            return self.clock_time(value)
        if name == "detail":
            return self._detail(str(value))
        if name in CATALOGUED:
            return self._known(f"{name}.{value}", str(value))
        return value


def _sort(row: AlarmRow) -> str:
    """Orders the rows in the browser as urgency() does here."""
    closed = row.alarm.handling == rules.CLOSED
    held = row.alarm.handling != rules.NEW
    return f"{2 if closed else int(held)}{row.alarm.priority}{row.alarm.deadline_s:012d}{row.id:09d}"
