"""What the board reads of foreign bytes beside the protocol: commands in pieces, tags, labels, its own flash.

On CPython: these modules are the same files, and what MicroPython does otherwise is tested in protocol/tests.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware.core import credentials, piecemeal, schedule
from firmware.core.ledger import Ledger
from firmware.core.ledger_snapshot import from_snapshot, to_snapshot
from firmware.core.plan import to_schedule
from firmware.drivers.label_reader import DONE, MOST_LETTERS, label_of
from firmware.drivers.nfc_reader import ADDRESS, NfcReader
from protocol import cbor
from protocol.commands import decode_command
from protocol.credentials import tag_hash
from protocol.errors import MessageError
from protocol.tests import samples
from protocol.tests.fuzz import Take, Target, always, reads
from protocol.tests.fuzz_targets import samples_of
from protocol.tests.mutator import in_bytes, in_cbor

BOTH = (in_bytes, in_cbor, in_cbor)
UID = bytes.fromhex("04a1b2c3d4e5f6")
PLANS = (samples.PLAN_FULL, samples.PLAN_SMALL, samples.PLAN_ROLL, samples.PLAN_CARED_FOR)
FRAME_BYTES = 64
NO_NUMBER = "0a010101004400000000000000000000000000000000"  # a tag whose number has no bytes


def _in_pieces(payload: bytes) -> bool:
    """Both ways of reading a command say the same: the one that packs a plan, and the whole one."""
    try:
        _, packed = piecemeal.read_command(payload)
    except MessageError:
        packed = None
    try:
        whole = decode_command(payload).body
    except MessageError:
        assert packed is None, "read in pieces, refused as a whole"
        return False
    assert packed is not None, "read as a whole, refused in pieces"
    if hasattr(whole, "plan"):
        assert to_schedule(packed.plan).encode() == to_schedule(whole.plan).encode()
    else:
        assert packed == whole
    return True


def _label(heard: bytes) -> bool:
    label = label_of(DONE + heard)
    assert label is None or (
        0 < len(label) <= MOST_LETTERS and label.encode() in heard and label.isprintable()
    )
    return label is not None


class _Wire:
    """An I2C bus with a near-field chip that acknowledges every command and answers with these bodies."""

    def __init__(self, answers: list[bytes], sound: bool) -> None:
        self._answers, self._sound = answers, sound
        self._next: list[bytes] = []

    def writeto(self, _address: int, data: bytes) -> None:
        body = self._answers.pop(0) if self._answers else b""
        if self._sound:  # its length and sum fit, and it answers what was asked
            body = bytes((0xD5, data[6] + 1)) + body[: FRAME_BYTES - 10]
            body = bytes((0, 0, 0xFF, len(body), -len(body) & 0xFF)) + body + bytes((-sum(body) & 0xFF, 0))
        self._next = [b"\x00\x00\xff\x00\xff\x00", body]

    def readfrom(self, address: int, count: int) -> bytes:
        assert address == ADDRESS and count <= FRAME_BYTES + 1
        if count == 1:
            return b"\x01"
        return (b"\x01" + self._next.pop(0)).ljust(count, b"\x00")[:count]


class _Clock:
    def ms(self) -> int:
        return 0

    def elapsed_ms(self, _since_ms: int) -> int:
        return 0


def _tag(data: bytes) -> bool:
    """Whatever the chip says: no tag, or one whose number somebody may be known by, and all of its pages or none."""
    parts = [data[at + 1 : at + 1 + data[at] % FRAME_BYTES] for at in range(0, len(data), 20)]
    for sound in (True, False):
        found = asyncio.run(NfcReader(_Wire([b"", b"", *parts], sound), _Clock()).look(12))
        if found is None:
            continue
        uid, pages = found
        assert len(pages) in (0, 48)
        tag_hash(bytes(uid), samples.DEVICE)
        if sound:
            return True
    return False


def _tag_seed() -> list[bytes]:
    """A tag and three reads of it, each behind its length, 20 bytes apart."""
    found = b"\x01\x01\x00\x44\x00\x07" + UID
    rows = [found, *[b"\x00" + bytes([number] * 16) for number in range(3)]]
    return [b"".join((bytes([len(row)]) + row).ljust(20, b"\x00") for row in rows)]


@contextmanager
def _with_tags(_folder: Path) -> Iterator[Take]:
    """CPython's asyncio has no sleep_ms; here nothing is waited for."""
    asyncio.sleep_ms = lambda _ms: asyncio.sleep(0)  # type: ignore[attr-defined]
    try:
        yield _tag
    finally:
        del asyncio.sleep_ms  # type: ignore[attr-defined]


def _rows() -> list[bytes]:
    return [cbor.encode([[samples.CREDENTIAL, 2, samples.HASH, b"", 0], [bytes(8), 1, b"", samples.HASH, 9]])]


def firmware_targets() -> list[Target]:
    """All of them."""
    schedules = [to_schedule(plan).encode() for plan in PLANS]
    return [
        Target(
            "command in pieces", lambda: samples_of("command"), BOTH, always(_in_pieces), lines=(4_000, 60)
        ),
        Target("plan from flash", lambda: schedules, BOTH, reads(schedule.decode, MessageError)),
        Target(
            "ledger from flash", lambda: [to_snapshot(Ledger())], BOTH, reads(from_snapshot, MessageError)
        ),
        Target("credentials from flash", _rows, BOTH, reads(credentials.read_rows, MessageError)),
        Target("pouch label", lambda: [b"4711-003\r\n", DONE + b"A-12-120\r"], (in_bytes,), always(_label)),
        Target(
            "near-field tag", _tag_seed, (in_bytes,), _with_tags, (10_000, 40), seen=(NO_NUMBER,), cost=10
        ),
    ]
