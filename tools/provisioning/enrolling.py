"""One device in service mode gets its owner: its request, the certificate for it, and the proof that it holds."""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from centre.core.enrolment import NotEnrolled, proven_request
from centre.edges.keys import signed_by
from protocol.cose import device_id_of, parse_sign1
from protocol.errors import (
    BAD_SIGNATURE,
    EXPIRED,
    REFUSALS,
    UNKNOWN_KEY,
    WRONG_DEVICE,
    WRONG_STATE,
    MessageError,
)
from protocol.service_enrol import (
    NONCE_BYTES,
    Certificate,
    EnrolAnswer,
    EnrolAsk,
    EnrolmentRequest,
    decode_answer,
    decode_certificate,
)
from protocol.service_hello import Hello
from protocol.service_messages import ENROL, ENROL_REQUEST
from protocol.verification_word import word_of
from tools.exit_codes import INCOMPATIBLE, NOT_VERIFIED, REFUSED
from tools.models import MODELS
from tools.refusal import Refusal

# What the device's no means here: the exit code, and what to do.
NOES = {
    UNKNOWN_KEY: (
        INCOMPATIBLE,
        "The certificate is signed by an enrolment key that this device was not flashed with. "
        "Flash it with your enrolment.pub, or have the certificate signed by the right key.",
    ),
    BAD_SIGNATURE: (INCOMPATIBLE, "The certificate is damaged: its signature does not hold. Fetch it again."),
    WRONG_DEVICE: (INCOMPATIBLE, "The certificate is for another device. Ask for one with: --request-out"),
    EXPIRED: (INCOMPATIBLE, "The certificate has ended. Ask for a new one with: --request-out"),
    WRONG_STATE: (REFUSED, "This device belongs to another centre. Wipe it with: dosevakt return"),
}


class Served(Protocol):
    """What is used of tools.workshop.service.Service."""

    def hello(self) -> Hello: ...

    def ask(self, what: int, body: bytes | None = None) -> bytes | None: ...

    def ask_for_code(self, what: int, body: bytes | None = None) -> tuple[int, bytes | None]: ...

    def back_after_restart(self) -> None: ...


@dataclass(frozen=True)
class Asked:
    """A device's request: the signed bytes, and what they say."""

    cose: bytes
    request: EnrolmentRequest

    @property
    def device_id(self) -> str:
        return device_id_of(self.request.public_point).hex()

    @property
    def model(self) -> str:
        return MODELS[self.request.model]

    @property
    def word(self) -> str:
        """To be compared aloud."""
        return word_of(self.request.public_point)


@dataclass(frozen=True)
class Owned:
    """What came of it.  changed: it was taken now, and not before.  checked: against the key it was flashed with."""

    certificate: Certificate
    changed: bool
    checked: bool

    @property
    def until(self) -> str:
        """The day the certificate ends."""
        return f"{datetime.fromtimestamp(self.certificate.expires_s, UTC):%Y-%m-%d}"


def ask_request(service: Served) -> Asked:
    """The request of the device on the cable, its signature and our nonce checked.  Raises Refusal."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    cose = service.ask(ENROL_REQUEST, EnrolAsk(nonce).encode()) or b""
    try:
        request = proven_request(cose, signed_by)
    except NotEnrolled as error:
        raise Refusal(NOT_VERIFIED, f"What the device says of itself does not hold. {error}") from error
    if request.nonce != nonce:
        raise Refusal(NOT_VERIFIED, "The device answers with an old request. Unplug it and begin anew.")
    return Asked(cose, request)


def fits(cose: bytes, asked: Asked) -> Certificate:
    """The certificate in these bytes, if it is for this device and good today.  Raises Refusal.

    That it is signed by the right key is for the device to judge: it was flashed with that key, we were not.
    """
    try:
        certificate = decode_certificate(parse_sign1(cose).payload)
    except MessageError as error:
        raise Refusal(INCOMPATIBLE, f"This is no certificate of a device ({error}).") from error
    if certificate.public_point != asked.request.public_point or certificate.model != asked.request.model:
        raise Refusal(*NOES[WRONG_DEVICE])
    if certificate.expires_s <= time.time():
        raise Refusal(*NOES[EXPIRED])
    if asked.request.centre not in (None, device_id_of(certificate.centre_point)):
        raise Refusal(*NOES[WRONG_STATE])
    return certificate


def give(service: Served, cose: bytes, asked: Asked) -> Owned:
    """Give the device its certificate, and see that it holds.  Raises Refusal."""
    certificate = fits(cose, asked)
    code, body = service.ask_for_code(ENROL, cose)
    if code:
        raise Refusal(*NOES.get(code, (REFUSED, f"The device says no: {REFUSALS.get(code, code)}.")))
    answer = _answer(body)
    if answer.serial != certificate.serial:  # it keeps a newer one of the same centre
        return Owned(certificate, False, answer.checked)
    if asked.request.centre is None:
        service.back_after_restart()
        if not service.hello().owned:
            raise Refusal(NOT_VERIFIED, "The device does not know its centre after its start. Run it again.")
    return Owned(certificate, answer.serial != asked.request.serial, answer.checked)


def _answer(body: bytes | None) -> EnrolAnswer:
    try:
        return decode_answer(body or b"")
    except MessageError as error:
        raise Refusal(NOT_VERIFIED, f"The device's answer cannot be read: {error}.") from error
