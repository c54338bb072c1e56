"""Read what staff wrote, field by field; whatever is wrong is one sentence that names the place."""

import re

from protocol import errors

CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class PlanError(Exception):
    """The plan cannot be used; the text is a sentence for staff.  `code`: a protocol refusal code."""

    def __init__(self, sentence: str, code: int = errors.OUT_OF_BOUNDS) -> None:
        super().__init__(sentence)
        self.code = code


class Fields:
    """A JSON object with the name of its place ("dose 3")."""

    def __init__(self, value: object, place: str) -> None:
        if not isinstance(value, dict):
            raise PlanError(f"{_start(place)} must be an object with named fields.", errors.BAD_BYTES)
        self._values: dict[str, object] = value
        self.place = place

    def only(self, allowed: tuple[str, ...]) -> None:
        """Raise PlanError for the first field that we do not know: an ignored wish could harm."""
        for name in self._values:
            if name not in allowed:
                raise PlanError(
                    f"{_start(self.place)} has an unknown field {name!r}; known are {', '.join(allowed)}.",
                    errors.UNKNOWN_FIELD,
                )

    @property
    def start(self) -> str:
        """The place as a sentence begins with it: "Dose 3"."""
        return _start(self.place)

    def part(self, name: str, place: str) -> "Fields":
        """The object under this name."""
        return Fields(self._values.get(name), place)

    def has(self, name: str) -> bool:
        """True if the field is written."""
        return name in self._values

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number; its bounds are checked where its meaning is known."""
        value = self._values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise PlanError(f"{_start(self.place)} needs a whole number as {name!r}.")
        return value

    def flag(self, name: str) -> bool:
        """true or false; false when absent."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise PlanError(f"{_start(self.place)} needs true or false as {name!r}.")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """Text."""
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise PlanError(f"{_start(self.place)} needs text as {name!r}.")
        return value

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.text(name, default)
        if value not in allowed:
            raise PlanError(
                f"{_start(self.place)} has {name!r} {value!r}; it must be one of {', '.join(allowed)}."
            )
        return value

    def items(self, name: str, default: list[object] | None = None) -> list[object]:
        """A list."""
        value = self._values.get(name, default)
        if not isinstance(value, list):
            raise PlanError(f"{_start(self.place)} needs a list as {name!r}.")
        return value


def clock_minutes(value: object, place: str) -> int:
    """Minutes of the day of a time written as '08:00'."""
    found = CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise PlanError(f"{_start(place)} has the time {value!r}; write it like '08:00'.")
    return int(found[1]) * 60 + int(found[2])


def _start(place: str) -> str:
    return place[:1].upper() + place[1:]
