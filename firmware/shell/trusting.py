"""Take the centre's key from a technician, once.  Imported when one says so, dropped afterwards (rare.py).

Its comb table needs more memory than a running unit has to spare, so the key is kept, the answer is sent, and the
unit starts again: the keystore makes the table before anything else is loaded (main.py).
"""

from firmware.crypto.keystore import CENTRE
from protocol.errors import BAD_BYTES, NO_CODE, UNKNOWN_KEY
from protocol.link_messages import encode_link_message
from protocol.link_setup import Trust, Trusted


def trust(message, settings, answers):
    """Append the encoded answer to `answers`; True when the unit has a new centre and must start again.

    settings: those of the keystore.  Another centre is trusted until the unit is wiped.
    """
    if not isinstance(message, Trust):
        return False  # not for a device
    result, is_new = _take(message.centre_point, settings)
    answers.append(encode_link_message(Trusted(result)))
    return is_new


def _take(centre_point, settings):
    taken = settings.get(CENTRE)
    if taken is not None:
        return (NO_CODE if centre_point == taken else UNKNOWN_KEY), False
    from firmware.crypto.curve import point_of

    if point_of(centre_point) is None:
        return BAD_BYTES, False
    settings.put(CENTRE, bytes(centre_point))
    return NO_CODE, True
