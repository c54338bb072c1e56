"""Why the hub cannot talk to its broker, each in one sentence that says what to do.  Pure: facts in, sentence out."""

from dataclasses import dataclass

# X509_V_ERR_* of OpenSSL's x509_vfy.h: our side looked at the broker's certificate.
_NOT_YET_VALID = 9
_EXPIRED = 10
_UNKNOWN_ISSUER = (2, 18, 19, 20, 21)
_WRONG_NAME = (62, 64)

# Reason names of TLS alerts (RFC 8446 section 6): the broker looked at ours.
_ALERTS = (
    ("CERTIFICATE_EXPIRED", "The broker says that the hub's certificate has expired: renew it."),
    ("CERTIFICATE_REVOKED", "The broker says that the hub's certificate was revoked: enrol the hub anew."),
    (
        "UNKNOWN_CA",
        "The broker does not know the authority that issued the hub's certificate: use the right one.",
    ),
    (
        "CERTIFICATE_REQUIRED",
        "The broker wants a client certificate and got none it takes: check broker.certificate.",
    ),
    ("BAD_CERTIFICATE", "The broker does not accept the hub's certificate: check broker.certificate."),
    ("CERTIFICATE_UNKNOWN", "The broker does not accept the hub's certificate: check broker.certificate."),
    ("ALERT_PROTOCOL_VERSION", "The broker does not speak TLS 1.2 or newer: update the broker."),
    ("UNSUPPORTED_PROTOCOL", "The broker does not speak TLS 1.2 or newer: update the broker."),
    ("HANDSHAKE_FAILURE", "Hub and broker found no common TLS settings: check the broker's TLS settings."),
    ("WRONG_VERSION_NUMBER", "The broker's port does not speak TLS: check broker.port."),
    ("HTTP_REQUEST", "The broker's port does not speak TLS: check broker.port."),
)

# CONNACK return codes, MQTT 3.1.1 section 3.2.2.3.
_REFUSALS = {
    1: "The broker does not speak MQTT 3.1.1.",
    2: "The broker refused the hub's client id.",
    3: "The broker says that its service is not available; the hub tries again.",
    4: "The broker refused the hub's name: check that it takes the name from the certificate.",
    5: "The broker does not let this hub in: add the hub to the broker's access list.",
}


@dataclass(frozen=True)
class PathFault:
    """What is known about a connection that failed.

    stage: "resolve", "connect", "tls", "mqtt", "lost", or "return" when we leave by ourselves.
    verify_code: OpenSSL's certificate check result, 0 if it did not come to that.
    reason: OpenSSL's reason name or the system's text, for what has no sentence of its own.
    refusal: CONNACK return code, 0 if there was none.
    """

    stage: str
    reason: str = ""
    verify_code: int = 0
    refusal: int = 0


def sentence(fault: PathFault, host: str, port: int) -> str:
    """One sentence for log and status."""
    where = f"{host}:{port}"
    if fault.refusal:
        return _REFUSALS.get(fault.refusal, f"The broker refused the hub with code {fault.refusal}.")
    if fault.verify_code:
        return _verify_sentence(fault, host)
    for name, text in _ALERTS:
        if name in fault.reason.upper().replace(" ", "_"):
            return text
    if fault.stage == "return":
        return "The preferred broker answers again: the hub goes back to it."
    if fault.stage == "resolve":
        return f"The name {host} cannot be resolved: check broker.host and the network."
    if fault.stage == "connect":
        return f"Nobody answers at {where} ({fault.reason}): check network, broker.host and broker.port."
    if fault.stage == "tls":
        return f"The TLS connection to {where} failed: {fault.reason}."
    if fault.stage == "mqtt":
        return f"{where} accepts connections but does not answer MQTT in time ({fault.reason})."
    return f"The connection to {where} was lost ({fault.reason}); the hub connects again."


def _verify_sentence(fault: PathFault, host: str) -> str:
    if fault.verify_code == _EXPIRED:
        return "The broker's certificate has expired: renew it at the broker, or check the hub's clock."
    if fault.verify_code == _NOT_YET_VALID:
        return "The broker's certificate is not valid yet: the hub's clock is probably wrong."
    if fault.verify_code in _UNKNOWN_ISSUER:
        return "The broker's certificate comes from another authority than the one in broker.ca: check both."
    if fault.verify_code in _WRONG_NAME:
        return f"The broker's certificate is not for {host}: check broker.host and the broker's certificate."
    return f"The broker's certificate was not accepted: {fault.reason}."


def own_certificate(not_before_s: int, not_after_s: int, now_s: int) -> str | None:
    """Sentence when the hub's own certificate cannot be used at now_s (real UTC seconds), else None."""
    if now_s >= not_after_s:
        return "The hub's certificate has expired: renew broker.certificate; events are kept until then."
    if now_s < not_before_s:
        return "The hub's certificate is not valid yet: the hub's clock is probably wrong; events are kept until then."
    return None


def days_left(not_after_s: int, now_s: int) -> int:
    """Whole days until the certificate ends; negative when it has."""
    return (not_after_s - now_s) // 86_400
