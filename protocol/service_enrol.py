"""How a device gets an owner: its request, signed by itself, and the certificate that an enrolment key signs for it.

Both are COSE_Sign1 with a context of their own.  Loaded in service mode only; docs/decisions/0039 says why this is no
X.509.  What the word on a label is: verification_word.py.
"""

from protocol import cbor
from protocol.cose import KID_BYTES, POINT_BYTES, device_id_of
from protocol.device_events import MODEL_MULTIDOSE, MODEL_TABLET
from protocol.errors import OUT_OF_BOUNDS, WRONG_DEVICE, MessageError
from protocol.record import U32_MAX, Record, exactly, flag, text, within

CONTEXT_REQUEST = b"dosevakt-enrol-request-1"
CONTEXT_CERTIFICATE = b"dosevakt-enrolment-1"
# On the device: 1 to 4 points, back to back; who may sign certificates for it.
ROOTS = "/loader/enrolment.pub"
MAX_ROOTS = 4

NONCE_BYTES = 16
SERIAL_BYTES = 8
MAX_COSE = 1000  # a certificate has some 330 bytes


class EnrolAsk(Record):
    """Tool -> device: give your request, with my nonce in it.  Answer: COSE_Sign1 of an EnrolmentRequest."""

    FIELDS = ((1, "nonce"),)

    def __init__(self, nonce: bytes) -> None:
        self.nonce = exactly(nonce, NONCE_BYTES, "nonce")

    def encode(self) -> bytes:
        """CBOR."""
        return cbor.encode(self.to_map())


class EnrolmentRequest(Record):
    """Device -> authority, signed by the device's key: this key is mine, and this is what I am.

    centre, serial: absent while the device has no owner; serial also when it was given its centre without one.
    """

    FIELDS = (
        (1, "public_point"),
        (2, "model"),
        (3, "version"),
        (4, "nonce"),
        (5, "centre"),
        (6, "serial"),
    )
    OPTIONAL = (5, 6)

    def __init__(
        self,
        public_point: bytes,
        model: int,
        version: str,
        nonce: bytes,
        centre: "bytes | None" = None,
        serial: "bytes | None" = None,
    ) -> None:
        self.public_point = exactly(public_point, POINT_BYTES, "public_point")
        self.model = within(model, MODEL_TABLET, MODEL_MULTIDOSE, "model")
        self.version = text(version, 32, "version")
        self.nonce = exactly(nonce, NONCE_BYTES, "nonce")  # the tool's: an old request proves nothing
        # Key name of its owner.
        self.centre = None if centre is None else exactly(centre, KID_BYTES, "centre")
        self.serial = None if serial is None else exactly(serial, SERIAL_BYTES, "serial")

    def encode(self) -> bytes:
        """CBOR."""
        return cbor.encode(self.to_map())


class Certificate(Record):
    """Authority -> device, signed by the enrolment key: this device belongs to this centre.

    Its end may stop talking, never dosing: nothing on the device looks at expires_s after it was taken.
    """

    FIELDS = (
        (1, "serial"),
        (2, "device_id"),
        (3, "public_point"),
        (4, "model"),
        (5, "tenant"),
        (6, "centre_point"),
        (7, "issued_s"),
        (8, "expires_s"),
    )

    def __init__(
        self,
        serial: bytes,
        device_id: bytes,
        public_point: bytes,
        model: int,
        tenant: str,
        centre_point: bytes,
        issued_s: int,
        expires_s: int,
    ) -> None:
        self.serial = exactly(serial, SERIAL_BYTES, "serial")
        self.device_id = exactly(device_id, KID_BYTES, "device_id")
        self.public_point = exactly(public_point, POINT_BYTES, "public_point")
        self.model = within(model, MODEL_TABLET, MODEL_MULTIDOSE, "model")
        self.tenant = text(tenant, 32, "tenant")
        self.centre_point = exactly(centre_point, POINT_BYTES, "centre_point")
        self.issued_s = within(issued_s, 1, U32_MAX, "issued_s")  # UTC s since 1970
        self.expires_s = within(expires_s, 1, U32_MAX, "expires_s")  # UTC s since 1970
        if expires_s <= issued_s:
            raise MessageError(OUT_OF_BOUNDS, "a certificate ends before it begins")
        if device_id_of(public_point) != device_id:
            raise MessageError(WRONG_DEVICE, "the id is not that of the key")

    def encode(self) -> bytes:
        """CBOR."""
        return cbor.encode(self.to_map())


class EnrolAnswer(Record):
    """Device -> tool: this certificate is kept.  The same whether it was taken now or before.

    checked: against the enrolment key that the device was flashed with; false when it was flashed with none.
    """

    FIELDS = ((1, "serial"), (2, "checked"))

    def __init__(self, serial: bytes, checked: bool) -> None:
        self.serial = exactly(serial, SERIAL_BYTES, "serial")
        self.checked = flag(checked, "checked")

    def encode(self) -> bytes:
        """CBOR."""
        return cbor.encode(self.to_map())


def decode_ask(data: bytes) -> EnrolAsk:
    """Raises MessageError, as the next three do."""
    return EnrolAsk.from_map(cbor.decode(data, MAX_COSE))


def decode_request(data: bytes) -> EnrolmentRequest:
    """The payload of a request."""
    return EnrolmentRequest.from_map(cbor.decode(data, MAX_COSE))


def decode_certificate(data: bytes) -> Certificate:
    """The payload of a certificate."""
    return Certificate.from_map(cbor.decode(data, MAX_COSE))


def decode_answer(data: bytes) -> EnrolAnswer:
    """The answer to a certificate."""
    return EnrolAnswer.from_map(cbor.decode(data, MAX_COSE))


def roots_of(data: bytes) -> "dict[bytes, bytes]":
    """{key name: point} of the bytes of ROOTS.  Raises MessageError for anything but 1 to 4 whole points."""
    if not 0 < len(data) <= MAX_ROOTS * POINT_BYTES or len(data) % POINT_BYTES:
        raise MessageError(OUT_OF_BOUNDS, "%d bytes are not 1 to %d points" % (len(data), MAX_ROOTS))
    points = [bytes(data[at : at + POINT_BYTES]) for at in range(0, len(data), POINT_BYTES)]
    return {device_id_of(point): point for point in points}
