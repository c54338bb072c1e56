"""Take a certificate, and with it a centre.

The certificate is kept first, then the event is journalled, then the centre's point is kept, and with that the device
is owned.  So a power cut leaves it without an owner, or with one and its certificate; the second run completes.
"""

from firmware.core.enrolling import why_not
from firmware.crypto.keystore import CENTRE
from firmware.service.certificate import CERTIFICATE, believed, is_point, kept
from protocol.cose import device_id_of
from protocol.errors import BAD_BYTES
from protocol.service_enrol import ROOTS, EnrolAnswer
from protocol.service_events import Enrolled


def answer(body, unit, roots_path=ROOTS):
    """Body: COSE_Sign1 of a Certificate.  Answer: EnrolAnswer, the same whether it is taken now or was before."""
    certificate, checked = believed(body or b"", roots_path)
    settings, keystore = unit.settings, unit.keystore
    owner = settings.get(CENTRE)
    code = why_not(certificate, keystore.public_point, unit.board.model, owner, unit.clock.now_s())
    if code:
        return code, None
    if owner is None and not is_point(certificate.centre_point):
        return BAD_BYTES, None
    before = kept(settings)
    if owner is None or before is None or before.issued_s < certificate.issued_s:
        settings.put(CERTIFICATE, bytes(body))
        unit.recorder.note(Enrolled(certificate.serial, device_id_of(certificate.centre_point)))
        before = certificate
    if owner is None:
        settings.put(CENTRE, certificate.centre_point)
    if keystore.centre_point is None:
        unit.restart()  # it learns its centre at the start, where there is memory for the comb table
    return 0, EnrolAnswer(before.serial, checked).encode()
