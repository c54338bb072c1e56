"""The firmware repository at the centre: a person brings root and targets signed, the centre signs that they are fresh.

python-tuf's lists, one file a version (decision 41).  What comes from outside is checked as a hub checks it: with a
fault in it the centre goes on serving what it signed before, and says why in one sentence.  Times here are real UTC.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization import DeserializationError

from centre.edges.firmware_release import Release
from protocol.errors import MessageError
from protocol.path_updates import check_target

FRESH_DAYS = 7  # a hub that hears nothing new for so long takes nothing from us: decision 41
SIGN_AGAIN_DAYS = 6  # left, so each day: a centre may stand still for six
KEPT = 10  # old lists, for hubs that read while a new one is signed
# A list of a few releases has some KB; the parser reads it whole.
MAX_LIST_BYTES = 1 << 20

LIST_NAME = re.compile(r"[1-9][0-9]{0,8}\.(root|snapshot|targets)\.json|timestamp\.json")
TARGET_NAME = re.compile(r"[0-9a-f]{64}\.[A-Za-z0-9+_-][A-Za-z0-9.+_-]{0,99}")


class RepositoryFault(Exception):
    """What lies in the folder cannot be served as new; the text is a sentence."""


class FirmwareRepository:
    """The folder with metadata/ and targets/, and the online key.  `fault`: why the newest lists are not served."""

    def __init__(self, folder: Path, online_key: Path) -> None:
        self._metadata = folder / "metadata"
        self._targets = folder / "targets"
        self._key_file = online_key
        self.fault: str | None = None

    def look(self, now: datetime) -> None:
        """Sign what is due.  Call it now and then; without something new and within a day it only reads two files."""
        try:
            self._sign(now.astimezone(UTC).replace(microsecond=0))
            self.fault = None
        except (OSError, ValueError, DeserializationError, RepositoryError, RepositoryFault) as error:
            self.fault = f"The firmware repository is not renewed: {error}"

    def releases(self) -> list[Release]:
        """What hubs can fetch now, the newest first: the targets that our snapshot names.  [] without any."""
        try:
            snapshot = self._newest(Snapshot.type)
            if snapshot is None:
                return []
            version = snapshot.signed.meta["targets.json"].version
            listed = self._read(f"{version}.targets.json").signed.targets
        except (OSError, DeserializationError, RepositoryFault):
            return []
        found = [release for name, file in listed.items() if (release := _release(name, file)) is not None]
        return sorted(found, key=lambda release: -release.sequence)

    def file(self, kind: str, name: str) -> Path | None:
        """The file that a hub asks for, None when it may not have it or there is none."""
        folder, pattern = {"metadata": (self._metadata, LIST_NAME), "targets": (self._targets, TARGET_NAME)}[
            kind
        ]
        path = folder / name
        return path if pattern.fullmatch(name) and path.is_file() else None

    def _sign(self, now: datetime) -> None:
        root = self._newest(Root.type)
        targets = self._newest(Targets.type)
        if root is None or targets is None:
            raise RepositoryFault(f"{self._metadata} has no root or no list of bundles; bring both.")
        if root.signed.expires <= now or targets.signed.expires <= now:
            raise RepositoryFault("the root or the list of bundles has expired; sign and bring a new one.")
        root.signed.verify_delegate(Root.type, root.signed_bytes, root.signatures)
        root.signed.verify_delegate(Targets.type, targets.signed_bytes, targets.signatures)
        self._check_bytes(targets.signed)
        signer = self._signer()
        if signer.public_key.keyid not in root.signed.roles[Timestamp.type].keyids:
            raise RepositoryFault("the root does not name this online key; bring the root that does.")
        snapshot = self._signed_snapshot(targets.signed.version, root.signed, signer, now)
        self._sign_timestamp(snapshot, root.signed, signer, now)

    def _check_bytes(self, targets: Targets) -> None:
        """Every bundle that the list names lies there whole, so that no hub is sent for what is missing."""
        for name, file in targets.targets.items():
            path = self._targets / f"{file.hashes.get('sha256', '')}.{name}"
            if not path.is_file() or path.stat().st_size != file.length:
                raise RepositoryFault(f"{path.name} is missing or cut short; copy the targets first.")

    def _signed_snapshot(
        self, targets_version: int, root: Root, signer: CryptoSigner, now: datetime
    ) -> Snapshot:
        old = self._newest(Snapshot.type)
        if old is not None:
            known = old.signed.meta["targets.json"].version
            if known > targets_version:
                raise RepositoryFault(
                    f"list {known} was served already, and list {targets_version} is older."
                )
            if known == targets_version and _is_fresh(old, signer, now):
                return Snapshot.from_dict(old.signed.to_dict())
        version = (old.signed.version if old is not None else 0) + 1
        made = Snapshot(version, expires=_until(now), meta={"targets.json": MetaFile(targets_version)})
        self._write(f"{version}.snapshot.json", Metadata(made), signer)
        self._prune()
        return made

    def _sign_timestamp(self, snapshot: Snapshot, root: Root, signer: CryptoSigner, now: datetime) -> None:
        path = self._metadata / "timestamp.json"
        old = self._read(path.name) if path.is_file() else None
        if (
            old is not None
            and old.signed.snapshot_meta.version == snapshot.version
            and _is_fresh(old, signer, now)
        ):
            return
        version = (old.signed.version if old is not None else 0) + 1
        made = Timestamp(version, expires=_until(now), snapshot_meta=MetaFile(snapshot.version))
        self._write(path.name, Metadata(made), signer)

    def _newest(self, role: str) -> Metadata[Any] | None:
        numbers = [int(file.name.split(".")[0]) for file in self._listed(role)]
        return self._read(f"{max(numbers)}.{role}.json") if numbers else None

    def _listed(self, role: str) -> list[Path]:
        """The lists of a role; what else a person left beside them is none."""
        return [file for file in self._metadata.glob(f"*.{role}.json") if LIST_NAME.fullmatch(file.name)]

    def _read(self, name: str) -> Metadata[Any]:
        with (self._metadata / name).open("rb") as file:
            data = file.read(MAX_LIST_BYTES + 1)
        if len(data) > MAX_LIST_BYTES:
            raise RepositoryFault(f"{name} is too long to be a list of ours.")
        return Metadata.from_bytes(data)

    def _write(self, name: str, document: Metadata[Any], signer: CryptoSigner) -> None:
        document.sign(signer)
        beside = self._metadata / f".{name}.new"
        with beside.open("wb") as file:
            file.write(document.to_bytes())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._metadata / name)

    def _prune(self) -> None:
        files = sorted(self._listed(Snapshot.type), key=lambda file: int(file.name.split(".")[0]))
        for file in files[:-KEPT]:
            file.unlink()

    def _signer(self) -> CryptoSigner:
        private = load_pem_private_key(self._key_file.read_bytes(), password=None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise RepositoryFault(f"{self._key_file} is not a P-256 key.")
        return CryptoSigner(private, SSlibKey.from_crypto(private.public_key()))


def _is_fresh(document: Metadata[Any], signer: CryptoSigner, now: datetime) -> bool:
    by_us = signer.public_key.keyid in document.signatures
    return by_us and document.signed.expires - now > timedelta(days=SIGN_AGAIN_DAYS)


def _until(now: datetime) -> datetime:
    return now + timedelta(days=FRESH_DAYS)


def _release(name: str, file: TargetFile) -> Release | None:
    """None for a target that is not described as ours are."""
    custom = file.custom if isinstance(file.custom, dict) else {}
    words = [custom.get(key) for key in ("version", "device_class", "manifest_digest")]
    sequence = custom.get("sequence")
    if not all(isinstance(word, str) for word in words) or not isinstance(sequence, int):
        return None
    version, device_class, digest = (str(word) for word in words)
    try:
        check_target(name)
        is_digest = len(bytes.fromhex(digest)) == 32
    except (MessageError, ValueError):
        return None
    return Release(name, version, sequence, device_class, digest) if is_digest else None
