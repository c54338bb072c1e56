"""The load plan: which dose lies in which slot, and when it may be released.  Times are UTC instants,
resolved by the centre: the device knows no calendar, so no daylight-saving rule can move a dose.
"""

from protocol.dose_events import ID_BYTES, LAST_SLOT, TRAY_SLOTS
from protocol.errors import OUT_OF_BOUNDS, TWO_DOSES_ONE_SLOT, MessageError
from protocol.record import U32_MAX, Record, exactly, items, pair, text, within

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from protocol.roll_manifest import RollManifest

MEDIUM_TRAY, MEDIUM_ROLL = 1, 2
TIME_CRITICAL, MESSAGE_ONLY = 1, 2  # Dose.flags; message only: medicine that lies outside the device
ASSISTED = 4  # ... released only while somebody who may is with the patient
LANGUAGES = ("nb", "nn", "se", "en")

MAX_EARLY_S = 18000  # 5 h: longer would reach into the dose before it
MIN_WINDOW_S, MAX_WINDOW_S = 300, 18000  # 5 min: a person must be able to get there; 5 h: see MAX_EARLY_S
MAX_LATE_S = 86400  # a day: after that it is another day's dose (decision)
MAX_DOSES = LAST_SLOT  # of a roll; TRAY_SLOTS of a tray
MAX_OFFSETS = 8  # summer time changes twice a year; a load lasts weeks
MAX_STEPS = 16
MAX_QUIET = 8
WINDOW_PER_MILLE = 1000
DAY_MIN = 24 * 60


class Dose(Record):
    """One dose in one slot."""

    FIELDS = (
        (1, "dose_id"),
        (2, "slot"),
        (3, "due_s"),
        (4, "opens_early_s"),
        (5, "window_s"),
        (6, "pills"),
        (7, "flags"),
        (8, "label"),
        (9, "late_s"),
    )
    OPTIONAL = (9,)  # absent: locked for good when its window has closed

    def __init__(
        self,
        dose_id: bytes,
        slot: int,
        due_s: int,
        opens_early_s: int,
        window_s: int,
        pills: int,
        flags: int = 0,
        label: str = "",
        late_s: "int | None" = None,
    ) -> None:
        self.dose_id = exactly(dose_id, ID_BYTES, "dose_id")  # never used for another dose
        self.slot = within(slot, 1, LAST_SLOT, "slot")  # carousel position, or place in the roll
        self.due_s = within(due_s, 1, U32_MAX, "due_s")  # UTC s since 1970
        self.opens_early_s = within(
            opens_early_s, 0, MAX_EARLY_S, "opens_early_s"
        )  # before due_s, if asked for
        self.window_s = within(window_s, MIN_WINDOW_S, MAX_WINDOW_S, "window_s")  # from due_s until locked
        self.pills = within(pills, 1, 20, "pills")
        self.flags = within(flags, 0, TIME_CRITICAL | MESSAGE_ONLY | ASSISTED, "flags")
        self.label = text(label, 40, "label")  # shown to the patient; never a person's name
        self.late_s = (
            None if late_s is None else within(late_s, window_s + 1, MAX_LATE_S, "late_s")
        )  # from due_s
        if flags & MESSAGE_ONLY and (flags & ASSISTED or late_s is not None):
            raise MessageError(
                OUT_OF_BOUNDS, "a dose that lies outside the device can be neither late nor assisted"
            )

    @property
    def opens_s(self) -> int:
        """First moment of release, UTC s since 1970."""
        return self.due_s - self.opens_early_s

    @property
    def closes_s(self) -> int:
        """The dose is locked from this moment, UTC s since 1970."""
        return self.due_s + self.window_s

    @property
    def late_until_s(self) -> int:
        """A late release may be authorised before this moment, UTC s since 1970; closes_s: never."""
        return self.due_s + (self.late_s or self.window_s)


class ReminderProfile(Record):
    """When the patient is called more strongly: (per mille of the window, stage), both growing."""

    FIELDS = ((1, "steps"),)

    def __init__(self, steps: "list[tuple[int, int]] | tuple[tuple[int, int], ...]") -> None:
        checked = []
        for step in items(steps, 1, MAX_STEPS, "steps"):
            at, stage = pair(step, "step")
            within(at, 0, WINDOW_PER_MILLE, "at_per_mille")
            checked.append((at, within(stage, 1, 255, "stage")))
        self.steps = tuple(checked)
        _check_ascending([at for at, _ in self.steps], "reminder steps")


class LoadPlan(Record):
    """All that the device needs for one filling.  In force as a whole or not at all.

    Raises MessageError from the constructor, so that no plan that breaks a rule exists; see check().
    """

    FIELDS = (
        (1, "plan_id"),
        (2, "version"),
        (3, "medium"),
        (4, "doses"),
        (5, "offsets"),
        (6, "reminder"),
        (7, "language"),
        (8, "quiet"),
        (9, "roll"),
    )
    OPTIONAL = (6, 9)  # absent: the device's default profile; a tray

    def __init__(
        self,
        plan_id: bytes,
        version: int,
        medium: int,
        doses: "list[Dose] | tuple[Dose, ...]",
        offsets: "list[tuple[int, int]] | tuple[tuple[int, int], ...]",
        reminder: "ReminderProfile | None",
        language: str,
        quiet: "list[tuple[int, int]] | tuple[tuple[int, int], ...]" = (),
        roll: "RollManifest | None" = None,
    ) -> None:
        self.plan_id = exactly(plan_id, ID_BYTES, "plan_id")
        self.version = within(version, 1, U32_MAX, "version")
        self.medium = within(medium, MEDIUM_TRAY, MEDIUM_ROLL, "medium")
        self.doses = self._read(items(doses, 1, MAX_DOSES, "doses"))
        self.offsets = _offsets(offsets)  # (from, UTC s; local time minus UTC, s), for showing only
        self.reminder = _profile(reminder)
        self.language = text(language, 2, "language")
        self.quiet = _quiet(quiet)  # (from, to), minutes of the local day; to < from: over midnight
        self.roll = _roll(roll)
        self.check()

    def _read(self, doses: "list[Any]") -> "Sequence[Dose]":
        """A board keeps them packed (firmware/core/piecemeal.py)."""
        return tuple([dose if isinstance(dose, Dose) else Dose.from_map(dose) for dose in doses])

    def check(self) -> None:
        """Raise MessageError unless doses ascend by due, and no slot, id or moment belongs to two of them."""
        if self.language not in LANGUAGES:
            raise MessageError(OUT_OF_BOUNDS, "language is not one of " + ", ".join(LANGUAGES))
        if len({dose.slot for dose in self.doses}) != len(self.doses):
            raise MessageError(TWO_DOSES_ONE_SLOT)
        _check_ascending([dose.due_s for dose in self.doses], "doses")
        if len({dose.dose_id for dose in self.doses}) != len(self.doses):
            raise MessageError(OUT_OF_BOUNDS, "two doses have the same id")
        for index in range(1, len(self.doses)):
            if self.doses[index - 1].late_until_s > self.doses[index].opens_s:  # never before closes_s
                raise MessageError(OUT_OF_BOUNDS, "a dose opens before the dose before it is locked for good")
        self._check_medium()

    def _check_medium(self) -> None:
        if (self.medium == MEDIUM_ROLL) != (self.roll is not None):
            raise MessageError(OUT_OF_BOUNDS, "a roll has a manifest, a tray has none")
        if self.roll is not None:
            from protocol.roll_manifest import check_roll

            check_roll(self, self.roll)
        elif max([dose.slot for dose in self.doses]) > TRAY_SLOTS:
            raise MessageError(OUT_OF_BOUNDS, "a tray has %d slots" % TRAY_SLOTS)


def _profile(value: object) -> "ReminderProfile | None":
    return value if value is None or isinstance(value, ReminderProfile) else ReminderProfile.from_map(value)


def _roll(value: object) -> "RollManifest | None":
    if value is None:
        return None
    from protocol.roll_manifest import read_roll

    return read_roll(value)


def _offsets(value: object) -> "tuple[tuple[int, int], ...]":
    checked = []
    for item in items(value, 1, MAX_OFFSETS, "offsets"):
        from_s, offset_s = pair(item, "offset")
        within(from_s, 0, U32_MAX, "from_s")
        checked.append((from_s, within(offset_s, -12 * 3600, 14 * 3600, "offset_s")))  # all zones on earth
    _check_ascending([from_s for from_s, _ in checked], "offsets")
    return tuple(checked)


def _quiet(value: object) -> "tuple[tuple[int, int], ...]":
    checked = []
    for item in items(value, 0, MAX_QUIET, "quiet"):
        from_min, to_min = pair(item, "quiet hours")
        within(from_min, 0, DAY_MIN - 1, "from_min")
        checked.append((from_min, within(to_min, 0, DAY_MIN - 1, "to_min")))
    return tuple(checked)


def _check_ascending(values: "list[int]", name: str) -> None:
    for index in range(1, len(values)):
        if values[index] <= values[index - 1]:
            raise MessageError(OUT_OF_BOUNDS, name + " are not in ascending order")
