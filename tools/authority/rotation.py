"""New certificates for those who have one, and the end of the old ones.

A hub keeps its event key, and so its id and its history at the centre: only what it shows to the broker is new.
FOLDER/hubs/NAME/retired/SERIAL.crt remembers what it showed before, so that it can be revoked; the old key is wiped.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from tools.authority.certificates import DEFAULT_DAYS, Pair, issue_client, issue_server, load_certificate
from tools.authority.installation import CENTRE_USER, Installation
from tools.authority.revocation import read_list, revoke

RETIRED = "retired"
AUTHORITY, BROKER_NAME = "authority", "broker"
BROKER, CENTRE = "server", CENTRE_USER  # stems of their files


@dataclass(frozen=True)
class Holder:
    """One line of the list of certificates.  name: a hub's folder, "broker", "centre" or "authority"."""

    name: str
    user: str
    days_left: int
    revoked: bool


class RevokedError(Exception):
    """The hub was shut out for good."""


def hub_folder(installation: Installation, name: str) -> Path:
    """Where a hub's files lie.  Raises FileNotFoundError when there is no such hub."""
    folder = installation.folder / "hubs" / name
    if not (folder / "hub.crt").exists():
        raise FileNotFoundError(str(folder))
    return folder


def rotate_hub(installation: Installation, name: str, days: int = DEFAULT_DAYS) -> Pair:
    """A new TLS key and certificate under the same name; the old one stays good until it ends or is revoked.

    Raises FileNotFoundError, RevokedError: who was shut out does not come in again under the same name.
    """
    folder = hub_folder(installation, name)
    now = load_certificate(folder / "hub.crt")
    if now.serial_number in read_list(installation.authority.certificate, installation.folder)[1]:
        raise RevokedError(name)
    user = user_of(now)
    return _replace(folder, "hub", issue_client(installation.authority, _beside(folder, "hub"), user, days))


def rotate_broker(installation: Installation, days: int = DEFAULT_DAYS) -> Pair:
    """A new TLS key and certificate for the same host names."""
    folder = installation.folder
    names = (
        load_certificate(folder / "server.crt")
        .extensions.get_extension_for_class(x509.SubjectAlternativeName)
        .value
    )
    hosts = [str(name.value) for name in names]
    beside = _beside(folder, BROKER).parent
    return _replace(folder, BROKER, issue_server(installation.authority, beside, hosts, days))


def rotate_centre(installation: Installation, days: int = DEFAULT_DAYS) -> Pair:
    """A new TLS key and certificate for the centre; what it signs commands and receipts with stays the same."""
    folder = installation.folder
    made = issue_client(installation.authority, _beside(folder, CENTRE), CENTRE_USER, days)
    return _replace(folder, CENTRE, made)


def revoke_hub(installation: Installation, name: str, only_retired: bool = False) -> int:
    """Shut a hub out: everything it ever showed to the broker, or only what it has been given a successor for.

    Returns how many certificates were not revoked before.  Raises FileNotFoundError.
    """
    folder = hub_folder(installation, name)
    files = sorted((folder / RETIRED).glob("*.crt")) + ([] if only_retired else [folder / "hub.crt"])
    return revoke(installation.authority, installation.folder, [load_certificate(file) for file in files])


def holders(folder: Path, now: datetime | None = None) -> list[Holder]:
    """Who has a certificate, the one that ends first at the top.  Asks for no key, and so for no passphrase.

    Raises FileNotFoundError, KeyFileError.
    """
    authority = load_certificate(folder / "ca.crt")
    _, revoked = read_list(authority, folder)
    files = [
        (AUTHORITY, folder / "ca.crt"),
        (BROKER_NAME, folder / f"{BROKER}.crt"),
        (CENTRE_USER, folder / f"{CENTRE}.crt"),
    ]
    files += [(file.parent.name, file) for file in sorted(folder.glob("hubs/*/hub.crt"))]
    found = []
    for name, file in files:
        certificate = load_certificate(file)
        left = certificate.not_valid_after_utc - (now or datetime.now(UTC))
        known = certificate.serial_number in revoked
        found.append(Holder(name, user_of(certificate), left.days, known))
    return sorted(found, key=lambda holder: (holder.revoked, holder.days_left))


def user_of(certificate: x509.Certificate) -> str:
    """The broker's name for the certificate's holder."""
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _beside(folder: Path, stem: str) -> Path:
    """Where a new pair is made before it takes the old one's place.  What a rotation that was cut short left goes."""
    beside = folder / "new" / stem
    beside.parent.mkdir(mode=0o700, exist_ok=True)
    for left in beside.parent.glob(stem + ".*"):
        left.unlink()
    return beside


def _replace(folder: Path, stem: str, new: Pair) -> Pair:
    """Put the new pair in the old one's place, after the old certificate has been kept for revoking."""
    old = Pair(folder / f"{stem}.crt", folder / f"{stem}.key")
    retired = folder / RETIRED
    retired.mkdir(mode=0o700, exist_ok=True)
    certificate = old.certificate.read_bytes()
    serial = x509.load_pem_x509_certificate(certificate).serial_number
    (retired / f"{serial:x}.crt").write_bytes(certificate)
    os.replace(new.key, old.key)
    os.replace(new.certificate, old.certificate)
    new.key.parent.rmdir()
    return old
