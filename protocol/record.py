"""The base of every value on the wire, and the checks its constructor makes: refuse, never clamp."""

from protocol.errors import BAD_BYTES, OUT_OF_BOUNDS, UNKNOWN_FIELD, MessageError

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any, Self

U8_MAX = 0xFF
U16_MAX = 0xFFFF
U32_MAX = 0xFFFFFFFF
MS_MAX = (1 << 48) - 1  # 8,900 years in milliseconds: room enough, and a float holds it exactly


class Record:
    """A value with wire keys: to a map, from a map, == by type and content, repr.

    FIELDS: (wire key, attribute and constructor argument), in constructor order; a key is never reused.
    OPTIONAL: wire keys that may be absent; the attribute is None then.
    """

    FIELDS: "tuple[tuple[int, str], ...]" = ()
    OPTIONAL: "tuple[int, ...]" = ()

    def __init__(self, *values: "Any") -> None:
        """A record without fields; every other record has a constructor of its own."""
        if values:
            raise MessageError(UNKNOWN_FIELD, type(self).__name__)

    def to_map(self) -> dict[int, object]:
        """The wire map of this value: unsigned-int keys, plain CBOR values."""
        fields: dict[int, object] = {}
        for key, name in self.FIELDS:
            value = getattr(self, name)
            if value is not None or key not in self.OPTIONAL:
                fields[key] = plain(value)
        return fields

    @classmethod
    def from_map(cls, fields: object) -> "Self":
        """The value of a wire map.

        Raises MessageError: BAD_BYTES (no map, field missing), UNKNOWN_FIELD, or what the constructor says.
        """
        if not isinstance(fields, dict):
            raise MessageError(BAD_BYTES, cls.__name__ + " is not a map")
        values = []
        used = 0
        for key, name in cls.FIELDS:
            value = fields.get(key)
            if key in fields:
                used += 1
                if value is None:
                    raise MessageError(BAD_BYTES, cls.__name__ + "." + name + " is null")
            elif key not in cls.OPTIONAL:
                raise MessageError(BAD_BYTES, cls.__name__ + "." + name + " is missing")
            values.append(value)
        if used != len(fields):
            raise MessageError(UNKNOWN_FIELD, cls.__name__)
        return cls(*values)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Record) and self.to_map() == other.to_map()

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        parts = [name + "=" + repr(getattr(self, name)) for _, name in self.FIELDS]
        return type(self).__name__ + "(" + ", ".join(parts) + ")"


class Message(Record):
    """A record that names its kind on the wire."""

    TYPE = 0


def plain(value: object) -> object:
    """The same value in CBOR's own words: records become maps, tuples become arrays."""
    if isinstance(value, Record):
        return value.to_map()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def within(value: object, low: int, high: int, name: str) -> int:
    """`value` if it is an integer in low..high, both included; else MessageError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise MessageError(BAD_BYTES, name + " is not an integer")
    if value < low or value > high:
        raise MessageError(OUT_OF_BOUNDS, "%s is %d, allowed is %d to %d" % (name, value, low, high))
    return value


def exactly(value: object, n: int, name: str) -> bytes:
    """`value` if it is a byte string of exactly n bytes; else MessageError."""
    if not isinstance(value, bytes):
        raise MessageError(BAD_BYTES, name + " is not a byte string")
    if len(value) != n:
        raise MessageError(OUT_OF_BOUNDS, "%s has %d bytes, not %d" % (name, len(value), n))
    return value


def at_most(value: object, n: int, name: str) -> bytes:
    """`value` if it is a byte string of 1 to n bytes; else MessageError."""
    if not isinstance(value, bytes):
        raise MessageError(BAD_BYTES, name + " is not a byte string")
    if not 0 < len(value) <= n:
        raise MessageError(OUT_OF_BOUNDS, "%s has %d bytes, allowed is 1 to %d" % (name, len(value), n))
    return value


def text(value: object, max_chars: int, name: str) -> str:
    """`value` if it is text of at most max_chars characters, none of them a control character."""
    if not isinstance(value, str):
        raise MessageError(BAD_BYTES, name + " is not text")
    if len(value) > max_chars:
        raise MessageError(
            OUT_OF_BOUNDS, "%s has %d characters, allowed is %d" % (name, len(value), max_chars)
        )
    for char in value:
        if char < " " or char == "\x7f":
            raise MessageError(OUT_OF_BOUNDS, name + " holds a control character")
    return value


def flag(value: object, name: str) -> bool:
    """`value` if it is true or false; else MessageError."""
    if not isinstance(value, bool):
        raise MessageError(BAD_BYTES, name + " is neither true nor false")
    return value


def items(value: object, low: int, high: int, name: str) -> "list[Any]":
    """`value` as a list of low..high items; else MessageError."""
    if not isinstance(value, (list, tuple)):
        raise MessageError(BAD_BYTES, name + " is not an array")
    if not low <= len(value) <= high:
        raise MessageError(
            OUT_OF_BOUNDS, "%s has %d items, allowed is %d to %d" % (name, len(value), low, high)
        )
    return list(value)


def pair(value: object, name: str) -> "tuple[Any, Any]":
    """`value` as two items; else MessageError."""
    two = items(value, 2, 2, name)
    return two[0], two[1]
