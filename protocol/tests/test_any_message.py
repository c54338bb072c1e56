"""Whatever the code can make, the other side reads, and the schema allows; whatever the rules forbid, nobody makes."""

from hypothesis import given
from hypothesis import strategies as st

from protocol import cbor, commands, errors, events
from protocol.load_plan import LoadPlan
from protocol.tests import strategies
from protocol.tests.makers import code_of, plan
from protocol.tests.samples import DEVICE, HEAD, MORNING_S
from protocol.tests.test_schema import check


@given(strategies.EVENT_BODIES)
def test_every_event_arrives_as_it_was_sent(body):
    """An event that a device can write is read by the others as the same event, and fits the schema."""
    event = events.Event(DEVICE, 2, HEAD, MORNING_S, events.CLOCK_SYNCED, 1, 1, body)
    assert events.decode_event(event.encode()).body == body
    check("event", event.encode())


@given(strategies.COMMAND_BODIES)
def test_every_command_arrives_as_it_was_sent(body):
    """A command that the centre can write is read by the device as the same command, and fits the schema."""
    command = commands.Command(DEVICE, 1, MORNING_S, body)
    assert commands.decode_command(command.encode()).body == body
    check("command", command.encode())


@given(strategies.EVENT_BODIES | strategies.COMMAND_BODIES, st.data())
def test_a_message_in_part_is_no_other_message(body, data):
    """A message that lost a field, or has one of another kind, is refused or says less: never something else."""
    fields = cbor.decode(cbor.encode(body.to_map()))
    key = data.draw(st.sampled_from(sorted(fields)))
    whole = fields.pop(key)
    wrong = [None, 1.5, [[]], {}] if isinstance(whole, bool) else [None, True, 1.5, [[]], {}]
    code = code_of(type(body).from_map, fields)
    assert code == errors.BAD_BYTES or key in body.OPTIONAL
    fields[key] = data.draw(st.sampled_from(wrong))
    code = code_of(type(body).from_map, fields)
    assert code == errors.BAD_BYTES or (isinstance(whole, list) and code == errors.OUT_OF_BOUNDS)


@given(strategies.dose_rows())
def test_no_two_doses_of_a_plan_can_be_had_at_the_same_moment(doses):
    """A plan exists exactly if each dose opens only when the one before is locked for good, late release included."""
    apart = all(
        max(before.due_s + before.window_s, before.due_s + (before.late_s or 0))
        <= after.due_s - after.opens_early_s
        for before, after in zip(doses, doses[1:], strict=False)
    )
    assert code_of(plan, doses) == (0 if apart else errors.OUT_OF_BOUNDS)
    if apart:
        held = plan(doses)
        check("load-plan", cbor.encode(held.to_map()))
        assert LoadPlan.from_map(cbor.decode(cbor.encode(held.to_map()))) == held
