"""Issue TLS certificates: one authority, then servers by host name and clients by user name."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tools.authority.keys import KeyFileError, PrivateKey, load_key, new_key, save_key

# A common name holds at most 64 characters (RFC 5280, appendix A, ub-common-name).
LONGEST_NAME = 64
# Clocks of small machines run behind: a certificate of this minute must not look as if it came from the future.
BACKDATED = timedelta(hours=1)
AUTHORITY_DAYS = 3650
SPOILT = (
    ValueError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
)  # what cryptography raises for bytes that are wrong
_HOST = re.compile(rf"[A-Za-z0-9.-]{{1,{LONGEST_NAME}}}")  # RFC 1123 section 2.1; other letters as xn--...
DEFAULT_DAYS = 397


@dataclass(frozen=True)
class Authority:
    """The key that vouches for servers and clients of one installation."""

    key: PrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True)
class Pair:
    """Where one party's certificate and its private key lie."""

    certificate: Path
    key: Path


def new_authority(folder: Path, name: str = "Dosevakt authority", passphrase: str | None = None) -> Authority:
    """Make an authority in `folder` (ca.crt, ca.key).  Raises FileExistsError when one is there already."""
    key = new_key()
    subject = _subject(name)
    builder = _builder(subject, subject, key, datetime.now(UTC), timedelta(days=AUTHORITY_DAYS))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    authority = Authority(key, builder.sign(key, hashes.SHA256()))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    save_key(key, folder / "ca.key", passphrase)
    _save_certificate(authority.certificate, folder / "ca.crt")
    return authority


def load_authority(folder: Path, passphrase: str | None = None) -> Authority:
    """Return the authority kept in `folder`.

    Raises FileNotFoundError when there is none, PassphraseError, KeyFileError.
    """
    certificate = load_certificate(folder / "ca.crt")
    return Authority(load_key(folder / "ca.key", passphrase), certificate)


def load_certificate(path: Path) -> x509.Certificate:
    """Return the certificate kept at `path`.  Raises FileNotFoundError, KeyFileError."""
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
        # A spoilt one is noticed only when it is asked; we ask for what others will ask for.
        found.public_key()
        if not found.subject.get_attributes_for_oid(NameOID.COMMON_NAME):
            raise ValueError("it names nobody")
        return found
    except SPOILT as fault:
        raise KeyFileError(f"{path} holds no certificate in PEM") from fault


def issue_server(authority: Authority, folder: Path, hosts: list[str], days: int = DEFAULT_DAYS) -> Pair:
    """Issue a certificate for the broker that is reached under `hosts` (names or addresses)."""
    names = x509.SubjectAlternativeName([host_name(host) for host in hosts])
    return _issue(authority, folder / "server", hosts[0], ExtendedKeyUsageOID.SERVER_AUTH, names, _days(days))


def issue_client(
    authority: Authority,
    stem: Path,
    user: str,
    days: int = DEFAULT_DAYS,
    not_before: datetime | None = None,
) -> Pair:
    """Issue a certificate whose common name is the broker's name for its holder: `stem`.crt and `stem`.key.

    user: "{tenant}/{hub_id in hex}" for a hub, so that the broker's pattern %u names that hub's own topics.
    not_before: UTC; a test uses it to make a certificate that has run out.
    """
    start = not_before or datetime.now(UTC)
    return _issue(authority, stem, user, ExtendedKeyUsageOID.CLIENT_AUTH, None, (start, timedelta(days=days)))


def _issue(
    authority: Authority,
    stem: Path,
    name: str,
    purpose: x509.ObjectIdentifier,
    hosts: x509.SubjectAlternativeName | None,
    validity: tuple[datetime, timedelta],
) -> Pair:
    key = new_key()
    builder = _builder(authority.certificate.subject, _subject(name), key, *validity)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    # RFC 5280 4.2.1.1: newer OpenSSL in strict mode refuses a certificate that does not name its issuer's key.
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(issuer, critical=False)
    if hosts is not None:
        builder = builder.add_extension(hosts, critical=False)
    pair = Pair(stem.with_name(stem.name + ".crt"), stem.with_name(stem.name + ".key"))
    save_key(key, pair.key)
    _save_certificate(builder.sign(authority.key, hashes.SHA256()), pair.certificate)
    return pair


def _builder(
    issuer: x509.Name, subject: x509.Name, key: PrivateKey, start: datetime, valid: timedelta
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer_name=issuer, subject_name=subject, public_key=key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(start - BACKDATED).not_valid_after(start + valid)
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return builder.add_extension(own, critical=False)


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _subject(name: str) -> x509.Name:
    if not 0 < len(name) <= LONGEST_NAME:
        raise ValueError(
            f"a certificate's name has 1 to {LONGEST_NAME} characters, not {len(name)}: {name!r}"
        )
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def host_name(host: str) -> x509.GeneralName:
    """Return a host's name or address as a certificate holds it.  Raises ValueError for anything else, as a URL."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not _HOST.fullmatch(host):
        raise ValueError(f"{host!r} is no host name of 1 to {LONGEST_NAME} letters, digits, '-' and '.'")
    return x509.DNSName(host)


def _days(days: int) -> tuple[datetime, timedelta]:
    return datetime.now(UTC), timedelta(days=days)


def _save_certificate(certificate: x509.Certificate, path: Path) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
