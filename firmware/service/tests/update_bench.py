"""A device in service mode as the update desks see it: a folder or a littlefs for its flash, and a release key.

The files, the manifest and its signature, the boot record and the rules are real; around them stands what a desk asks.
"""

import os
from hashlib import sha256

from firmware.core.ledger import Ledger
from firmware.crypto import p256
from firmware.crypto.curve import N
from firmware.loader import boot_record
from firmware.loader.choosing import choose
from firmware.loader.record import first
from firmware.service import desk_update_begin, desk_update_end, desk_update_piece, slots
from firmware.store.files import ensure_directory, read_whole
from protocol.cose import device_id_of, sign1
from protocol.errors import DispenserError, MessageError
from protocol.firmware_pieces import FirmwarePieces
from protocol.manifest import CLASSES, CONTEXT_FIRMWARE, VENDOR, Manifest
from protocol.service_events import BY_KNOCK
from protocol.service_messages import UPDATE_BEGIN, UPDATE_END, UPDATE_PIECE
from protocol.service_update import MAX_PIECE

DESKS = {UPDATE_BEGIN: desk_update_begin, UPDATE_PIECE: desk_update_piece, UPDATE_END: desk_update_end}
NOON_S = 1_795_435_200


class ReleaseKey:
    """Drawn anew for each run: no private key lies in a file."""

    def __init__(self):
        self._private = int.from_bytes(os.urandom(32), "big") % (N - 1) + 1
        self.point = p256.public_point(self._private)

    def manifest(self, pack, sequence, model=1, **more):
        """manifest.cose of these bytes."""
        fields = {"vendor": VENDOR, "min_loader": 0, "downgrade": False, "not_after_s": None}
        fields.update(more)
        manifest = Manifest(
            "0.%d.0" % sequence,
            sequence,
            fields["vendor"],
            CLASSES[model],
            len(pack),
            sha256(pack).digest(),
            fields["min_loader"],
            bytes(32),
            fields["downgrade"],
            fields["not_after_s"],
        )
        kid = device_id_of(self.point)
        return sign1(
            manifest.encode(), kid, CONTEXT_FIRMWARE, lambda m: p256.sign(self._private, sha256(m).digest())
        )


def pack_of(sequence, size):
    """The bytes of a version; no two are alike."""
    return (b"version %06d " % sequence * (size // 14 + 1))[:size]


class Unit:
    """What the desks ask of a device (firmware/service/unit.py), without its mechanics."""

    def __init__(self, slots, model=1):
        self.board = self
        self.model = model
        self.slots = slots
        self.recorder = self.keystore = self.plans = self.clock = self
        self.ledger = Ledger()
        self.active = None  # the plan
        self.owned = False
        self.how = BY_KNOCK
        self.carried = {}
        self.update = None
        self.noted = []
        self.restarts = 0
        self.fed = 0

    def now_s(self):
        return NOON_S

    def note(self, body):
        self.noted.append(body)

    def feed(self):
        self.fed += 1

    def restart(self):
        self.restarts += 1


def ask(unit, what, body=None):
    """(code, body), as firmware/service/desks.py gives it."""
    try:
        return DESKS[what].answer(body, unit)
    except DispenserError as error:
        return error.code, None


def code_of(unit, cose, pack, **more):
    """0 when the device took it whole, or what it refused with."""
    pieces = FirmwarePieces(cose, pack, **more)
    try:
        while True:
            question = pieces.ask()
            if question is None:
                return 0
            pieces.take(*ask(unit, *question))
    except MessageError as error:
        return error.code


def pieces_until(unit, cose, pack, questions, piece_bytes=MAX_PIECE, stop_before=0):
    """Give it so many questions of an update and stop, as a pulled cable does; returns the pieces."""
    pieces = FirmwarePieces(cose, pack, piece_bytes)
    for _ in range(questions):
        question = pieces.ask()
        if question is None or question[0] == stop_before:
            break
        pieces.take(*ask(unit, *question))
    return pieces


def flashed(root, point, slot, sequence, pack):
    """The board's slots, as `dosevakt flash` leaves them: one version, confirmed, and the key of its releases."""
    slots.ROOT = root
    ensure_directory(root + "/loader")
    with open(root + "/loader/release.pub", "wb") as file:
        file.write(point)
    boot_record.save(first(slot, sequence, sha256(pack).digest()), root)
    return slots


def put_version(folder, cose, pack):
    """A whole version in a slot."""
    ensure_directory(folder)
    for name, data in (("firmware.pack", pack), ("manifest.cose", cose)):
        with open(folder + "/" + name, "wb") as file:
            file.write(data)


def next_start(root):
    """(slot, sequence) that the loader would start now, (None, 0) for none; the start is not counted."""
    record = boot_record.load(root)

    def whole(slot):
        pack = read_whole(root + "/" + slot + "/firmware.pack")
        return pack is not None and sha256(pack).digest() == record.digest(slot)

    record, slot = choose(record, whole)
    return slot, record.sequence(slot) if slot else 0
