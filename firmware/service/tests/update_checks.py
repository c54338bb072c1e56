"""Promises of the update desks, kept on CPython and on MicroPython, in a real directory."""

import os
from hashlib import sha256

from firmware.loader import boot_record
from firmware.loader.choosing import choose
from firmware.service.tests.update_bench import (
    NOON_S,
    ReleaseKey,
    Unit,
    ask,
    code_of,
    flashed,
    next_start,
    pack_of,
    pieces_until,
    put_version,
)
from firmware.store.files import read_whole
from protocol import cbor, errors
from protocol.service_commands import InstallFirmware
from protocol.service_events import BY_HUB, UpdateStarted
from protocol.service_messages import UPDATE_END, UPDATE_PIECE
from protocol.service_update import UpdatePiece, UpdateWanted

KEY = ReleaseKey()
PACK = pack_of(2, 40000)
OLD = pack_of(1, 9000)


def device(folder):
    """A device that runs version 1 out of slot a, confirmed."""
    put_version(folder + "/a", KEY.manifest(OLD, 1), OLD)
    return Unit(flashed(folder, KEY.point, "a", 1, OLD))


def seen(folder):
    """Every file below a slot, to compare before and after."""
    found = []
    for slot in ("a", "b"):
        try:
            names = sorted(os.listdir(folder + "/" + slot))
        except OSError:
            names = []
        found += [(slot, name, read_whole(folder + "/" + slot + "/" + name)) for name in names]
    return found


def check_a_version_arrives_whole(folder):
    """The new version lies in the other slot, byte for byte, the old one is untouched, and the next start tries it."""
    unit = device(folder)
    before = [row for row in seen(folder) if row[0] == "a"]
    cose = KEY.manifest(PACK, 2)
    assert code_of(unit, cose, PACK) == 0
    assert seen(folder) == before + [("b", "firmware.pack", PACK), ("b", "manifest.cose", cose)]
    assert unit.noted == [UpdateStarted(2, "0.2.0")] and unit.restarts == 1
    assert next_start(folder) == ("b", 2)


def check_every_refusal_comes_before_any_change(folder):
    """Wrong key, changed bytes, wrong board, too old, for a newer loader, too late: a code, and no file is touched."""
    unit = device(folder)
    boot_record.save(boot_record.load(folder).but(highest=7), folder)
    before = seen(folder)
    stranger = ReleaseKey()
    good = KEY.manifest(PACK, 8)
    spoilt = bytearray(good)
    spoilt[-1] ^= 1
    for cose, code in (
        (stranger.manifest(PACK, 8), errors.UNKNOWN_KEY),
        (bytes(spoilt), errors.BAD_SIGNATURE),
        (good[:-1], errors.BAD_BYTES),
        (KEY.manifest(PACK, 8, model=2), errors.WRONG_DEVICE),
        (KEY.manifest(PACK, 8, vendor="other"), errors.WRONG_DEVICE),
        (KEY.manifest(PACK, 6), errors.OLD_VERSION),
        (KEY.manifest(PACK, 8, min_loader=60000), errors.OUT_OF_BOUNDS),
        (KEY.manifest(PACK, 8, not_after_s=NOON_S - 1), errors.EXPIRED),
    ):
        assert code_of(unit, cose, PACK) == code, code
        assert seen(folder) == before and unit.noted == [] and unit.restarts == 0
    assert code_of(unit, KEY.manifest(PACK, 6, downgrade=True), PACK, check_only=True) == 0
    assert code_of(unit, good, PACK, check_only=True) == 0
    assert seen(folder) == before


def check_only_what_the_centre_named_comes_by_the_hub(folder):
    """Over the hub's line a device takes the very version that the centre's signed command names, and no other."""
    unit = device(folder)
    unit.how, unit.owned = BY_HUB, True
    cose = KEY.manifest(PACK, 2)
    digest = sha256(cose).digest()
    for order in (None, InstallFirmware(3, digest), InstallFirmware(2, bytes(32))):
        unit.carried = {} if order is None else {InstallFirmware.TYPE: order}
        assert code_of(unit, cose, PACK) == errors.WRONG_DEVICE
    unit.carried = {InstallFirmware.TYPE: InstallFirmware(2, digest)}
    assert code_of(unit, cose, PACK) == 0


def check_a_wrong_moment_changes_nothing(folder):
    """With an open alarm nothing is taken; an alarm that comes meanwhile holds up the end and costs no byte."""
    unit = device(folder)
    unit.owned, unit.ledger.plan_id = True, bytes(16)
    before = seen(folder)
    cose = KEY.manifest(PACK, 2)
    unit.ledger.alarms = ((121, "encoder"),)
    assert code_of(unit, cose, PACK) == errors.WRONG_STATE and seen(folder) == before
    unit.ledger.alarms = ()
    pieces = pieces_until(unit, cose, PACK, 1000, piece_bytes=2000, stop_before=UPDATE_END)
    unit.ledger.alarms = ((121, "encoder"),)
    assert ask(unit, *pieces.ask())[0] == errors.WRONG_STATE
    assert unit.restarts == 0 and next_start(folder) == ("a", 1)
    unit.ledger.alarms = ()
    assert ask(unit, *pieces.ask())[0] == 0
    assert next_start(folder) == ("b", 2)


def check_a_second_run_goes_on_where_the_first_was_cut(folder):
    """The cable is pulled in the middle: the next run gets the rest only, and never mixes two versions."""
    unit = device(folder)
    cose = KEY.manifest(PACK, 2)
    pieces_until(unit, cose, PACK, 12, piece_bytes=2000)
    unit.update.close()
    again = Unit(unit.slots)
    assert code_of(again, cose, PACK, check_only=True) == 0
    pieces = pieces_until(again, cose, PACK, 1)
    assert pieces.kept == 22000
    other = pack_of(3, 30000)
    assert code_of(again, KEY.manifest(other, 3), other) == 0
    assert read_whole(folder + "/b/firmware.pack") == other
    assert sorted(os.listdir(folder + "/b")) == ["firmware.pack", "manifest.cose"]


def check_the_other_version_is_not_whole_while_a_new_one_comes(folder):
    """From the first byte on the slot that is written has no manifest that a start would look at."""
    unit = device(folder)
    other = pack_of(9, 5000)
    put_version(folder + "/b", KEY.manifest(other, 9), other)
    pieces_until(unit, KEY.manifest(PACK, 2), PACK, 1)
    assert "manifest.cose" not in os.listdir(folder + "/b")
    assert next_start(folder) == ("a", 1)


def check_what_the_flash_does_not_give_back_never_starts(folder):
    """A byte is wrong when the slot is read back: the version does not stand, and the next run brings it anew."""
    unit = device(folder)
    cose = KEY.manifest(PACK, 2)
    pieces = pieces_until(unit, cose, PACK, 1000, stop_before=UPDATE_END)
    unit.update.close()
    path = folder + "/b/firmware.pack"
    spoilt = bytearray(read_whole(path))
    spoilt[20000] ^= 1
    with open(path, "wb") as file:
        file.write(spoilt)
    assert ask(unit, *pieces.ask())[0] == errors.BAD_BYTES
    assert next_start(folder) == ("a", 1) and unit.restarts == 0
    assert code_of(unit, cose, PACK) == 0
    assert read_whole(path) == PACK


def check_questions_twice_and_in_disorder_change_nothing(folder):
    """A piece that comes twice, too early or too late is told what is wanted; the end asked twice ends once."""
    unit = device(folder)
    piece = cbor.encode(UpdatePiece(0, PACK[:100]).to_map())
    assert ask(unit, UPDATE_PIECE, piece)[0] == errors.NOT_READY
    assert ask(unit, UPDATE_END)[0] == errors.NOT_READY
    cose = KEY.manifest(PACK, 2)
    pieces = pieces_until(unit, cose, PACK, 5, piece_bytes=2000)
    for offset in (0, 6000, 9000, 39999):
        strange = cbor.encode(UpdatePiece(offset, PACK[:100]).to_map())
        assert wanted(ask(unit, UPDATE_PIECE, strange)) == 8000
    assert ask(unit, UPDATE_END)[0] == errors.OUT_OF_ORDER
    while True:
        question = pieces.ask()
        if question is None:
            break
        first, second = ask(unit, *question), ask(unit, *question)
        assert first == second
        pieces.take(*second)
    assert len(unit.noted) == 1 and next_start(folder) == ("b", 2)
    assert read_whole(folder + "/b/firmware.pack") == PACK


def wanted(answer):
    """The offset of an answer."""
    assert answer[0] == 0
    return UpdateWanted.from_map(cbor.decode(answer[1])).offset


def check_the_version_before_is_kept_until_the_new_one_is_confirmed(folder):
    """On trial nothing is taken: the other slot holds the last version that is known to work.  Then it is."""
    unit = device(folder)
    assert code_of(unit, KEY.manifest(PACK, 2), PACK) == 0
    started = Unit(unit.slots)
    before = seen(folder)
    third = pack_of(3, 20000)
    assert code_of(started, KEY.manifest(third, 3), third) == errors.WRONG_STATE
    assert seen(folder) == before
    started.slots.confirm()
    assert code_of(started, KEY.manifest(OLD, 1), OLD) == errors.OLD_VERSION
    assert code_of(started, KEY.manifest(third, 3), third) == 0
    assert next_start(folder) == ("a", 3)


def check_nothing_more_comes_once_a_version_stands(folder):
    """A version stands and the device is about to restart: the slot that still runs is not taken for another one."""
    unit = device(folder)
    assert code_of(unit, KEY.manifest(PACK, 2), PACK) == 0
    before = seen(folder)
    assert code_of(unit, KEY.manifest(pack_of(3, 20000), 3), pack_of(3, 20000)) == errors.WRONG_STATE
    assert seen(folder) == before
    assert next_start(folder) == ("b", 2)


def check_a_version_that_went_back_may_be_tried_again(folder):
    """Three starts without the centre's word: the old version is back; the same update is possible again."""
    unit = device(folder)
    cose = KEY.manifest(PACK, 2)
    assert code_of(unit, cose, PACK) == 0
    starts = []
    for _ in range(5):
        slot, sequence = next_start(folder)
        starts.append(sequence)
        boot_record.save(choose(boot_record.load(folder), lambda slot: True)[0], folder)
    assert starts == [2, 2, 2, 1, 1]
    assert unit.slots.reverted() == 2
    again = Unit(unit.slots)
    assert pieces_until(again, cose, PACK, 1).kept == len(PACK)
    assert code_of(again, cose, PACK) == 0
    assert next_start(folder) == ("b", 2)
