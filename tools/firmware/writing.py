"""Put a version on a board, in an order that a cut at any moment leaves whole: a second run finishes it.

1. The other slot is marked as not to be started.  2. Its pack, then its manifest.  3. boot.py goes, if the loader is
another one: from here to step 5 the board shows its prompt instead of starting a mixture.  4. Loader, keys, record.
5. main.py and, last of all, boot.py.  Without a new loader there is no step 3: the board starts a whole version at any
time.  What reads back as it should is not written again.
"""

import hashlib
from dataclasses import dataclass

from protocol.bundle import Bundle
from tools.firmware.board import Board, manifests
from tools.firmware.build import LOADER, STARTS
from tools.firmware.packing import listed
from tools.firmware.programs import begin_slot, end_slot
from tools.firmware.raw_repl import RawRepl
from tools.firmware.receiver import Held, Receiver
from tools.manners.talk import Talk

RELEASE_POINT, ENROLMENT_POINTS = f"/{LOADER}/release.pub", f"/{LOADER}/enrolment.pub"
RECORD_S = 15.0  # two copies of the record: two flash writes, and an import


@dataclass(frozen=True)
class Wanted:
    """What the board shall have: a proven bundle, and the keys it believes."""

    bundle: Bundle
    release_point: bytes
    enrolment_points: bytes | None = None  # None: leave what is there

    def outside(self) -> dict[str, bytes]:
        """The files outside the slots, by path; what MicroPython starts comes last."""
        loader = {f"/{path}": data for path, data in listed(self.bundle.loader).items()}
        keys = {RELEASE_POINT: self.release_point}
        if self.enrolment_points is not None:
            keys[ENROLMENT_POINTS] = self.enrolment_points
        starts = {f"/{name}": loader.pop(f"/{name}") for name in reversed(STARTS)}
        return loader | keys | starts


def write(repl: RawRepl, board: Board, wanted: Wanted, talk: Talk) -> str:
    """Write all of it; returns the slot.  Raises Refusal."""
    bundle = wanted.bundle
    with Receiver(repl) as files:
        slot = board.target(manifests(files), bundle.cose)
        missing = not _has(files, f"/{slot}/firmware.pack", bundle.pack)
    if missing and board.record and board.record.active != slot:
        repl.run(begin_slot(slot), RECORD_S)
    starts = [f"/{name}" for name in STARTS]
    with Receiver(repl) as files:
        _put_version(files, slot, bundle, talk)
        outside = wanted.outside()
        lacking = {path: data for path, data in outside.items() if not _has(files, path, data)}
        if lacking:
            for path in starts if set(lacking) - set(starts) else ():
                files.remove(path)
            _put_all(files, {path: outside[path] for path in outside if path not in starts}, talk)
    repl.run(end_slot(slot, bundle.manifest.sequence, bundle.manifest.digest), RECORD_S)
    with Receiver(repl) as files:
        _put_all(files, {path: data for path, data in outside.items() if path in starts}, talk)
    return slot


def _put_version(files: Receiver, slot: str, bundle: Bundle, talk: Talk) -> None:
    pack, manifest = f"/{slot}/firmware.pack", f"/{slot}/manifest.cose"
    total = len(bundle.pack)
    talk.progress("write", 0, total)
    if not _has(files, pack, bundle.pack):
        files.remove(manifest)  # room for the new one, and no manifest without its pack
        files.remove(pack)
        files.remove(f"{pack}.new")
        files.put(pack, bundle.pack, lambda done: talk.progress("write", done, total))
    talk.progress("write", total, total)
    _put_all(files, {manifest: bundle.cose}, talk)


def _put_all(files: Receiver, wanted: dict[str, bytes], talk: Talk) -> None:
    for path, data in wanted.items():
        if not _has(files, path, data):
            files.put(path, data)
            talk.note("written", path=path, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def _has(files: Receiver, path: str, data: bytes) -> bool:
    return files.held(path) == Held(len(data), hashlib.sha256(data).digest())
