"""What a device tells of itself in service mode, on both interpreters."""

from protocol import errors
from protocol.record import U32_MAX
from protocol.service_messages import MAX_BODY
from protocol.service_state import (
    MAX_ALARMS,
    MAX_DETAIL,
    MAX_MANIFEST,
    STATES,
    ChainState,
    EventsState,
    FirmwareState,
    FlashState,
    PowerState,
    SelfTested,
    StateAsk,
)
from protocol.tests import samples_state
from protocol.tests.makers import code_of


def test_what_a_device_says_of_itself_is_read_as_it_was_written():
    """Every answer comes back as it went out, and the longest fits into one message."""
    for _, rule, record, data in samples_state.every():
        assert samples_state.DECODERS[rule](data) == record
    from protocol import cbor

    longest = EventsState(1, 2, 3, False, [[65535, "x" * MAX_DETAIL]] * MAX_ALARMS, U32_MAX)
    assert len(cbor.encode(longest.to_map())) < MAX_BODY
    whole = FirmwareState("a", 1, 2, bytes(MAX_MANIFEST), bytes(32), bytes(65))
    assert len(cbor.encode(whole.to_map())) < MAX_BODY


def test_each_part_of_the_state_has_an_answer():
    """A part that can be asked for has a record of its own; a part that nobody knows cannot be asked for."""
    assert len(STATES) == 7 and len(set(STATES)) == 7
    for part, code in ((1, 0), (7, 0), (0, errors.OUT_OF_BOUNDS), (8, errors.OUT_OF_BOUNDS)):
        assert code_of(StateAsk, part) == code, part


def test_numbers_that_cannot_be_are_refused():
    """More free blocks than blocks, a battery beyond full, an alarm without words, a verdict nobody knows: refused."""
    for kind, values, code in (
        (FlashState, (352, 353, 4096, 0), errors.OUT_OF_BOUNDS),
        (FlashState, (0, 0, 4096, 0), errors.OUT_OF_BOUNDS),
        (PowerState, (True, 4000, 1001), errors.OUT_OF_BOUNDS),
        (PowerState, (1, 4000, 1000), errors.BAD_BYTES),
        (EventsState, (1, 2, 3, False, [[105]]), errors.OUT_OF_BOUNDS),
        (EventsState, (1, 2, 3, False, [[0, ""]]), errors.OUT_OF_BOUNDS),
        (EventsState, (1, 2, 3, False, [[1, "a"]] * (MAX_ALARMS + 1)), errors.OUT_OF_BOUNDS),
        (ChainState, (0, 1, 65536, 0), errors.OUT_OF_BOUNDS),
        (FirmwareState, ("a", 1, 1, b"m", bytes(31)), errors.OUT_OF_BOUNDS),
        (FirmwareState, ("a", 1, 1, b""), errors.OUT_OF_BOUNDS),
        (SelfTested, (1, 3, ""), errors.OUT_OF_BOUNDS),
        (SelfTested, (6, 0, ""), errors.OUT_OF_BOUNDS),
        (SelfTested, (1, 0, "a\nb"), errors.OUT_OF_BOUNDS),
    ):
        assert code_of(kind, *values) == code, (kind, values)
