"""Open the keystore: make the device's key once, make the centre's table once.  Loaded for a start, then dropped."""

import gc
from hashlib import sha256

from firmware.crypto import p256
from firmware.crypto.comb import TABLE_BYTES
from firmware.crypto.curve import N, point_of
from firmware.crypto.keystore import CENTRE, CENTRE_COMB, PRIVATE
from protocol.cose import device_id_of
from protocol.errors import BAD_BYTES, UNKNOWN_KEY, DispenserError, MessageError

# Fewer than 2 ** -32 of all draws lie outside 1 to N - 1; four in a row mean a source that is not random.
DRAWS = 4


def own_key(settings, random_bytes):
    """(private key as a number, public point, device id); makes the key the first time.  Raises DispenserError."""
    stored = settings.get(PRIVATE)
    if stored is None:
        stored = _make(random_bytes)
        settings.put(PRIVATE, stored)
    if len(stored) != 32 or not 0 < int.from_bytes(stored, "big") < N:
        raise DispenserError(detail="the stored device key is no key")
    private = int.from_bytes(stored, "big")
    public_point = p256.public_point(private)
    return private, public_point, device_id_of(public_point)


def _make(random_bytes):
    """32 bytes of a new private key, by rejection (FIPS 186-5, A.2.2), tried out before it is ever used."""
    previous = random_bytes(32)
    for _ in range(DRAWS):
        drawn = random_bytes(32)
        private = int.from_bytes(drawn, "big")
        if drawn == previous or len(drawn) != 32:
            break
        if 0 < private < N:
            digest = sha256(previous).digest()
            if not p256.verify(p256.public_point(private), digest, p256.sign(private, digest)):
                raise DispenserError(detail="the new device key does not verify what it signs")
            return drawn
        previous = drawn
    raise DispenserError(detail="the random source is stuck: no device key made")


def check_centre(centre_point, trusted):
    """Raises MessageError when this centre key may not be believed.  trusted: the one that is, or None."""
    if point_of(centre_point) is None:
        raise MessageError(BAD_BYTES, "the centre's key is no point of the curve")
    if trusted is not None and trusted != centre_point:
        raise MessageError(UNKNOWN_KEY, "this device trusts another centre until it is wiped")


def centre_key(settings):
    """(point, key name, comb table) of the trusted centre; three times None without one."""
    point = settings.get(CENTRE)
    if point is None:
        return None, None, None
    stored = settings.get(CENTRE_COMB) or b""
    if stored[:65] != point:  # never made, cut off while making it, or of a centre before
        stored = _made_comb(point)
        settings.put(CENTRE_COMB, stored)
    return point, device_id_of(point), memoryview(stored)[65:]


def _made_comb(point):
    from firmware.crypto.make_comb import fill  # needed once in a device's life

    gc.collect()
    stored = bytearray(65 + TABLE_BYTES)
    stored[:65] = point
    fill(memoryview(stored)[65:], *point_of(point))
    return stored
