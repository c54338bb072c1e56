"""Take the centre's key from a technician, once.

Its comb table needs more memory than a running unit has to spare, so the key is kept, the answer is sent, and the
unit starts again: the keystore makes the table before anything else is loaded (main.py).
"""

from firmware.crypto.keystore import CENTRE
from protocol.errors import BAD_BYTES, NO_CODE, UNKNOWN_KEY


class NewCentre(Exception):
    """The unit has a centre now and must start again to know it."""


class Trusting:
    """`settings` are those of the keystore."""

    def __init__(self, settings, keystore):
        self._settings = settings
        self._keystore = keystore
        self._taken = keystore.centre_point
        self.restart = False  # as soon as the answer has gone

    def take(self, centre_point):
        """0, or the refusal code: another centre is trusted until the unit is wiped."""
        if self._taken is not None:
            return NO_CODE if centre_point == self._taken else UNKNOWN_KEY
        from firmware.crypto.curve import point_of

        if point_of(centre_point) is None:
            return BAD_BYTES
        self._settings.put(CENTRE, bytes(centre_point))
        self._taken = centre_point
        self.restart = True
        return NO_CODE
