"""The keys of one installation in one folder: authority, broker, centre and hubs.

FOLDER/ca.crt ca.key                  the authority; its key belongs on no server
FOLDER/ca.crl                         the certificates that are no longer believed; the broker reads it
FOLDER/server.crt server.key          the broker
FOLDER/centre.crt centre.key          the centre towards the broker
FOLDER/centre-signing.key .pub        what the centre signs commands and receipts with; devices and hubs trust the .pub
FOLDER/hubs/NAME/hub.crt hub.key      the hub towards the broker
FOLDER/hubs/NAME/event.key            what the hub signs its own events with; its id comes from this key
"""

import re
from dataclasses import dataclass
from pathlib import Path

from protocol.cose import device_id_of
from protocol.path_messages import check_tenant
from tools.authority.certificates import (
    Authority,
    Pair,
    host_name,
    issue_client,
    issue_server,
    load_authority,
    new_authority,
)
from tools.authority.keys import load_key, new_key, public_point, save_key, save_public
from tools.authority.revocation import NAME as CRL
from tools.authority.revocation import new_list

CENTRE_USER = "centre"
FOLDER_NAME = re.compile(r"(?!\.)[\w.-]{1,64}")  # \w: a place's name may be written as it is


@dataclass(frozen=True)
class HubKeys:
    """One hub's files and the id that its event key gives it."""

    hub_id: bytes
    tenant: str
    tls: Pair
    event_key: Path

    @property
    def user(self) -> str:
        """The broker's name for this hub."""
        return f"{self.tenant}/{self.hub_id.hex()}"


@dataclass(frozen=True)
class Installation:
    """Everything that one broker, one centre and their hubs need to know each other."""

    folder: Path
    authority: Authority
    server: Pair
    centre: Pair
    centre_signing_key: Path
    centre_public_key: Path

    @property
    def ca(self) -> Path:
        """The authority's certificate, which every party checks its peer against."""
        return self.folder / "ca.crt"

    @property
    def crl(self) -> Path:
        """The list of revoked certificates, which the broker checks its clients against."""
        return self.folder / CRL

    @property
    def centre_point(self) -> bytes:
        """The 65-byte public point that devices trust."""
        return public_point(load_key(self.centre_signing_key))


def new_installation(folder: Path, hosts: list[str], passphrase: str | None = None) -> Installation:
    """Make authority, broker and centre keys in `folder`; the broker is reached under `hosts`.

    passphrase: seals the authority's key; None leaves it open, for a demo or a test.
    Raises FileExistsError when the folder holds an installation: old keys are never replaced in silence;
    ValueError for a host that is none.
    """
    for host in hosts:
        host_name(host)  # before anything is made
    authority = new_authority(folder, passphrase=passphrase)
    new_list(authority, folder)
    issue_server(authority, folder, hosts)
    issue_client(authority, folder / "centre", CENTRE_USER)
    signing = new_key()
    save_key(signing, folder / "centre-signing.key")
    save_public(signing, folder / "centre-signing.pub")
    return open_installation(folder, passphrase)


def open_installation(folder: Path, passphrase: str | None = None) -> Installation:
    """Return the installation that new_installation made in `folder`.

    Raises FileNotFoundError, PassphraseError, KeyFileError.
    """
    return Installation(
        folder=folder,
        authority=load_authority(folder, passphrase),
        server=Pair(folder / "server.crt", folder / "server.key"),
        centre=Pair(folder / "centre.crt", folder / "centre.key"),
        centre_signing_key=folder / "centre-signing.key",
        centre_public_key=folder / "centre-signing.pub",
    )


def add_hub(installation: Installation, tenant: str, name: str) -> HubKeys:
    """Make the keys of one hub.

    Raises MessageError for a tenant that would not fit in a topic, ValueError for a name that is no folder's,
    FileExistsError.
    """
    check_tenant(tenant)
    if not FOLDER_NAME.fullmatch(name):
        raise ValueError(
            "a hub's name has 1 to 64 letters, digits, '-', '_' or '.', and begins with no point"
        )
    folder = installation.folder / "hubs" / name
    folder.mkdir(parents=True, mode=0o700)
    event_key = new_key()
    hub_id = device_id_of(public_point(event_key))
    save_key(event_key, folder / "event.key")
    tls = issue_client(installation.authority, folder / "hub", f"{tenant}/{hub_id.hex()}")
    return HubKeys(hub_id, tenant, tls, folder / "event.key")
