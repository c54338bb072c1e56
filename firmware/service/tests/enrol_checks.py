"""Promises of the two enrolment desks, on MicroPython's own LittleFS: each word refused, each power cut survived."""

import gc
import os

from firmware.crypto import p256
from firmware.crypto.keystore import Keystore
from firmware.service import desk_enrol, desk_enrol_request
from firmware.service.certificate import CERTIFICATE, kept
from firmware.shell.recorder import Recorder
from firmware.store.journal import Journal
from firmware.store.settings import Settings
from firmware.store.tests import flash as flashes
from firmware.store.tests.flash import MOUNT, Flash
from protocol import errors
from protocol.cose import device_id_of, parse_sign1, sign1, verify1
from protocol.errors import MessageError
from protocol.events import decode_event
from protocol.service_enrol import (
    CONTEXT_CERTIFICATE,
    CONTEXT_REQUEST,
    Certificate,
    EnrolAsk,
    decode_answer,
    decode_request,
)
from protocol.service_events import Enrolled

BLOCKS = 40
DATA = MOUNT + "/data"
ROOTS = MOUNT + "/enrolment.pub"
DEVICE_KEY = bytes(31) + b"\x07"
ISSUED_S = 1795420800  # 2026-11-23 08:00 UTC
YEAR_S = 31536000


class Key:
    """A key of somebody else, from a small number."""

    def __init__(self, number):
        self._number = number
        self.point = p256.public_point(number)
        self.kid = device_id_of(self.point)

    def certificate(self, centre, serial=1, issued_s=ISSUED_S, device=DEVICE_KEY, model=1):
        """COSE bytes of a certificate by this key."""
        point = p256.public_point(int.from_bytes(device, "big"))
        words = Certificate(
            bytes(7) + bytes([serial]),
            device_id_of(point),
            point,
            model,
            "vadso",
            centre.point,
            issued_s,
            issued_s + YEAR_S,
        )
        return sign1(words.encode(), self.kid, CONTEXT_CERTIFICATE, self.sign)

    def sign(self, message):
        from hashlib import sha256

        return p256.sign(self._number, sha256(message).digest())


ROOT, CENTRE, OTHER = Key(11), Key(12), Key(13)


class Clock:
    """What the device knows of the time."""

    def __init__(self, now_s):
        self._now_s = now_s

    def now_s(self):
        return self._now_s

    def quality(self):
        return 0 if self._now_s is None else 2

    def ms(self):
        return 0


class Board:
    model = 1


class Unit:
    """A device in service mode, on the mounted flash; what it is made of is real, but for clock and board."""

    version = "0.2.0"

    def __init__(self, now_s=None, keystore=None):
        self.board = Board()
        self.settings = Settings(DATA + "/settings")
        self.keystore = keystore or Keystore(self.settings, os.urandom)
        if keystore is None:
            self.keystore.ensure()
        self.clock = Clock(now_s)
        self.recorder = Recorder(Journal(DATA + "/journal"), self.settings, self.keystore, self.clock)
        self.recorder.clock = self.clock
        self.recorder.open()
        self.restarts = 0

    def restart(self):
        self.restarts += 1

    @property
    def owner(self):
        return self.settings.get("centre_point")

    def enrol(self, cose):
        """(code, serial's last byte) of the desk's answer."""
        try:
            code, body = desk_enrol.answer(cose, self, ROOTS)
        except MessageError as error:
            return error.code, None
        return code, body and decode_answer(body).serial[-1]

    def request(self):
        """What it says of itself, its signature checked."""
        _, cose = desk_enrol_request.answer(EnrolAsk(bytes(16)).encode(), self)
        known = self.keystore.public_point

        def by_device(kid, message, signature):
            from hashlib import sha256

            return kid == device_id_of(known) and p256.verify(known, sha256(message).digest(), signature)

        return decode_request(verify1(cose, CONTEXT_REQUEST, by_device).payload)

    def enrolled(self):
        """Serial numbers in its journal."""
        events = [self.recorder.read(seq) for seq in range(1, self.recorder.ledger.seq + 1)]
        bodies = [decode_event(parse_sign1(cose).payload).body for cose in events if cose]
        return [body.serial[-1] for body in bodies if isinstance(body, Enrolled)]


def new_flash(roots=ROOT.point):
    """A board as it was flashed, with its key made already: drawing one takes a while."""
    flash = Flash(BLOCKS)
    flashes.make(flash)
    flashes.mount(flash)
    if roots is not None:
        with open(ROOTS, "wb") as file:
            file.write(roots)
    Settings(DATA + "/settings").put("device_key", DEVICE_KEY)
    return flash


def check_a_device_takes_its_owner_once():
    """Request without an owner, certificate in, request with one; again: the same answer, nothing written, no event."""
    flash = new_flash()
    unit = Unit()
    asked = unit.request()
    assert (asked.centre, asked.serial, asked.model, asked.version) == (None, None, 1, "0.2.0")
    assert unit.enrol(ROOT.certificate(CENTRE)) == (0, 1)
    assert (unit.owner, unit.restarts, unit.enrolled()) == (CENTRE.point, 1, [1])
    unit = Unit()
    assert (unit.request().centre, unit.request().serial) == (CENTRE.kid, bytes(7) + b"\x01")
    flash.log = []
    assert unit.enrol(ROOT.certificate(CENTRE)) == (0, 1)
    older = ROOT.certificate(CENTRE, serial=2, issued_s=ISSUED_S - 1)
    assert unit.enrol(older) == (0, 1)
    assert (flash.log, unit.restarts, unit.enrolled()) == ([], 0, [1])
    # Renewed: a newer one of the same centre takes its place, and nothing else changes.
    assert unit.enrol(ROOT.certificate(CENTRE, serial=3, issued_s=ISSUED_S + 1)) == (0, 3)
    assert (unit.owner, unit.restarts, unit.enrolled()) == (CENTRE.point, 0, [1, 3])
    flashes.unmount()


def check_nobody_else_gets_it():
    """Another centre, a strange or damaged signature, another device, an ended certificate: refused, unchanged."""
    flash = new_flash()
    unit = Unit(ISSUED_S + YEAR_S - 1)
    good = ROOT.certificate(CENTRE)
    wrongs = (
        (OTHER.certificate(CENTRE), errors.UNKNOWN_KEY),
        (good[:-1] + bytes([good[-1] ^ 1]), errors.BAD_SIGNATURE),
        (ROOT.certificate(CENTRE, device=bytes(31) + b"\x08"), errors.WRONG_DEVICE),
        (ROOT.certificate(CENTRE, model=2), errors.WRONG_DEVICE),
        (ROOT.certificate(CENTRE, issued_s=ISSUED_S - 1), errors.EXPIRED),
        (good[:-1], errors.BAD_BYTES),
        (b"", errors.BAD_BYTES),
        (None, errors.BAD_BYTES),
    )
    off = ROOT.certificate(Off())
    for cose, code in wrongs + ((off, errors.BAD_BYTES),):
        flash.log = []
        assert unit.enrol(cose) == (code, None), code
        assert (flash.log, unit.owner, unit.restarts) == ([], None, 0)
    assert unit.enrol(good) == (0, 1)
    for cose, code in wrongs + ((ROOT.certificate(OTHER, serial=9), errors.WRONG_STATE),):
        assert unit.enrol(cose) == (code, None), code
        assert (unit.owner, kept(unit.settings).serial[-1]) == (CENTRE.point, 1)
    flashes.unmount()


class Off:
    """A centre whose point lies on no curve."""

    point = b"\x04" + bytes(63) + b"\x01"


def check_whom_a_device_believes():
    """Each of its keys; the cable, if it was flashed with none, and it says so; nobody, if the list is damaged."""
    new_flash(OTHER.point + ROOT.point)
    assert Unit().enrol(ROOT.certificate(CENTRE)) == (0, 1)
    flashes.unmount()
    new_flash(roots=None)
    code, body = desk_enrol.answer(OTHER.certificate(CENTRE), Unit(), ROOTS)
    assert (code, decode_answer(body).checked) == (0, False)
    flashes.unmount()
    for damaged in (b"", ROOT.point[:-1]):
        new_flash(damaged)
        unit = Unit()
        assert unit.enrol(ROOT.certificate(CENTRE)) == (errors.OUT_OF_BOUNDS, None)
        assert unit.owner is None
        flashes.unmount()


def check_power_cuts():
    """Cut at every flash write of an enrolment: unowned, or owned with its certificate; a second run completes."""
    flash = new_flash()
    unit, cose = Unit(), ROOT.certificate(CENTRE)
    keystore = unit.keystore  # opening it anew for each cut would only take time
    image = bytearray(flash.image)
    flash.log = []
    assert unit.enrol(cose) == (0, 1)
    flashes.unmount()
    log, flash, unit = flash.log, None, None
    gc.collect()
    cuts = torn_ones = owned = twice = 0
    for done, torn, flash in flashes.every_cut(image, log):
        cuts, torn_ones = cuts + 1, torn_ones + torn
        flashes.mount(flash)
        unit = Unit(keystore=keystore)
        was_owned = unit.owner is not None
        owned += was_owned
        assert not was_owned or (unit.owner, kept(unit.settings).serial[-1]) == (CENTRE.point, 1), done
        assert unit.enrol(cose) == (0, 1)
        assert (unit.owner, kept(unit.settings).serial[-1]) == (CENTRE.point, 1)
        assert unit.enrolled() in ([1], [1, 1]), unit.enrolled()
        twice += unit.enrolled() == [1, 1]
        assert unit.settings.get(CERTIFICATE) == cose
        flashes.unmount()
        gc.collect()
    print(
        "enrolling: %d cuts (%d torn) at %d flash writes: %d found unowned, %d owned with their certificate, "
        "0 between; all owned after a second run, %d with the event twice"
        % (cuts, torn_ones, len(log), cuts - owned, owned, twice)
    )
