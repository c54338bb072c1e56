"""The newest word about a cause stands, whatever order the words come in."""

from itertools import permutations

from centre.core.overtaken import to_tell
from centre.core.rules import COUNTED, Clear, Note, Raise

DEVICE, OTHER = b"device-A", b"device-B"
STALL = Raise("technical", DEVICE, "code:105:stall")
ENDED = Clear(DEVICE, "code:105:stall")
ALL_ENDED = Clear(DEVICE, "code:105", every_detail=True)


def board_after(happened, comes):
    """What stands when the events come in this order: the last word told of each cause."""
    told = {}
    for place, number in enumerate(comes):
        later = [happened[n] for n in sorted(comes[:place]) if n > number]
        for news in to_tell(happened[number], later):
            told[news.cause] = type(news)
    return told


def test_in_whatever_order_words_come_the_last_that_happened_stands():
    """Begun, ended and begun again, in all orders of arrival: it stands; and ended at last: it has ended."""
    for happened in ([STALL, ENDED, STALL], [STALL, ENDED], [STALL, ENDED, STALL, ENDED]):
        for comes in permutations(range(len(happened))):
            assert board_after(happened, comes)[STALL.cause] is type(happened[-1]), (happened, comes)


def test_an_end_of_all_details_is_overtaken_by_any_of_them():
    """The older end of everything under a code does not end what began after it, and ends what began before."""
    assert to_tell(ALL_ENDED, [STALL]) == []
    assert to_tell(STALL, [ALL_ENDED]) == [STALL, ALL_ENDED]


def test_of_a_stock_that_shrinks_the_newest_words_stand():
    """Five days of stock, told after four: the row says four, and ends when four ends."""
    five, four = (
        Raise("low_stock", DEVICE, f"code:{COUNTED[0]}:", code=COUNTED[0], facts={"detail": detail})
        for detail in ("5 days", "4 days")
    )
    assert to_tell(five, [four]) == [five, four]
    ended = Clear(DEVICE, five.cause, detail="5 days")
    assert to_tell(ended, [four]) == []


def test_other_causes_other_dispensers_and_notes_are_untouched():
    """A word about something else changes nothing, and a line in the trail is always written."""
    elsewhere = Raise("technical", OTHER, "code:105:stall")
    assert to_tell(ENDED, [elsewhere, Raise("technical", DEVICE, "code:121:")]) == [ENDED]
    note = Note(DEVICE, "code:105:stall", "acknowledged")
    assert to_tell(note, [STALL]) == [note] and to_tell(ENDED, [note]) == [ENDED]
