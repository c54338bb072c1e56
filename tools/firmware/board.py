"""What is on the cable: which board, which MicroPython, and which versions lie on it."""

import json
from dataclasses import dataclass
from typing import Any

from protocol.cose import parse_sign1
from protocol.errors import MessageError
from protocol.manifest import Manifest, decode_manifest
from tools.exit_codes import INCOMPATIBLE, NOT_VERIFIED
from tools.firmware.programs import PROBE, RECORD
from tools.firmware.raw_repl import BoardFault, RawRepl
from tools.firmware.receiver import Receiver
from tools.refusal import Refusal

OLDEST = (1, 27)  # what the firmware is tested with
MPY = 6  # version of .mpy that our compiler writes; MicroPython 1.27 to 1.29 read it
SLOTS = ("a", "b")
MAX_FACTS = 8192


@dataclass(frozen=True)
class Record:
    """What the boot record says, read by the board's own loader."""

    active: str
    sequence: int
    highest: int  # sequence ever confirmed: nothing older may follow
    loader: int


@dataclass(frozen=True)
class Board:
    """A board whose prompt we have: whose it is, its own lock has judged (firmware/loader/lock.py)."""

    identity: str
    version: tuple[int, ...]
    free_bytes: int
    record: Record | None

    def target(self, manifests: dict[str, bytes], wanted: bytes) -> str:
        """The slot for a version: the one that has its manifest already, else the one that does not run."""
        for slot, manifest in manifests.items():
            if manifest == wanted and (self.record is None or self.record.active == slot):
                return slot
        if self.record is None:
            return SLOTS[0]
        return SLOTS[1 - SLOTS.index(self.record.active)]


def look(repl: RawRepl) -> Board:
    """Ask the board.  Raises Refusal: not a board or a MicroPython that the firmware runs on."""
    facts = _facts(repl.run(PROBE))
    _suits(facts)
    return Board(
        identity=str(facts["id"]),
        version=tuple(facts["version"]),
        free_bytes=int(facts["free"]),
        record=_record(repl),
    )


def manifests(files: Receiver) -> dict[str, bytes]:
    """The manifests that lie in the slots, as their bytes."""
    paths = {slot: f"/{slot}/manifest.cose" for slot in SLOTS}
    return {slot: files.get(path) for slot, path in paths.items() if files.held(path) is not None}


def read_manifest(cose: bytes) -> Manifest | None:
    """What a manifest on the board says; None for damaged bytes.  Not proven: the board proved it when it took it."""
    try:
        return decode_manifest(parse_sign1(cose).payload)
    except MessageError:
        return None


def _facts(printed: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(printed[:MAX_FACTS])
    except ValueError as error:
        raise Refusal(
            NOT_VERIFIED, "What answers at this port is no MicroPython of ours; is it the right cable?"
        ) from error
    return dict(facts)


def _suits(facts: dict[str, Any]) -> None:
    version = ".".join(str(part) for part in facts["version"])
    if facts["platform"] != "rp2" and not facts["virtual"]:
        raise Refusal(
            INCOMPATIBLE,
            f"This is no dispenser's board: {facts['machine'] or facts['platform']}. It needs a Pico or Pico 2.",
        )
    if tuple(facts["version"]) < OLDEST or facts["mpy"] & 0xFF != MPY:
        raise Refusal(
            INCOMPATIBLE,
            f"The board has MicroPython {version}; the firmware needs 1.27 or newer. Hold BOOTSEL while plugging "
            "it in, and run: dosevakt flash --uf2 FILE",
        )


def _record(repl: RawRepl) -> Record | None:
    try:
        said = _facts(repl.run(RECORD))
    except BoardFault:
        return None  # no loader, or one that does not run: then nothing starts, and nothing is worth keeping
    return Record(said["active"], said["sequence"], said["highest"], said["loader"]) if said else None
