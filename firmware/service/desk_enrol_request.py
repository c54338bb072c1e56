"""Ask for an owner: say who we are, signed by our own key over the tool's nonce."""

from firmware.crypto.keystore import CENTRE
from firmware.service.certificate import kept
from protocol.cose import device_id_of, sign1
from protocol.service_enrol import CONTEXT_REQUEST, EnrolmentRequest, decode_ask


def answer(body, unit):
    """Body: EnrolAsk.  Answer: COSE_Sign1 of an EnrolmentRequest."""
    ask = decode_ask(body or b"")
    keystore, owner, certificate = unit.keystore, unit.settings.get(CENTRE), kept(unit.settings)
    request = EnrolmentRequest(
        keystore.public_point,
        unit.board.model,
        unit.version,
        ask.nonce,
        owner and device_id_of(owner),
        certificate.serial if owner and certificate else None,
    )
    return 0, sign1(request.encode(), keystore.device_id, CONTEXT_REQUEST, keystore.sign)
