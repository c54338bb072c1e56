"""Hear a technician on the line: take the centre's key, once; or go to service mode.  Dropped after use (rare.py).

The centre's comb table needs more memory than a running unit has to spare, so the key is kept, the answer is sent, and
the unit starts again: the keystore makes the table before anything else is loaded (main.py).
"""

from firmware.crypto.keystore import CENTRE
from protocol.errors import BAD_BYTES, NO_CODE, UNKNOWN_KEY, UNKNOWN_TYPE
from protocol.link_messages import encode_link_message
from protocol.link_setup import Trust, Trusted

ROOTS = "/loader/enrolment.pub"  # as protocol/service_enrol.py, which is not loaded for this


def take(message, recorder, answers):
    """Append the encoded answer to `answers`; True when the unit has a new centre and must start again.

    Another centre is trusted until the unit is wiped.  recorder: its settings are those of the keystore.
    """
    settings = recorder.settings
    if isinstance(message, Trust):
        result, is_new = _trust(message.centre_point, settings)
        answers.append(encode_link_message(Trusted(result)))
        return is_new
    _serve(message, recorder, settings)
    return False


def _trust(centre_point, settings):
    taken = settings.get(CENTRE)
    if taken is not None:
        return (NO_CODE if centre_point == taken else UNKNOWN_KEY), False
    from firmware.crypto.curve import point_of
    from firmware.store.files import read_whole

    if read_whole(ROOTS) is not None:
        return (
            UNKNOWN_TYPE,
            False,
        )  # it was flashed to believe a certificate, and nobody's bare word (decision 39)
    if point_of(centre_point) is None:
        return BAD_BYTES, False
    settings.put(CENTRE, bytes(centre_point))
    return NO_CODE, True


def _serve(message, recorder, settings):
    """HELLO from the line's other end: a unit that nobody owns goes to service mode on this line."""
    from protocol.service_messages import HELLO, ServiceAsk

    if isinstance(message, ServiceAsk) and message.what == HELLO and settings.get(CENTRE) is None:
        from firmware.shell.service_door import enter
        from protocol.service_events import BY_LINE

        enter(recorder, settings, BY_LINE, {})
