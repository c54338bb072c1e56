"""Read and check the key and certificate files that the config names.  Every problem is one sentence."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509.oid import NameOID

from hub.core.path_faults import days_left, own_certificate
from hub.edges.keys import CentreKey, EventKey, point_of
from hub.settings import Settings


@dataclass(frozen=True)
class Validity:
    """When the hub's TLS certificate is good, in real UTC seconds."""

    not_before_s: int
    not_after_s: int

    def fault(self, now_s: int) -> str | None:
        """Sentence when the certificate cannot be used now; the hub then goes on storing."""
        return own_certificate(self.not_before_s, self.not_after_s, now_s)

    def days_left(self, now_s: int) -> int:
        return days_left(self.not_after_s, now_s)


@dataclass(frozen=True)
class Credentials:
    """All that was read, matched against each other."""

    event_key: EventKey
    centre_key: CentreKey
    validity: Validity


class _Reader:
    """Reads files and gathers problems."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def bytes_of(self, where: str, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except OSError as fault:
            self.problems.append(
                f"{where}: {path} cannot be read ({fault.strerror}); check the path and its permissions."
            )
            return None

    def private_key(self, where: str, path: Path) -> ec.EllipticCurvePrivateKey | None:
        data = self.bytes_of(where, path)
        if data is None:
            return None
        try:
            key = load_pem_private_key(data, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            self.problems.append(
                f"{where}: {path} holds no unencrypted private key in PEM; put the right file there."
            )
            return None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            self.problems.append(f"{where}: the key in {path} is not a P-256 key; make one with that curve.")
            return None
        return key

    def public_key(self, where: str, path: Path) -> ec.EllipticCurvePublicKey | None:
        data = self.bytes_of(where, path)
        if data is None:
            return None
        try:
            key = load_pem_public_key(data)
        except (ValueError, UnsupportedAlgorithm):
            self.problems.append(
                f"{where}: {path} holds no public key in PEM; ask the centre for its public key."
            )
            return None
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            self.problems.append(
                f"{where}: the key in {path} is not a P-256 key; ask the centre for its public key."
            )
            return None
        return key

    def certificate(self, where: str, path: Path) -> x509.Certificate | None:
        data = self.bytes_of(where, path)
        if data is None:
            return None
        try:
            certificate = x509.load_pem_x509_certificate(data)
            certificate.public_key(), certificate.subject, _validity(certificate)  # read only when asked for
            return certificate
        except (ValueError, UnsupportedAlgorithm):
            self.problems.append(f"{where}: {path} holds no certificate in PEM; put the right file there.")
            return None


def read_credentials(settings: Settings) -> tuple[Credentials | None, list[str]]:
    """The credentials, or None and why not: one sentence per problem."""
    reader = _Reader()
    event_key = reader.private_key("hub.event_key", settings.hub.event_key)
    tls_key = reader.private_key("broker.key", settings.broker.key)
    certificate = reader.certificate("broker.certificate", settings.broker.certificate)
    reader.certificate("broker.ca", settings.broker.ca)
    centre = reader.public_key("centre.public_key", settings.centre.public_key)
    if certificate is not None and tls_key is not None:
        public = certificate.public_key()
        if not isinstance(public, ec.EllipticCurvePublicKey) or point_of(public) != point_of(
            tls_key.public_key()
        ):
            reader.problems.append(
                "broker.certificate: it does not belong to broker.key; put the pair that was issued together."
            )
    if certificate is not None and event_key is not None:
        _check_name(reader, certificate, f"{settings.hub.tenant}/{EventKey(event_key).hub_id.hex()}")
    if reader.problems or event_key is None or certificate is None or centre is None:
        return None, reader.problems
    return Credentials(EventKey(event_key), CentreKey(centre), _validity(certificate)), []


def read_validity(certificate: Path) -> Validity:
    """Of the certificate as it is on disk now.  Raises OSError or ValueError when it went bad since the start."""
    return _validity(x509.load_pem_x509_certificate(certificate.read_bytes()))


def certificate_fault(settings: Settings, hub_id: bytes, now_s: int) -> str | None:
    """Sentence when the certificate as it is on disk now cannot be used at now_s.  Raises OSError or ValueError."""
    certificate = x509.load_pem_x509_certificate(settings.broker.certificate.read_bytes())
    wrong = _wrong_name(certificate, f"{settings.hub.tenant}/{hub_id.hex()}")
    if wrong is not None:
        return f"The hub's certificate is somebody else's: {wrong}."
    return _validity(certificate).fault(now_s)


def _validity(certificate: x509.Certificate) -> Validity:
    return Validity(
        int(certificate.not_valid_before_utc.timestamp()), int(certificate.not_valid_after_utc.timestamp())
    )


def _check_name(reader: _Reader, certificate: x509.Certificate, name: str) -> None:
    """The broker takes the hub's name from its certificate, so it must be this hub's and this tenant's."""
    wrong = _wrong_name(certificate, name)
    if wrong is not None:
        reader.problems.append(
            f"broker.certificate: {wrong};"
            " have it issued for this hub, or correct hub.tenant or hub.event_key."
        )


def _wrong_name(certificate: x509.Certificate, name: str) -> str | None:
    names = [attribute.value for attribute in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    found = ", ".join(map(str, names)) or "none"
    return None if names == [name] else f"its common name is {found}, but this hub is {name}"


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Mutual TLS 1.2 or newer with host name check.  Read anew for each attempt, so a renewed certificate is taken up.

    Raises OSError (ssl.SSLError among them) when a file went bad since the start.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks host name and certificate
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(settings.broker.ca)
    context.load_cert_chain(settings.broker.certificate, settings.broker.key, password=_no_password)
    return context


def _no_password() -> bytes:
    """Never ask at a terminal: the config check has refused encrypted keys."""
    return b""
