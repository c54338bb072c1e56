"""TLS certificates for one test: an authority, a broker on localhost, clients by name."""

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


class Authority:
    """Issues certificates into a folder: NAME.crt and NAME.key; its own is ca.crt."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("test authority")
        built = _builder(self._name, self._name, self._key).add_extension(
            x509.BasicConstraints(True, None), True
        )
        (folder / "ca.crt").write_bytes(built.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def issue(self, file: str, name: str, server: bool = False) -> None:
        """A certificate for `name`."""
        key = ec.generate_private_key(ec.SECP256R1())
        built = _builder(_name(name), self._name, key)
        if server:
            hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            built = built.add_extension(x509.SubjectAlternativeName(hosts), False)
        data = built.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)
        (self.folder / f"{file}.crt").write_bytes(data)
        write_key(self.folder / f"{file}.key", key)


def write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """PEM, unencrypted."""
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    return (
        builder.serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
    )
