"""The list of certificates that are no longer believed: FOLDER/ca.crl, which mosquitto reads (crlfile).

The list ends when the authority does: OpenSSL refuses every client once a list has run out, and the key that signs a
new one lies offline (decision 0016).
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from tools.authority.certificates import BACKDATED, SPOILT, Authority
from tools.authority.keys import KeyFileError

NAME = "ca.crl"


def new_list(authority: Authority, folder: Path) -> None:
    """Make an empty list where there is none: a broker that is told to read one does not start without it."""
    if not (folder / NAME).exists():
        _write(authority, folder, {}, number=1)


def revoke(authority: Authority, folder: Path, certificates: Iterable[x509.Certificate]) -> int:
    """Add certificates to the list in `folder`.  Returns how many were not on it before; nobody is ever taken off.

    Raises FileNotFoundError when there is no list: a new one would let everybody in again who was ever shut out.
    """
    number, revoked = read_list(authority.certificate, folder)
    before = len(revoked)
    now = datetime.now(UTC)
    for certificate in certificates:
        if certificate.issuer != authority.certificate.subject:
            raise ValueError("a certificate of another authority cannot be revoked here")
        revoked.setdefault(certificate.serial_number, now)
    if len(revoked) > before:
        _write(authority, folder, revoked, number + 1)
    return len(revoked) - before


def read_list(authority: x509.Certificate, folder: Path) -> tuple[int, dict[int, datetime]]:
    """The list's number and {serial: since when}.

    Raises FileNotFoundError, KeyFileError when it is no list or was not signed by this authority.
    """
    content = (folder / NAME).read_bytes()
    try:
        found = x509.load_pem_x509_crl(content)
        sound = found.is_signature_valid(authority.public_key())  # type: ignore[arg-type]  # ours is P-256
    except SPOILT as fault:
        raise KeyFileError(f"{folder / NAME} holds no revocation list in PEM") from fault
    if not sound:
        raise KeyFileError(f"{folder / NAME} was not signed by this authority")
    number = found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    return number, {entry.serial_number: entry.revocation_date_utc for entry in found}


def _write(authority: Authority, folder: Path, revoked: dict[int, datetime], number: int) -> None:
    """Sign the list and put it in the place of the old one, as a whole."""
    builder = x509.CertificateRevocationListBuilder(issuer_name=authority.certificate.subject)
    builder = builder.last_update(datetime.now(UTC) - BACKDATED)
    builder = builder.next_update(authority.certificate.not_valid_after_utc)
    builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(issuer, critical=False)
    for serial, since in revoked.items():
        entry = x509.RevokedCertificateBuilder(serial_number=serial, revocation_date=since)
        builder = builder.add_revoked_certificate(entry.build())
    beside = folder / (NAME + ".new")
    beside.write_bytes(builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    os.replace(beside, folder / NAME)
