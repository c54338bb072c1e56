"""A plan read dose by dose is the plan that was sent, and what is no plan is refused as before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core.piecemeal import read_command, read_heading
from firmware.core.plan import to_schedule
from firmware.core.tests.bench import a_plan
from firmware.core.tests.examples import examples
from firmware.core.tests.rolls import a_roll
from protocol import cbor, errors
from protocol.commands import ActivatePlan, Command, StoreLoadPlan, decode_command
from protocol.errors import MessageError
from protocol.refill_commands import ConfirmRoll

DEVICE = b"12345678"
FULL = a_roll(bytes([1, 2] * 28))


def sent(body) -> bytes:
    return Command(DEVICE, 7, 2_000_000_000, body).encode()


def refused(payload: bytes) -> int:
    with pytest.raises(MessageError) as caught:
        read_command(payload)
    return caught.value.code


@pytest.mark.parametrize(
    "plan", [a_plan(3, late_s=5400), a_plan(2, flags=4), FULL, a_roll(b"\1\0\2", header=2)]
)
def test_the_device_doses_by_the_plan_that_was_sent(plan):
    """Packed or not: the same times, slots, tablets and roll."""
    heading, order = read_command(sent(StoreLoadPlan(plan)))
    assert (heading.device_id, heading.counter, heading.type) == (DEVICE, 7, StoreLoadPlan.TYPE)
    assert to_schedule(order.plan).encode() == to_schedule(plan).encode()
    assert [dose.pills for dose in order.plan.doses] == [dose.pills for dose in plan.doses]
    assert len(order.plan.doses) == len(plan.doses)


@pytest.mark.parametrize("body", [ActivatePlan(bytes(16), 3), ConfirmRoll(9)])
def test_every_other_command_is_read_as_ever(body):
    """The body that was sent, and the heading that a refusal must name."""
    assert read_command(sent(body))[1] == body
    assert read_heading(sent(body)).counter == 7


def spoilt(change) -> bytes:
    fields = Command(DEVICE, 7, 2_000_000_000, StoreLoadPlan(FULL)).to_map()
    change(fields[5][1])
    return cbor.encode(fields)


def two_in_one_slot(plan):
    plan[4][1][2] = plan[4][0][2]


def unknown_in_a_dose(plan):
    plan[4][1][99] = 1


def no_window(plan):
    plan[4][1][5] = 1


def bytes_for_a_dose(plan):
    plan[4][1] = bytes(31)


def array_for_a_dose(plan):
    plan[4][1] = [1]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (two_in_one_slot, errors.TWO_DOSES_ONE_SLOT),
        (unknown_in_a_dose, errors.UNKNOWN_FIELD),
        (no_window, errors.OUT_OF_BOUNDS),
        (bytes_for_a_dose, errors.BAD_BYTES),
        (array_for_a_dose, errors.BAD_BYTES),
    ],
)
def test_a_plan_that_breaks_a_rule_is_refused_and_its_command_can_be_named(change, code):
    """The refusal carries the same code as for a plan read at once; counter and type are known."""
    payload = spoilt(change)
    assert read_heading(payload).counter == 7
    assert refused(payload) == code
    with pytest.raises(MessageError) as whole:
        decode_command(payload)
    assert whole.value.code == code


@given(st.data())
@examples(200)
def test_no_bytes_read_differently_in_pieces(data):
    """Whatever is cut off, added or changed: both ways of reading say the same, or both refuse."""
    payload = bytearray(sent(StoreLoadPlan(a_roll(b"\1\2"))))
    for at in data.draw(st.lists(st.integers(0, len(payload) - 1), max_size=2)):
        payload[at] = data.draw(st.integers(0, 255))
    payload = bytes(
        payload[: data.draw(st.integers(0, len(payload)))] if data.draw(st.booleans()) else payload
    )
    payload += data.draw(st.sampled_from([b"", b"\0"]))

    def outcome(read):
        try:
            return to_schedule(read(payload).plan).encode()
        except (MessageError, AttributeError):  # with two faults in it, either may be named
            return None

    assert outcome(lambda p: read_command(p)[1]) == outcome(lambda p: decode_command(p).body)


def test_a_message_larger_than_the_link_can_bring_is_refused():
    """8 KB, as everywhere."""
    assert refused(bytes(8193)) == errors.TOO_LARGE
    assert refused(bytes(8192)) != errors.TOO_LARGE


def test_a_command_that_this_version_does_not_know_is_refused_as_such():
    """By its number; the refusal can name it."""
    payload = cbor.encode({1: DEVICE, 2: 7, 3: 2_000_000_000, 4: 99, 5: {}})
    assert (read_heading(payload).type, refused(payload)) == (99, errors.UNKNOWN_TYPE)
