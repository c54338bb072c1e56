"""What is said when a journal is read or a device comes back, on both interpreters."""

from protocol import cbor, errors
from protocol.dose_events import LAST_SLOT
from protocol.service_journal import MAX_EVENT_BYTES, MAX_ROWS, JournalPage
from protocol.service_messages import MAX_BODY
from protocol.service_return import COUNT, ERASE, LEFT, WIPE, Counts, ReturnAsk
from protocol.tests import samples_return
from protocol.tests.makers import code_of


def test_a_page_and_a_count_are_read_as_they_were_written():
    """Every question and answer comes back as it went out, and the longest fits into one message."""
    for _, rule, record, data in samples_return.every():
        assert samples_return.DECODERS[rule](data) == record
    largest = (
        JournalPage(1, [bytes(MAX_EVENT_BYTES)], 1, 0),
        Counts(True, 2, [(LAST_SLOT, 20, 3)] * LAST_SLOT, 20, 1, 0),
    )
    for record in largest:
        assert len(cbor.encode(record.to_map())) < MAX_BODY


def test_a_wipe_names_the_record_of_what_is_wiped():
    """Nobody wipes without the erase record's hash, and no other step has one."""
    for step, record_hash, code in (
        (COUNT, None, 0),
        (ERASE, None, 0),
        (WIPE, bytes(16), 0),
        (WIPE, None, errors.BAD_BYTES),
        (ERASE, bytes(16), errors.BAD_BYTES),
        (WIPE, bytes(15), errors.OUT_OF_BOUNDS),
        (4, None, errors.OUT_OF_BOUNDS),
    ):
        assert code_of(ReturnAsk, step, record_hash) == code, step


def test_pages_and_counts_that_cannot_be_are_refused():
    """A row that is no bytes, too many rows, a slot that no device has, a state nobody knows: refused."""
    for kind, values, code in (
        (JournalPage, (1, ["text"], 1, 0), errors.BAD_BYTES),
        (JournalPage, (1, [b""] * (MAX_ROWS + 1), 1, 0), errors.OUT_OF_BOUNDS),
        (JournalPage, (1, [bytes(MAX_EVENT_BYTES + 1)], 1, 0), errors.OUT_OF_BOUNDS),
        (JournalPage, (0, [], 1, 0), errors.OUT_OF_BOUNDS),
        (Counts, (1, 1, [], 0, 1, 0), errors.BAD_BYTES),
        (Counts, (True, 3, [], 0, 1, 0), errors.OUT_OF_BOUNDS),
        (Counts, (True, 1, [(0, 1, LEFT)], 0, 1, 0), errors.OUT_OF_BOUNDS),
        (Counts, (True, 1, [(1, 21, LEFT)], 0, 1, 0), errors.OUT_OF_BOUNDS),
        (Counts, (True, 1, [(1, 1, 4)], 0, 1, 0), errors.OUT_OF_BOUNDS),
        (Counts, (True, 1, [(1, 1)], 0, 1, 0), errors.OUT_OF_BOUNDS),
    ):
        assert code_of(kind, *values) == code, (kind, values)
