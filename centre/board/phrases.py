"""Facts as a person reads them: places, times, doses, refusals, in one language, at one moment."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from centre.board.words import Words
from centre.core.care import CareRefused
from centre.core.dose_life import KnownDose

NUMBER = re.compile("[0-9]+")
# Facts that have words where we know them.
CATALOGUED = (
    "refusal",
    "command",
    "code",
    "state",
    "pause",
    "release",
    "result",
    "ended",
    "reason",
    "role",
    "way",
)


class Phrases:
    """`labels`: place labels by id.  now_s: device time."""

    def __init__(self, words: Words, labels: Mapping[str, str], zone: ZoneInfo, now_s: int) -> None:
        self._words = words
        self._labels = labels
        self.zone = zone
        self.now_s = now_s

    def say(self, key: str, **facts: object) -> str:
        """The words of the catalogue with the facts in them; times, doses, codes and states are put into words."""
        return self._words(key, **{name: self._fact(name, value) for name, value in facts.items()})

    def has(self, key: str) -> bool:
        """True if there are words for this key."""
        return self._words.has(key)

    def known(self, key: str, otherwise: str) -> str:
        """The words of the key if there are any."""
        return self._words(key) if self._words.has(key) else otherwise

    def place(self, device_id: str) -> str:
        """The label that staff gave it, else its id."""
        return self._labels.get(device_id) or device_id

    def which(self, facts: Mapping[str, object]) -> str:
        """Label and compartment of a dose."""
        if "slot" not in facts:
            return ""
        label, place = str(facts.get("label") or ""), "roll." if facts.get("roll") else ""
        key = f"dose.{place}labelled" if label else f"dose.{place}plain"
        words = self._words(key, label=label, slot=facts["slot"])
        return words[:1].upper() + words[1:]

    def dose(self, dose: KnownDose) -> str:
        """Which dose, so that nobody takes another for it: label, compartment, day and time."""
        which = self.which({"slot": dose.slot, "label": dose.label, "roll": dose.on_roll})
        return f"{which}, {self.clock_time(dose.due_s)}"

    def dose_state(self, dose: KnownDose) -> str:
        """What became of it, in a few words."""
        words = self._words(f"state.{dose.life.state}")
        if dose.life.cause is not None:
            words += f": {self.known(f'cause.{dose.life.state}.{dose.life.cause}', '')}"
        return words

    def refusal(self, why: CareRefused) -> str:
        """Why staff's wish cannot be, in a sentence."""
        return self.say(f"order.{why.why}", **why.facts)

    def differences(self, pairs: Sequence[Sequence[int]]) -> str:
        """What a filling lacks or has too much of, compartment by compartment."""
        return ", ".join(self._words(f"difference.{kind}", slot=slot) for slot, kind in pairs)

    def clock_time(self, at_s: int) -> str:
        """Local time; with the day when it is not today."""
        local = datetime.fromtimestamp(at_s, UTC).astimezone(self.zone)
        today = datetime.fromtimestamp(self.now_s, UTC).astimezone(self.zone).date()
        return f"{local:%H:%M}" if local.date() == today else f"{local:%d.%m. %H:%M}"

    def full_time(self, at_s: int) -> str:
        """Local day and time to the second."""
        local = datetime.fromtimestamp(at_s, UTC).astimezone(self.zone)
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

    def _fact(self, name: str, value: object) -> object:
        if isinstance(value, KnownDose):
            return self.dose(value)
        if name.endswith("_s") and isinstance(value, int):
            return self.clock_time(value)
        if name == "detail":
            return self._detail(str(value))
        if name == "differences" and isinstance(value, list):
            return self.differences(value)
        return self.known(f"{name}.{value}", str(value)) if name in CATALOGUED else value

    def _detail(self, detail: str) -> str:
        """The device's own word for it, where we know it in words; a number in it may be any."""
        number = NUMBER.search(detail)
        key = f"detail.{NUMBER.sub('#', detail)}"
        return self._words(key, count=number[0] if number else "") if self._words.has(key) else detail
