"""What a multidose dispenser reports about its roll, beside the doses.  A tablet never loads this."""

from protocol.dose_events import LAST_SLOT
from protocol.pouch_label import MAX_POUCHES
from protocol.record import U8_MAX, U32_MAX, Message, within


class PouchesRetiring(Message):
    """The pouches of a dose that has ended are about to go to the chamber.  Journalled before the roll moves."""

    TYPE = 33
    FIELDS = ((1, "slot"), (2, "pouches"))

    def __init__(self, slot: int, pouches: int) -> None:
        self.slot = within(slot, 1, LAST_SLOT, "slot")
        self.pouches = within(pouches, 1, MAX_POUCHES, "pouches")


class PouchesRetained(Message):
    """They fell into the chamber, counted by its beam, and are out of reach.

    slot 0: nobody can say that they were all pouches of one dose (a motion that failed, a header pouch).
    """

    TYPE = 34
    FIELDS = ((1, "slot"), (2, "pouches"), (3, "chamber"))

    def __init__(self, slot: int, pouches: int, chamber: int) -> None:
        self.slot = within(slot, 0, LAST_SLOT, "slot")
        self.pouches = within(pouches, 0, MAX_POUCHES, "pouches")
        self.chamber = within(chamber, 0, U8_MAX, "chamber")  # how many lie there now


class RollConfirmed(Message):
    """By command `counter` a person vouches that the next pouch at the cutting line is the first of `slot`."""

    TYPE = 35
    FIELDS = ((1, "counter"), (2, "slot"))

    def __init__(self, counter: int, slot: int) -> None:
        self.counter = within(counter, 1, U32_MAX, "counter")
        self.slot = within(slot, 1, LAST_SLOT, "slot")


class ChamberEmptied(Message):
    """Who refilled took the pouches out of the chamber; it is empty."""

    TYPE = 36
    FIELDS = ((1, "pouches"),)

    def __init__(self, pouches: int) -> None:
        self.pouches = within(pouches, 0, U8_MAX, "pouches")  # how many had been counted in


ROLL_EVENTS = (PouchesRetiring, PouchesRetained, RollConfirmed, ChamberEmptied)
