"""Say who we are and which firmware runs, signed over the asker's nonce.

A technician who hears it from a device that nobody owns yet confirms new firmware by it: there is no centre to do so.
"""

from protocol import cbor
from protocol.service_events import UpdateConfirmed
from protocol.service_hello import Hello, HelloAsk, sign_hello


def answer(body, unit):
    """Body: HelloAsk.  Answer: COSE_Sign1 of a Hello."""
    ask = HelloAsk.from_map(cbor.decode(body or b""))
    slots = unit.slots
    trial = slots.trial()
    # With an update in hand it may be the next version that is on trial, not the one that speaks.
    if trial and not unit.owned and unit.update is None:
        slots.confirm()
        unit.recorder.note(UpdateConfirmed(slots.sequence(), unit.version))
        trial = False
    hello = Hello(
        ask.nonce,
        unit.keystore.public_point,
        unit.board.model,
        unit.version,
        slots.sequence(),
        slots.active(),
        trial,
        unit.owned,
        slots.locked(),
        unit.recorder.boot,
        unit.left_s(),
    )
    return 0, sign_hello(hello, unit.keystore.sign)
