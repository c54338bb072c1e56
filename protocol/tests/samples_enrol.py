"""One of each that goes between a device without an owner and whoever gives it one."""

from protocol import service_enrol
from protocol.service_enrol import Certificate, EnrolAnswer, EnrolAsk, EnrolmentRequest

# As samples.PUBLIC_POINT: the test key of RFC 6979 appendix A.2.5.
POINT = bytes.fromhex(
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
)
DEVICE = bytes.fromhex("5a7a78cca4a0f420")
# The base point of P-256 (SEC 2 version 2.0, section 2.4.2): the public half of the private key 1.
CENTRE_POINT = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
NONCE = bytes(range(16))
SERIAL = bytes.fromhex("e0e1e2e3e4e5e6e7")
ISSUED_S = 1795420800  # 2026-11-23 08:00 UTC
YEAR_S = 31536000

ASK = EnrolAsk(NONCE)
REQUEST = EnrolmentRequest(POINT, 1, "0.1.0", NONCE)
REQUEST_OWNED = EnrolmentRequest(POINT, 2, "0.1.0", NONCE, DEVICE, SERIAL)
CERTIFICATE = Certificate(SERIAL, DEVICE, POINT, 1, "vadso", CENTRE_POINT, ISSUED_S, ISSUED_S + 5 * YEAR_S)
ANSWER = EnrolAnswer(SERIAL, True)

ROWS = (
    ("enrol-ask", "enrol-ask", ASK),
    ("enrol-request", "enrol-request", REQUEST),
    ("enrol-request-owned", "enrol-request", REQUEST_OWNED),
    ("enrol-certificate", "enrol-certificate", CERTIFICATE),
    ("enrol-answer", "enrol-answer", ANSWER),
)
DECODERS = {
    "enrol-ask": service_enrol.decode_ask,
    "enrol-request": service_enrol.decode_request,
    "enrol-certificate": service_enrol.decode_certificate,
    "enrol-answer": service_enrol.decode_answer,
}


def every():
    """(vector name, schema rule, message, bytes), as samples.every."""
    return [(name, rule, message, message.encode()) for name, rule, message in ROWS]
