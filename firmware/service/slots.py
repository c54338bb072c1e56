"""Which version runs and which slot takes the next one.  Without a loader there is one version and no slot.

ROOT: where the flash is mounted; "" on the board.  Every change is durable when its function returns.  What only some
questions need is imported by them: trial() is asked at each receipt.
"""

import os

ROOT = ""
NO_SLOT = "-"
TRIAL_FOLDER = "/trial"  # where the loader mounts a version on trial (firmware/loader/slot_start.py)
RELEASE_POINT = "/loader/release.pub"
POINT_BYTES = 65


def _record():
    from firmware.loader import boot_record

    return boot_record.load(ROOT)


def _save(record):
    from firmware.loader import boot_record

    boot_record.save(record, ROOT)


def active():
    """The slot that runs: "a", "b"; "-" without a loader."""
    record = _record()
    return record.active if record else NO_SLOT


def inactive():
    """The slot that takes the next version; "-" without a loader."""
    record = _record()
    return record.other if record else NO_SLOT


def folder(slot):
    """Where the files of a slot lie."""
    return ROOT + "/" + slot


def sequence():
    """Of the version that runs; 0 without a loader."""
    record = _record()
    return record.sequence(record.active) if record else 0


def highest():
    """The highest sequence that was ever confirmed here; 0 for none."""
    record = _record()
    return record.highest if record else 0


def loader():
    """The version of the board's loader, for Manifest.min_loader; 0 without one."""
    record = _record()
    return record.loader if record else 0


def trial():
    """True while a new version runs that is not confirmed."""
    if not ROOT and os.getcwd() != TRIAL_FOLDER:
        return False
    record = _record()
    return record is not None and not record.confirmed


def locked():
    """True when the console takes no orders."""
    from firmware.loader import boot_record, lock

    return boot_record.exists(ROOT) and lock.owned(ROOT)


def release_point():
    """The point of the key that releases are signed with (65 bytes), None when this board was given none."""
    from firmware.store.files import read_whole

    point = read_whole(ROOT + RELEASE_POINT)
    return point if point and len(point) == POINT_BYTES else None


def prepare(slot):
    """The slot is about to be written: from now on it is not started.  ValueError for the one that runs."""
    from firmware.loader.record import prepared

    _save(prepared(_record(), slot))


def switch_to(slot, sequence):
    """A whole version lies in `slot`: the next start starts it, on trial.  ValueError for the one that runs."""
    from firmware.loader.record import installed

    _save(installed(_record(), slot, sequence, _digest(slot)))


def confirm():
    """The version that runs stays."""
    from firmware.loader.record import confirmed

    record = _record()
    if record and not record.confirmed:
        _save(confirmed(record))


def go_back():
    """The next start starts the other version; False when there is none to go back to."""
    from firmware.loader.record import gone_back

    record = _record()
    if record is None or not record.other_usable:
        return False
    _save(gone_back(record))
    return True


def orderly_restart():
    """The restart that follows was asked for: it is none of the three in which a new version must prove itself."""
    from firmware.loader.record import orderly

    record = _record()
    if record and orderly(record) != record:
        _save(orderly(record))


def reverted():
    """Sequence of the version that was given up and that nobody has been told of; 0 for none."""
    record = _record()
    return record.failed if record else 0


def revert_told():
    """It has been told."""
    record = _record()
    if record and record.failed:
        _save(record.but(failed=0))


def open_repl(minutes):
    """The next start opens the console for so long (1 to 30), once.  ValueError beyond."""
    from firmware.loader import lock

    if not 1 <= minutes <= lock.MOST_MINUTES:
        raise ValueError("the console opens for 1 to 30 minutes")
    with open(ROOT + lock.ORDER, "wb") as file:
        file.write(b"%d" % minutes)


def _digest(slot):
    """SHA-256 of the slot's pack, as its manifest names it."""
    from firmware.store.files import read_whole
    from protocol.cose import parse_sign1
    from protocol.manifest import decode_manifest

    return decode_manifest(parse_sign1(read_whole(folder(slot) + "/manifest.cose") or b"").payload).digest
