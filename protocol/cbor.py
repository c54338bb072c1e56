"""The part of CBOR we allow, written one way only (RFC 8949 section 4.2.1) and read just as strictly.

Allowed: integers of 64 bits, byte strings, text, arrays, maps with unsigned-int keys in ascending order,
true, false, null.  Refused: floats, tags, indefinite lengths, a number written longer than needed, a key
twice or out of order, text that is no UTF-8, bytes after the value, nesting deeper than MAX_DEPTH.  So a
value has exactly one encoding, and what was signed is what is compared.  COSE's tag 18 is cose.py's affair.
"""

from protocol.errors import BAD_BYTES, TOO_LARGE, MessageError

MAX_DEPTH = 8  # arrays and maps inside each other; our deepest message (a load plan's dose) needs 5
MAX_BYTES = 8192  # the largest message of the device link (link.py)

_UINT, _NINT, _BYTES, _TEXT, _ARRAY, _MAP, _SIMPLE = 0x00, 0x20, 0x40, 0x60, 0x80, 0xA0, 0xE0
_FALSE, _TRUE, _NULL = 0xF4, 0xF5, 0xF6
_U64 = 1 << 64
_SMALLEST = (24, 1 << 8, 1 << 16, 1 << 32)  # what an argument of 1, 2, 4, 8 bytes must at least be


def encode(value: object) -> bytes:
    """The one encoding of `value`.  Raises MessageError for a value outside the allowed part of CBOR."""
    out = bytearray()
    _write(out, value, 0)
    return bytes(out)


def decode(data: bytes, limit: int = MAX_BYTES) -> object:
    """The value of `data`, all of it.

    Raises MessageError: TOO_LARGE over `limit` bytes, BAD_BYTES for anything but the one allowed encoding.
    """
    if len(data) > limit:
        raise MessageError(TOO_LARGE, "%d bytes, allowed is %d" % (len(data), limit))
    reader = Reader(bytes(data))
    value = reader.value(0)
    if reader.at != len(data):
        raise MessageError(BAD_BYTES, "bytes after the end")
    return value


def head(out: bytearray, major: int, n: int) -> None:
    """Write a major type with its argument, in the shortest form."""
    if n < 24:
        out.append(major | n)
    elif n < 1 << 8:
        out.append(major | 24)
        out.append(n)
    elif n < 1 << 16:
        out.append(major | 25)
        out.extend(n.to_bytes(2, "big"))
    elif n < 1 << 32:
        out.append(major | 26)
        out.extend(n.to_bytes(4, "big"))
    elif n < _U64:
        out.append(major | 27)
        out.extend(n.to_bytes(8, "big"))
    else:
        raise MessageError(BAD_BYTES, "an integer of more than 64 bits")


def _write(out: bytearray, value: object, depth: int) -> None:
    if value is None or value is True or value is False:
        out.append(_NULL if value is None else _TRUE if value else _FALSE)
    elif isinstance(value, int):
        if value >= 0:
            head(out, _UINT, value)
        else:
            head(out, _NINT, -1 - value)
    elif isinstance(value, bytes):
        head(out, _BYTES, len(value))
        out.extend(value)
    elif isinstance(value, str):
        _write_text(out, value)
    elif isinstance(value, (list, tuple, dict)):
        if depth >= MAX_DEPTH:
            raise MessageError(BAD_BYTES, "nested too deep")
        if isinstance(value, dict):
            _write_map(out, value, depth + 1)
        else:
            head(out, _ARRAY, len(value))
            for item in value:
                _write(out, item, depth + 1)
    else:
        raise MessageError(BAD_BYTES, "no place for " + type(value).__name__)


def _write_text(out: bytearray, value: str) -> None:
    try:
        data = value.encode()
    except UnicodeError:  # half a surrogate pair
        raise MessageError(BAD_BYTES, "text is not UTF-8")
    head(out, _TEXT, len(data))
    out.extend(data)


def _write_map(out: bytearray, fields: "dict[object, object]", depth: int) -> None:
    keys = []
    for key in fields:
        if isinstance(key, bool) or not isinstance(key, int) or key < 0:
            raise MessageError(BAD_BYTES, "a map key is no unsigned integer")
        keys.append(key)
    keys.sort()  # ascending numbers are also ascending bytes: the order of RFC 8949 4.2.1
    head(out, _MAP, len(keys))
    for key in keys:
        head(out, _UINT, key)
        _write(out, fields[key], depth)


class Reader:
    """One pass over the bytes; `at` is the next byte to read.  A board reads a plan by a map() of its own."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def value(self, depth: int) -> object:
        at = self.at
        if at >= len(self.data):
            raise MessageError(BAD_BYTES, "cut short")
        first = self.data[at]
        self.at = at + 1
        n = first & 0x1F
        if n >= 24:
            n = self._argument(first, n)
        major = first & 0xE0
        if major == _UINT:
            return n
        if major == _BYTES:
            return self._take(n)
        if major == _TEXT:
            return _text(self._take(n))
        if major == _NINT:
            return -1 - n
        if major == _ARRAY or major == _MAP:
            if depth >= MAX_DEPTH:
                raise MessageError(BAD_BYTES, "nested too deep")
            return self._array(n, depth + 1) if major == _ARRAY else self.map(n, depth + 1)
        if major == _SIMPLE and _FALSE <= first <= _NULL:
            return None if first == _NULL else first == _TRUE
        raise MessageError(BAD_BYTES, "a tag, float or simple value")

    def _argument(self, first: int, n: int) -> int:
        """The 1, 2, 4 or 8 bytes that follow an initial byte, if they are needed and well used."""
        if n > 27 or first >= _SIMPLE:
            raise MessageError(BAD_BYTES, "an indefinite length, float or simple value")
        n -= 24
        argument = int.from_bytes(self._take(1 << n), "big")
        if argument < _SMALLEST[n]:
            raise MessageError(BAD_BYTES, "a number longer than needed")
        return argument

    def _key(self) -> int:
        at = self.at
        if at >= len(self.data):
            raise MessageError(BAD_BYTES, "cut short")
        first = self.data[at]
        self.at = at + 1
        if first < 24:
            return first
        if first >= _NINT:
            raise MessageError(BAD_BYTES, "a map key is no unsigned integer")
        return self._argument(first, first)

    def _take(self, n: int) -> bytes:
        at = self.at
        if n > len(self.data) - at:
            raise MessageError(BAD_BYTES, "cut short")
        self.at = at + n
        return self.data[at : at + n]

    def _array(self, n: int, depth: int) -> "list[object]":
        if n > len(self.data) - self.at:  # an item takes a byte at least: no memory for promises
            raise MessageError(BAD_BYTES, "cut short")
        return [self.value(depth) for _ in range(n)]

    def map(self, n: int, depth: int) -> object:
        """The map of n entries that begins here; depth: 1 for one that lies in no other."""
        fields: dict[int, object] = {}
        last = -1
        for _ in range(n):
            key = self._key()
            if key <= last:
                raise MessageError(BAD_BYTES, "map keys twice or out of order")
            last = key
            fields[key] = self.value(depth)
        return fields


def _text(data: bytes) -> str:
    try:
        value = data.decode()
    except UnicodeError:
        raise MessageError(BAD_BYTES, "text is not UTF-8")
    if len(value) != len(data):
        _check_utf8(data)
    return value


def _check_utf8(data: bytes) -> None:
    """Refuse what MicroPython's decoder lets pass: overlong forms, surrogates, beyond U+10FFFF (RFC 3629)."""
    before = 0
    for byte in data:
        if (
            byte in (0xC0, 0xC1)
            or byte > 0xF4
            or (before == 0xE0 and byte < 0xA0)
            or (before == 0xED and byte > 0x9F)
            or (before == 0xF0 and byte < 0x90)
            or (before == 0xF4 and byte > 0x8F)
        ):
            raise MessageError(BAD_BYTES, "text is not UTF-8")
        before = byte
