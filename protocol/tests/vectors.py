"""The golden vectors: read them, and describe a message in the same words.  For both interpreters."""

import json
import os

from protocol.record import Record

FOLDER = __file__.rsplit("/", 2)[0] + "/vectors"


def read(name):
    with open(FOLDER + "/" + name + ".json") as file:
        return _without_null(json.load(file))


def _without_null(value):
    """A field that is absent may be written as null, or not at all: older vectors do not know the newer fields."""
    if isinstance(value, dict):
        return {key: _without_null(value[key]) for key in value if value[key] is not None}
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    return value


def names():
    """Every vector's name, without the signed ones and the frames, which have a shape of their own."""
    found = [name[:-5] for name in os.listdir(FOLDER) if name.endswith(".json")]
    return sorted([name for name in found if not name.startswith("signed-") and name != "frames"])


def describe(value):
    """A message as JSON can say it: fields by name, byte strings as "hex:..."."""
    if isinstance(value, Record):
        fields = {}
        for _, name in value.FIELDS:
            if name != "fields" and getattr(value, name) is not None:
                fields[name] = describe(getattr(value, name))
        if isinstance(getattr(value, "body", None), Record):
            fields["body"] = describe(value.body)
        fields["is"] = type(value).__name__
        return fields
    if isinstance(value, bytes):
        return "hex:" + value.hex()
    if isinstance(value, (list, tuple)):
        return [describe(item) for item in value]
    return value
