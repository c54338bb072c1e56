"""Keys and certificates for one test, made in its own folder."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def write_key(path: Path, key) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def write_public(path: Path, key) -> Path:
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


class Authority:
    """A certificate authority with one root."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self.folder = folder
        self.key = new_key()
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._root = self._sign(self._name, self.key.public_key(), (-1, 30), ca=True)
        self.root = folder / f"{name}.pem"
        self.root.write_bytes(self._root.public_bytes(Encoding.PEM))

    def issue(
        self, file: str, common_name: str, days=(-1, 30), host: str | None = None, key=None
    ) -> tuple[Path, Path]:
        """(certificate, key) files.  days: valid from and until, from now; host: the name or address of a server."""
        key = key or new_key()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        certificate = self._sign(subject, key.public_key(), days, host=host)
        path = self.folder / f"{file}.pem"
        path.write_bytes(certificate.public_bytes(Encoding.PEM))
        return path, write_key(self.folder / f"{file}.key", key)

    def revoke(self, file: str) -> Path:
        """A list that names the certificate `file`.pem alone."""
        certificate = x509.load_pem_x509_certificate((self.folder / f"{file}.pem").read_bytes())
        now = datetime.now(UTC)
        entry = x509.RevokedCertificateBuilder(certificate.serial_number, now - timedelta(hours=1)).build()
        builder = x509.CertificateRevocationListBuilder(
            self._name, now - timedelta(hours=1), now + timedelta(1)
        )
        path = self.folder / "ca.crl"
        found = builder.add_revoked_certificate(entry).sign(self.key, SHA256())
        path.write_bytes(found.public_bytes(Encoding.PEM))
        return path

    def _sign(self, subject, public, days, ca=False, host=None):
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        if host is not None:
            try:
                name: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
            except ValueError:
                name = x509.DNSName(host)
            builder = builder.add_extension(x509.SubjectAlternativeName([name]), critical=False)
        return builder.sign(self.key, SHA256())
