"""The two keys a dispenser lives by: its own, made here once, and the centre's, trusted once.

The private key is drawn on the device and never leaves it: nothing here returns it, prints it or puts it in an error.
It lies unencrypted in the settings on the board's flash: whoever can open the case and read the flash has it, which is
why a centre must be able to strike a device off (docs/safety.md, U-49).  A board with a secure element signs there,
behind the same methods.
"""

import gc
from hashlib import sha256

from protocol.errors import UNKNOWN_KEY, DispenserError, SignatureError

PRIVATE = "device_key"  # names of settings
CENTRE = "centre_point"
CENTRE_COMB = "centre_comb"  # the centre's point and its comb table: worth two thirds of every verify

# Loaded for each use: the curve takes 14 KB of the board's memory, and a signature comes some six times an hour.
ARITHMETIC = (
    "firmware.crypto.p256",
    "firmware.crypto.nonce",
    "firmware.crypto.comb",
    "firmware.crypto.curve",
)
OPENING = (
    "firmware.crypto.keystore_opening",
    "firmware.crypto.make_comb",
    "firmware.crypto.wnaf",
) + ARITHMETIC


def keep(*names):
    """Drops nothing."""


class Keystore:
    """Signs as this device and verifies the centre.

    settings: get(name) and put(name, bytes), as firmware.store.settings.Settings.
    random_bytes: random_bytes(n) gives n bytes of the board's hardware random source (os.urandom).
    drop: forgets modules by name, where memory is scarce.
    """

    def __init__(self, settings, random_bytes, drop=keep):
        self._settings = settings
        self._random_bytes = random_bytes
        self._drop = drop
        self._private = 0
        self._centre_comb = None  # its table: 4 KB in one piece, which later on may not be free
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
        from firmware.crypto.keystore_opening import centre_key, own_key

        try:
            self._private, self.public_point, self.device_id = own_key(self._settings, self._random_bytes)
            self.centre_point, self.centre_kid, self._centre_comb = centre_key(self._settings)
        finally:
            self._drop(*OPENING)

    def trust(self, centre_point: bytes) -> None:
        """Believe this centre key from now on.  Once: another key is refused until the settings are wiped.

        Raises MessageError: BAD_BYTES for what is no point of the curve, UNKNOWN_KEY while another key is trusted.
        """
        from firmware.crypto.keystore_opening import centre_key, check_centre

        try:
            check_centre(centre_point, self.centre_point)
            if self.centre_point is None:
                self._settings.put(CENTRE, bytes(centre_point))
            self.centre_point, self.centre_kid, self._centre_comb = centre_key(self._settings)
        finally:
            self._drop(*OPENING)

    def sign(self, message: bytes) -> bytes:
        """64 bytes r and s over SHA-256 of `message`, by the device's key.

        Collects first: a signature leaves 180 KB of garbage on the board, so the collector runs once in any case,
        and is cheapest before.
        """
        if not self._private:
            raise DispenserError(detail="the keystore is not open: ensure() comes first")
        gc.collect()
        from firmware.crypto import p256

        try:
            return p256.sign(self._private, sha256(message).digest())
        finally:
            self._drop(*ARITHMETIC)

    def verify(self, kid: bytes, message: bytes, signature: bytes) -> bool:
        """Whether `signature` over `message` is by the trusted centre.  As protocol.cose.verify1 wants it.

        Raises SignatureError (UNKNOWN_KEY) when `kid` does not name the trusted centre's key.
        """
        if self.centre_point is None or kid != self.centre_kid:
            raise SignatureError(UNKNOWN_KEY)
        gc.collect()
        from firmware.crypto import p256

        try:
            return p256.verify_known(self._centre_comb, sha256(message).digest(), signature)
        finally:
            self._drop(*ARITHMETIC)
