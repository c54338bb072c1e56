"""The schema against real bytes: dosevakt.cddl says what the code does."""

from pathlib import Path

import pytest
from pycddl import Schema, ValidationError

from protocol import cbor, cose, events, link_messages, link_start
from protocol.tests import samples, vectors

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
            broken.append({k: v for k, v in value.items() if k != key})
            broken.append({**value, key: None})
    for wrong in broken:
        with pytest.raises(ValidationError):
            check(rule, cbor.encode(wrong))


# pycddl takes any map for {}, so bodies without fields are left to the readers' own tests.
@pytest.mark.parametrize(
    "body", [b for b in samples.EVENT_BODIES if b.FIELDS], ids=lambda b: type(b).__name__
)
def test_an_event_body_belongs_to_its_type(body):
    """The schema ties each event type to its fields: one more is refused."""
    fields = samples.EVENTS[0].to_map()
    fields[8], fields[9] = body.TYPE, {**body.to_map(), 90: 1}
    with pytest.raises(ValidationError):
        check("event", cbor.encode(fields))


def test_the_schema_knows_every_kind():
    """Each event and link message of the code has a sample, and so a line in the schema."""
    assert {type(body) for body in samples.EVENT_BODIES} == set(events.BODIES.values())
    assert {type(message) for message in samples.LINK_MESSAGES} == set(link_messages.KINDS.values())
