"""Promises of the keystore, kept on CPython and on MicroPython, with real settings in a real directory."""

from hashlib import sha256

from firmware.crypto import p256
from firmware.crypto.curve import N, P
from firmware.crypto.keystore import CENTRE, CENTRE_COMB, PRIVATE, Keystore
from firmware.store.settings import Settings
from protocol.cose import device_id_of
from protocol.errors import BAD_BYTES, UNKNOWN_KEY, DispenserError, MessageError, SignatureError


class Draws:
    """A random source that gives what it is told, then a known row, and counts."""

    def __init__(self, *given):
        self.given = list(given)
        self.count = 0

    def __call__(self, n):
        self.count += 1
        if self.given:
            return self.given.pop(0)
        return sha256(b"%d" % self.count).digest()[:n]


def opened(directory, *given):
    """An open keystore and its settings."""
    settings = Settings(directory)
    keystore = Keystore(settings, Draws(*given))
    keystore.ensure()
    return keystore, settings


def code_of(error_class, call, *arguments):
    """The code of the error that the call raises."""
    try:
        call(*arguments)
    except error_class as error:
        return error.code
    raise AssertionError("not refused")


def check_the_key_is_made_once(directory):
    """A device makes its key at the first start and is the same device ever after."""
    first, _ = opened(directory)
    again, _ = opened(directory)
    assert first.device_id == again.device_id == device_id_of(first.public_point)
    assert again.sign(b"event") == first.sign(b"event")
    other, _ = opened(directory + "2", b"\1" * 32, b"\2" * 32)
    assert other.device_id != first.device_id
    assert p256.verify(first.public_point, sha256(b"event").digest(), first.sign(b"event"))


def check_draws_outside_are_drawn_again(directory):
    """A random number that is no private key is thrown away, not bent into one."""
    good = b"\x22" * 32
    keystore, settings = opened(directory, b"\x11" * 32, bytes(32), N.to_bytes(32, "big"), good)
    assert settings.get(PRIVATE) == good
    assert keystore.public_point == p256.public_point(int.from_bytes(good, "big"))


def check_a_stuck_random_source_makes_no_key(directory):
    """When the random source repeats itself or gives nothing, the device refuses to start and keeps no key."""
    for row in (
        [b"\x33" * 32] * 9,
        [b""] * 9,
        [b"\xff" * 32, b"\xff" * 31 + b"\xfe"] * 9,
        [b"\x01" * 32, b"\x02" * 5],
    ):
        settings = Settings(directory)
        assert code_of(DispenserError, Keystore(settings, Draws(*row)).ensure) == 0
        assert settings.get(PRIVATE) is None


def check_the_private_key_never_comes_out(directory):
    """Nothing the keystore shows, returns or raises contains the private key, in any spelling."""
    keystore, settings = opened(directory)
    private = settings.get(PRIVATE)
    keystore.trust(p256.public_point(77))
    shown = [repr(keystore), str(keystore), str([keystore]), keystore.sign(b"a"), keystore.sign(private)]
    for name in dir(keystore):
        if not name.startswith("_"):
            shown.append(getattr(keystore, name))
    for call, arguments in (
        (keystore.trust, (b"",)),
        (keystore.trust, (p256.public_point(5),)),
        (keystore.verify, (bytes(8), b"", b"")),
    ):
        try:
            call(*arguments)
        except DispenserError as error:
            shown += [str(error), repr(error)]
    number = int.from_bytes(private, "big")
    for what in shown:
        seen = what if isinstance(what, bytes) else str(what).encode()
        for spelling in (private, private.hex().encode(), str(number).encode(), ("%x" % number).encode()):
            assert spelling not in seen and spelling.upper() not in seen.upper()


def check_a_centre_is_trusted_once(directory):
    """The first centre key is believed, also after a restart; another one is refused until the device is wiped."""
    centre, stranger = p256.public_point(77), p256.public_point(78)
    keystore, settings = opened(directory)
    assert keystore.centre_point is None
    keystore.trust(centre)
    keystore.trust(centre)  # the technician's tool may ask twice
    assert code_of(MessageError, keystore.trust, stranger) == UNKNOWN_KEY
    keystore, _ = opened(directory)
    assert keystore.centre_point == centre
    assert code_of(MessageError, keystore.trust, stranger) == UNKNOWN_KEY
    settings.wipe(CENTRE)
    keystore, _ = opened(directory)
    keystore.trust(stranger)
    assert keystore.centre_point == stranger
    assert keystore.verify(device_id_of(stranger), b"m", p256.sign(78, sha256(b"m").digest()))
    assert not keystore.verify(device_id_of(stranger), b"m", p256.sign(77, sha256(b"m").digest()))


def check_a_centre_key_that_is_no_point(directory):
    """A centre key off the curve is refused, and nothing is trusted."""
    keystore, settings = opened(directory)
    good = p256.public_point(77)
    for bad in (b"", good[:64], good[:64] + bytes([good[64] ^ 1]), b"\4" + P.to_bytes(32, "big") + good[33:]):
        assert code_of(MessageError, keystore.trust, bad) == BAD_BYTES
    assert keystore.centre_point is None and settings.get(CENTRE) is None


def check_only_the_centre_is_verified(directory):
    """A message by the centre holds; another's, a changed one, or one under a strange name does not."""
    keystore, _ = opened(directory)
    kid = device_id_of(p256.public_point(77))
    signature = p256.sign(77, sha256(b"plan").digest())
    assert code_of(SignatureError, keystore.verify, kid, b"plan", signature) == UNKNOWN_KEY
    keystore.trust(p256.public_point(77))
    assert keystore.verify(kid, b"plan", signature)
    assert not keystore.verify(kid, b"plaN", signature)
    assert not keystore.verify(kid, b"plan", p256.sign(78, sha256(b"plan").digest()))
    assert not keystore.verify(kid, b"plan", b"")
    assert code_of(SignatureError, keystore.verify, keystore.device_id, b"plan", signature) == UNKNOWN_KEY


def check_a_table_cut_off_is_made_again(directory):
    """Trusted, but the power failed before the key's table was kept: the next start makes it."""
    keystore, settings = opened(directory)
    keystore.trust(p256.public_point(77))
    made = settings.get(CENTRE_COMB)
    settings.wipe(CENTRE_COMB)
    keystore, settings = opened(directory)
    assert settings.get(CENTRE_COMB) == made
    assert keystore.verify(keystore.centre_kid, b"m", p256.sign(77, sha256(b"m").digest()))


def check_a_stored_key_that_is_no_key(directory):
    """A stored private key of 0, or of a wrong length, stops the start: no new identity is made in silence."""
    for bad in (bytes(32), N.to_bytes(32, "big"), b"\1" * 31):
        settings = Settings(directory)
        settings.put(PRIVATE, bad)
        assert code_of(DispenserError, Keystore(settings, Draws()).ensure) == 0
        assert settings.get(PRIVATE) == bad
    assert code_of(DispenserError, Keystore(settings, Draws()).sign, b"") == 0
