"""Sound messages, damaged on purpose.  Seeded: the same seed makes the same cases.

Random bytes end at a parser's first check.  What begins as a sound message and is changed in one to four places gets
past it: bytes are flipped, cut, put in, repeated and taken from another message; values of CBOR or JSON are replaced,
left out, doubled and swapped, also inside bytes that are CBOR themselves; frames of a line are changed and get a
checksum that fits.
"""

import json
from binascii import crc32
from collections.abc import Callable
from random import Random
from typing import Any

from protocol import cbor, frame
from protocol.errors import MessageError

MAX_CASE = (
    70_000  # bytes: somewhat more than the largest thing any parser here takes (an MQTT payload, 64 KiB)
)
COSE_TAG = b"\xd2"

_EDGES = [0, 1, 2, 23, 24, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x10000, (1 << 31) - 1, 1 << 31]
_EDGES += [0xFFFFFFFF, 1 << 32, (1 << 48) - 1, 1 << 48, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]
NUMBERS = _EDGES + [-1 - number for number in _EDGES]
TEXTS = [
    "",
    "a",
    "0",
    "nb",
    "å" * 40,
    "\x00",
    "\x7f",
    "\u2028",
    "\U0001f48a" * 20,
    "x" * 300,
    "../../x",
    "<b>&'\"",
]
_PLAIN: list[Any] = [
    None,
    True,
    False,
    b"",
    bytes(8),
    bytes(16),
    b"\xff" * 65,
    bytes(600),
    [],
    {},
    [[]],
    [{}],
]
CBOR_WILD: list[Any] = [*NUMBERS, *TEXTS, *_PLAIN, {0: 0}, {1: {1: [b""]}}]
JSON_WILD: list[Any] = [*NUMBERS, *TEXTS, None, True, False, [], {}, [[]], {"a": 1}, 1.5, -0.0, 1e400, 10**30]
JSON_WILD += [float("nan"), "\ud800", "0" * 32, "9" * 400, ["a"] * 100]
_TOKENS = [
    b"\x00",
    b"\xff",
    b"\x00" * 9,
    b"[" * 3000,
    b"{" * 300,
    b"9" * 5000,
    b"\\u0000",
    b"\\ud800",
    b"\xef\xbb\xbf",
]
_TOKENS += [
    b"\r\n",
    b"\xe2\x80\xa8",
    b"%00",
    b"\x81" * 40,
    b"\xa1\x01" * 40,
    b"\x9f",
    b"\xbf",
    b"\xfb",
    b'"',
    b"'''",
]

Mutation = Callable[[Random, list[bytes]], bytes]


def in_bytes(chance: Random, seeds: list[bytes]) -> bytes:
    """One of the seeds with one to four places changed, whatever stands there."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 1, 1, 2, 4, 8, 64, 1000)))
        what = chance.randrange(8)
        if what == 0 and data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
        elif what == 1 and data:
            data[at % len(data)] = chance.choice(
                (0, 1, 0x17, 0x18, 0x19, 0x1B, 0x40, 0x58, 0x7F, 0x80, 0xA0, 0xF6, 0xFF)
            )
        elif what == 2:
            del data[at:end]
        elif what == 3:
            data[at:at] = chance.randbytes(chance.choice((1, 1, 2, 4, 40)))
        elif what == 4:
            data[at:at] = data[at:end] * chance.choice((1, 2, 20))
        elif what == 5:
            other = chance.choice(seeds)
            start = chance.randrange(len(other) + 1)
            data[at:end] = other[start : start + chance.choice((1, 4, 30, 1000))]
        elif what == 6:
            data[at:at] = chance.choice(_TOKENS)
        else:
            del data[at:]
    return bytes(data[:MAX_CASE])


def in_cbor(chance: Random, seeds: list[bytes]) -> bytes:
    """One of the seeds with one to three of its values changed, at any depth, and sound CBOR again."""
    data = chance.choice(seeds)
    for _ in range(chance.randint(1, 3)):
        data = _reopened(chance, data) or data
    return data[:MAX_CASE]


def in_json(chance: Random, seeds: list[bytes]) -> bytes:
    """The same for JSON."""
    value = json.loads(chance.choice(seeds))
    for _ in range(chance.randint(1, 3)):
        value = changed(chance, value, JSON_WILD)
    return json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")[:MAX_CASE]


def in_frames(chance: Random, seeds: list[bytes]) -> bytes:
    """A stream of the line: whole frames left out, doubled, swapped, borrowed or changed inside; noise between them."""
    bodies = bodies_of(chance.choice(seeds))
    for _ in range(chance.randint(1, 4)):
        at, what = chance.randrange(len(bodies) + 1), chance.randrange(7)
        if what == 0:
            del bodies[at : at + chance.choice((1, 1, 3))]
        elif what == 1:
            bodies[at:at] = bodies[at : at + 1] * chance.choice((1, 1, 5))
        elif what == 2:
            chance.shuffle(bodies[at : at + 3])
            bodies[at : at + 2] = reversed(bodies[at : at + 2])
        elif what == 3:
            bodies[at:at] = [chance.choice(bodies_of(chance.choice(seeds)) or [b""])]
        elif at < len(bodies):
            bodies[at] = _changed_body(chance, bodies[at])
    stream = b"".join(frame.encode(body[: frame.MAX_BODY]) for body in bodies)
    return in_bytes(chance, [stream]) if chance.random() < 0.2 else stream[:MAX_CASE]


def bodies_of(stream: bytes) -> list[bytes]:
    """The bodies of the sound frames in a stream, in order."""
    opened = [frame.cobs_decode(piece) for piece in stream.split(b"\x00")]
    whole = [data for data in opened if data is not None and len(data) >= 4]
    return [data[:-4] for data in whole if crc32(data[:-4]).to_bytes(4, "big") == data[-4:]]


def _changed_body(chance: Random, body: bytes) -> bytes:
    """Kind, session, seq or ack, a byte anywhere, or a value of the payload."""
    head, payload = bytearray(body[:10]), body[10:]
    what = chance.randrange(5)
    if what == 0 and head:
        head[0] = chance.randrange(12)
    elif what == 1 and len(head) > 1:
        head[1] = chance.choice((0, 1, head[1] ^ 1, 255))
    elif what == 2 and len(head) == 10:
        at = chance.choice((2, 6))
        number = int.from_bytes(head[at : at + 4], "big") + chance.choice((-2, -1, 1, 2, 64, 1 << 31))
        head[at : at + 4] = (number & 0xFFFFFFFF).to_bytes(4, "big")
    elif what == 3 and payload:
        payload = in_cbor(chance, [payload])
    else:
        return in_bytes(chance, [body])
    return bytes(head) + payload


def changed(chance: Random, value: Any, wild: list[Any]) -> Any:
    """The value with one change somewhere: itself, or one of its parts."""
    if isinstance(value, bytes) and chance.random() < 0.7:
        inner = _reopened(chance, value)
        if inner is not None:
            return inner
    if isinstance(value, list | dict) and value and chance.random() < 0.85:
        return _changed_part(chance, value, wild)
    if isinstance(value, bool) or chance.random() < 0.3:
        return chance.choice(wild)
    if isinstance(value, int):
        return value + chance.choice((-1, 1)) if chance.random() < 0.4 else chance.choice(NUMBERS)
    if isinstance(value, bytes):
        return in_bytes(chance, [value])
    if isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        return value[:at] + chance.choice(TEXTS) + value[at + chance.randrange(2) :]
    return chance.choice(wild)


def _changed_part(chance: Random, value: Any, wild: list[Any]) -> Any:
    value = list(value) if isinstance(value, list) else dict(value)
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key, what = chance.choice(keys), chance.randrange(10)
    if what == 0:
        del value[key]
    elif what == 1 and isinstance(value, list):
        value[key:key] = [value[key]] * chance.choice((1, 1, 3, 60, 300))
    elif what == 2:
        other = chance.choice(keys)
        value[key], value[other] = value[other], value[key]
    elif what == 3 and isinstance(value, dict):
        value[chance.randrange(1, 12) if isinstance(key, int) else key + "x"] = chance.choice(wild)
    else:
        value[key] = changed(chance, value[key], wild)
    return value


def _reopened(chance: Random, data: bytes) -> bytes | None:
    """CBOR, or COSE, changed inside; None if it is none, or can no longer be written."""
    tag = COSE_TAG if data[:1] == COSE_TAG else b""
    try:
        value = cbor.decode(data[len(tag) :], MAX_CASE)
        return (
            tag + cbor.encode(changed(chance, value, CBOR_WILD)) if isinstance(value, list | dict) else None
        )
    except MessageError:
        return None
