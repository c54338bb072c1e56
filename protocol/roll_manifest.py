"""What a pharmacy's roll is made of: part of a load plan, loaded only where a plan has one."""

from protocol.dose_events import LAST_SLOT
from protocol.errors import BAD_BYTES, OUT_OF_BOUNDS, MessageError
from protocol.pouch_label import MAX_POUCHES
from protocol.record import Record, flag, text, within

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from protocol.load_plan import LoadPlan

NUMBER_LETTERS = "0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MAX_EMPTY = 3  # header or trailer pouches
MAX_ROLL = 120  # pouches in all: four weeks of two doses, one of them in two pouches, with header and trailer
MIN_PITCH_MM, MAX_PITCH_MM = 40, 120  # the pharmacies' pouches are 50 to 90 mm long (docs/hardware.md)


class RollManifest(Record):
    """The roll, pouch by pouch.  `pouches`: how many belong to slot 1, 2 ... (0: the dose lies elsewhere)."""

    FIELDS = ((1, "number"), (2, "pouches"), (3, "header"), (4, "trailer"), (5, "read"), (6, "pitch_mm"))

    def __init__(
        self, number: str, pouches: bytes, header: int, trailer: int, read: bool, pitch_mm: int
    ) -> None:
        self.number = _number(number)  # printed on the header pouch
        self.pouches = _pouches(pouches)
        self.header = within(header, 0, MAX_EMPTY, "header")  # empty pouches in front
        self.trailer = within(trailer, 0, MAX_EMPTY, "trailer")  # empty pouches behind
        self.read = flag(read, "read")  # True: nothing is released before its label has been read
        self.pitch_mm = within(pitch_mm, MIN_PITCH_MM, MAX_PITCH_MM, "pitch_mm")  # perforation to perforation
        if sum(self.pouches) + header + trailer > MAX_ROLL:
            raise MessageError(OUT_OF_BOUNDS, "the roll has more than %d pouches" % MAX_ROLL)


def read_roll(value: object) -> RollManifest:
    """A manifest as it is, or from its wire map."""
    return value if isinstance(value, RollManifest) else RollManifest.from_map(value)


def check_roll(plan: "LoadPlan", roll: RollManifest) -> None:
    """Raise MessageError unless roll and doses say the same.

    Slots ascend, because a roll is in order.  No dose can be had late: a missed pouch lies in the locked chamber.
    """
    from protocol.load_plan import MESSAGE_ONLY  # here: that file loads this one

    last = 0
    for dose in plan.doses:
        if dose.slot <= last or dose.slot > len(roll.pouches):
            raise MessageError(OUT_OF_BOUNDS, "slot %d is not on the roll, or not in order" % dose.slot)
        if dose.late_s is not None:
            raise MessageError(OUT_OF_BOUNDS, "a missed pouch lies in the chamber: it cannot be had late")
        if bool(roll.pouches[dose.slot - 1]) == bool(dose.flags & MESSAGE_ONLY):
            raise MessageError(OUT_OF_BOUNDS, "slot %d: a dose has pouches, or lies elsewhere" % dose.slot)
        last = dose.slot


def _number(value: object) -> str:
    """1 to 12 letters, digits or dashes: shown, read as a 2D code, and typed by its digits (the keypad has no more)."""
    number = text(value, 12, "number")
    if not number or not all(c in NUMBER_LETTERS for c in number):
        raise MessageError(OUT_OF_BOUNDS, "a roll's number is letters, digits and dashes")
    if not any(
        "0" <= c <= "9" for c in number
    ):  # else whoever types nothing has typed it, and any roll is taken
        raise MessageError(OUT_OF_BOUNDS, "a roll's number has at least one digit")
    return number


def _pouches(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise MessageError(BAD_BYTES, "pouches is not a byte string")
    if not 1 <= len(value) <= LAST_SLOT or max(value) > MAX_POUCHES or not max(value):
        raise MessageError(
            OUT_OF_BOUNDS, "a roll has 1 to %d slots of at most %d pouches" % (LAST_SLOT, MAX_POUCHES)
        )
    return value
