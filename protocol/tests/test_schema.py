"""The schema against real bytes: dosevakt.cddl says what the code does."""

from pathlib import Path

import pytest
from pycddl import Schema, ValidationError

from protocol import (
    cbor,
    commands,
    cose,
    events,
    link_messages,
    link_setup,
    link_start,
    refill_commands,
    service_commands,
    service_events,
    service_messages,
)
from protocol.commands import StoreLoadPlan
from protocol.record import Message
from protocol.tests import samples, samples_service, vectors
from protocol.tests.makers import code_of
from protocol.tests.test_both_care import BOUNDS as CARE_BOUNDS
from protocol.tests.test_both_refill import BOUNDS as REFILL_BOUNDS
from protocol.tests.test_both_service import BOUNDS as SERVICE_BOUNDS

TEXT = (Path(__file__).parents[1] / "dosevakt.cddl").read_text()
SCHEMAS: dict[str, Schema] = {}


def check(rule, data):
    if rule not in SCHEMAS:
        SCHEMAS[rule] = Schema(f"root = {rule}\n{TEXT}")
    SCHEMAS[rule].validate_cbor(data)


@pytest.mark.parametrize("name", vectors.names())
def test_every_golden_message_fits_the_schema(name):
    """Somebody who builds from the schema builds what we read."""
    vector = vectors.read(name)
    check(vector["rule"], bytes.fromhex(vector["hex"]))


@pytest.mark.parametrize("name", ["signed-event", "signed-command", "signed-receipt"])
def test_every_signed_message_fits_the_schema(name):
    """The envelope of what is signed, and its protected header, fit the schema."""
    data = bytes.fromhex(vectors.read(name)["cose"])
    check("signed", data)
    check("protected-header", cose.parse_sign1(data).protected)
    check(name[7:], cose.parse_sign1(data).payload)


def test_the_version_answer_fits_the_schema():
    """REFUSED carries our version as the schema says."""
    check("refused", link_start.refusal())


@pytest.mark.parametrize("row", samples.every(), ids=lambda row: row[0])
def test_the_schema_misses_no_field(row):
    """A field less, or one of another kind, is refused by the schema too."""
    _, rule, message, data = row
    value = cbor.decode(data)
    if isinstance(value, list):
        broken = [
            [value[0], None],
            [200, value[1]],
        ]  # pycddl takes an array cut short; cbor.py's readers do not
    else:
        broken = []
        for key in value:
            if key in message.OPTIONAL:
                continue
            broken.append({k: v for k, v in value.items() if k != key})
            broken.append({**value, key: None})
    for wrong in broken:
        with pytest.raises(ValidationError):
            check(rule, cbor.encode(wrong))


# pycddl takes any map for {}, so bodies without fields are left to the readers' own tests.
@pytest.mark.parametrize(
    "body",
    [b for b in samples.EVENT_BODIES + samples_service.EVENT_BODIES if b.FIELDS],
    ids=lambda b: type(b).__name__,
)
def test_an_event_body_belongs_to_its_type(body):
    """The schema ties each event type to its fields: one more is refused."""
    fields = samples.EVENTS[0].to_map()
    fields[8], fields[9] = body.TYPE, {**body.to_map(), 90: 1}
    with pytest.raises(ValidationError):
        check("event", cbor.encode(fields))


def fits(body, fields):
    """Whether the schema takes these fields as a body of this event or command."""
    is_event = type(body) in (*events.BODIES.values(), *service_events.SERVICE_EVENTS)
    message = (samples.EVENTS[0] if is_event else samples.COMMANDS[0]).to_map()
    message.update({8: body.TYPE, 9: fields} if is_event else {4: body.TYPE, 5: fields})
    try:
        check("event" if is_event else "command", cbor.encode(message))
    except ValidationError:
        return False
    return True


BODIES = [
    *samples.EVENT_BODIES,
    *[body for _, body in samples.FULLER_BODIES],
    *[command.body for command in samples.COMMANDS],
    samples.TRIP_COMMAND.body,
    *samples_service.EVENT_BODIES,
    *samples_service.COMMAND_BODIES,
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: type(body).__name__)
def test_the_schema_misses_no_field_of_a_body(body):
    """A body with a field less, with one that is null or with one of another kind is refused by the schema too."""
    whole = body.to_map()
    assert fits(body, whole)
    for key in whole:
        less = {k: v for k, v in whole.items() if k != key}
        readable = code_of(type(body).from_map, less) == 0
        assert fits(body, less) == readable
        for wrong in (None, True, "", []):  # pycddl takes a map or -1 for some of them; our readers do not
            if isinstance(whole[key], bytes) and wrong == "":
                continue  # pycddl: with .size a text passes for bytes
            if type(wrong) is not type(whole[key]):
                assert not fits(body, {**whole, key: wrong})


@pytest.mark.parametrize(
    ("kind", "arguments", "fields"),
    [
        row
        for row in CARE_BOUNDS + REFILL_BOUNDS + SERVICE_BOUNDS
        if issubclass(row[0], Message) and row[0] is not link_messages.Trusted
    ],
)
def test_the_schema_has_the_same_bounds(kind, arguments, fields):
    """One less than the first allowed number, and one more than the last, are refused by the schema too."""
    body = kind(*arguments)
    for index, low, high in fields:
        key = kind.FIELDS[index][0]
        for value in (low, high):
            assert fits(body, {**body.to_map(), key: value}), (key, value)
        for value in (low - 1, high + 1):
            assert not fits(body, {**body.to_map(), key: value}), (key, value)


def test_the_schema_bounds_a_late_release():
    """How late a dose may be had, and what it may be, has the same bounds in the schema."""
    whole = samples.PLAN_CARED_FOR.to_map()
    for key, allowed, refused in ((9, (3601, 86400), (0, 300, 86401)), (7, (0, 5), (6, 7, 8))):
        for value in allowed + refused:
            command = StoreLoadPlan(samples.PLAN_CARED_FOR)
            assert fits(command, {1: {**whole, 4: [{**whole[4][0], key: value}]}}) == (value in allowed), (
                value
            )


def test_the_schema_bounds_a_roll():
    """What a roll may be made of has the same bounds in the schema, and a tray has none."""
    whole = samples.PLAN_ROLL.to_map()
    command = StoreLoadPlan(samples.PLAN_ROLL)
    for key, allowed, refused in (
        (1, ("7", "A-z9" * 3), ("", "4" * 13, 4711)),
        (2, (b"\x01", b"\x01" * 56), (b"", b"\x01" * 57)),
        (3, (0, 3), (-1, 4)),
        (4, (0, 3), (-1, 4)),
        (5, (True, False), ("true", None)),
        (6, (40, 120), (39, 121)),
    ):
        for value in allowed + refused:
            changed = {**whole, 9: {**whole[9], key: value}}
            assert fits(command, {1: changed}) == (value in allowed), (key, value)
    assert not fits(command, {1: {**whole, 3: 1}})
    assert not fits(command, {1: {key: whole[key] for key in whole if key != 9}})


def test_the_schema_knows_every_kind():
    """Each event, command and link message of the code has a sample, and so a line in the schema."""
    bodies = samples.EVENT_BODIES + samples_service.EVENT_BODIES
    assert {type(body) for body in bodies} == {*events.BODIES.values(), *service_events.SERVICE_EVENTS}
    orders = samples.COMMANDS + samples_service.COMMANDS
    assert {type(command.body) for command in orders} == {
        *commands.BODIES.values(),
        *refill_commands.REFILL_COMMANDS,
        *service_commands.SERVICE_COMMANDS,
    }
    said = samples.LINK_MESSAGES + samples_service.LINK_MESSAGES
    assert {type(message) for message in said} == {
        *link_messages.KINDS.values(),
        *link_setup.SETUP_KINDS,
        *service_messages.SERVICE_KINDS,
    }
