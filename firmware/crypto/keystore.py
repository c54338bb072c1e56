"""The two keys a dispenser lives by: its own, made here once, and the centre's, trusted once.

The private key is drawn on the device and never leaves it: nothing here returns it, prints it or puts it in an error.
It lies unencrypted in the settings on the board's flash: whoever can open the case and read the flash has it, which is
why the centre can strike a device off.  A board with a secure element signs there, behind the same methods.
"""

import gc
from hashlib import sha256

from firmware.crypto import p256
from firmware.crypto.comb import TABLE_BYTES, read_table
from firmware.crypto.curve import N, point_of
from protocol.cose import device_id_of
from protocol.errors import BAD_BYTES, UNKNOWN_KEY, DispenserError, MessageError, SignatureError

PRIVATE = "device_key"  # names of settings
CENTRE = "centre_point"
CENTRE_COMB = "centre_comb"  # the centre's point and its comb table: worth two thirds of every verify

# Fewer than 2 ** -32 of all draws lie outside 1 to N - 1; four in a row mean a source that is not random.
DRAWS = 4


class Keystore:
    """Signs as this device and verifies the centre.

    settings: get(name), put(name, bytes) and place(name), as firmware.store.settings.Settings.
    random_bytes: random_bytes(n) gives n bytes of the board's hardware random source (os.urandom).
    """

    def __init__(self, settings, random_bytes):
        self._settings = settings
        self._random_bytes = random_bytes
        self._private = 0
        self._centre_comb = None  # (path, offset) of its table
        self.public_point = b""  # 65 bytes; empty until ensure()
        self.device_id = b""  # 8 bytes; empty until ensure()
        self.centre_point = None  # 65 bytes, or None while no centre is trusted
        self.centre_kid = None  # 8 bytes, the name of the centre's key

    def __repr__(self):
        return "Keystore(" + self.device_id.hex() + ")"

    def ensure(self) -> None:
        """Load the keys; make the device's own the first time.  Call before anything else.

        Raises DispenserError when the random source is stuck or the stored key is no key: a device that cannot say
        who it is must not start.
        """
        stored = self._settings.get(PRIVATE)
        if stored is None:
            stored = self._make()
            self._settings.put(PRIVATE, stored)
        if len(stored) != 32 or not 0 < int.from_bytes(stored, "big") < N:
            raise DispenserError(detail="the stored device key is no key")
        self._private = int.from_bytes(stored, "big")
        self.public_point = p256.public_point(self._private)
        self.device_id = device_id_of(self.public_point)
        self._load_centre()

    def _make(self):
        """32 bytes of a new private key, by rejection (FIPS 186-5, A.2.2), tried out before it is ever used."""
        previous = self._random_bytes(32)
        for _ in range(DRAWS):
            drawn = self._random_bytes(32)
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

    def sign(self, message: bytes) -> bytes:
        """64 bytes r and s over SHA-256 of `message`, by the device's key.

        Collects first: a signature leaves 180 KB of garbage on the board, so the collector runs once in any case,
        and is cheapest before.
        """
        if not self._private:
            raise DispenserError(detail="the keystore is not open: ensure() comes first")
        gc.collect()
        return p256.sign(self._private, sha256(message).digest())

    def trust(self, centre_point: bytes) -> None:
        """Believe this centre key from now on.  Once: another key is refused until the settings are wiped.

        Raises MessageError: BAD_BYTES for what is no point of the curve, UNKNOWN_KEY while another key is trusted.
        """
        if point_of(centre_point) is None:
            raise MessageError(BAD_BYTES, "the centre's key is no point of the curve")
        if self.centre_point is not None and self.centre_point != centre_point:
            raise MessageError(UNKNOWN_KEY, "this device trusts another centre until it is wiped")
        if self.centre_point is None:
            self._settings.put(CENTRE, bytes(centre_point))
        self._load_centre()

    def _load_centre(self):
        self.centre_point = self._settings.get(CENTRE)
        if self.centre_point is None:
            return
        self.centre_kid = device_id_of(self.centre_point)
        stored = self._settings.get(CENTRE_COMB) or b""
        if stored[:65] != self.centre_point:  # never made, cut off while making it, or of a centre before
            stored = self._make_centre_comb()
            self._settings.put(CENTRE_COMB, stored)
        path, at = self._settings.place(CENTRE_COMB)
        self._centre_comb = path, at + 65

    def _make_centre_comb(self):
        from firmware.crypto.make_comb import fill  # needed once in a device's life

        gc.collect()
        stored = bytearray(65 + TABLE_BYTES)
        stored[:65] = self.centre_point
        fill(memoryview(stored)[65:], *point_of(self.centre_point))
        return stored

    def verify(self, kid: bytes, message: bytes, signature: bytes) -> bool:
        """Whether `signature` over `message` is by the trusted centre.  As protocol.cose.verify1 wants it.

        Raises SignatureError (UNKNOWN_KEY) when `kid` does not name the trusted centre's key.
        """
        if self.centre_point is None or kid != self.centre_kid:
            raise SignatureError(UNKNOWN_KEY)
        gc.collect()
        return p256.verify_known(read_table(*self._centre_comb), sha256(message).digest(), signature)
