"""Make, renew and fill the signed lists that hubs believe: root and targets.  Needs no network.

The folder holds the keys and `repository/`, which is taken to the centre as it is: metadata/ and targets/.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from protocol.bundle import Bundle
from tools.release_repository import roles

PRETTY = JSONSerializer(compact=False)  # people compare these files


class TooFewKeysError(ValueError):
    """A root that fewer than two keys sign is believed by nobody."""


class UsedNameError(ValueError):
    """Another file stands in the repository under this name; what was published never changes."""


@dataclass(frozen=True)
class Repository:
    """Where the files of an offline repository lie."""

    folder: Path

    @property
    def metadata(self) -> Path:
        """The signed lists."""
        return self.folder / "repository" / "metadata"

    @property
    def targets(self) -> Path:
        """The bundles, each under its hash."""
        return self.folder / "repository" / "targets"

    def newest(self, role: str) -> int:
        """Highest version of a list; 0: none."""
        found = [file.name.split(".")[0] for file in self.metadata.glob(f"*.{role}.json")]
        return max((int(number) for number in found if number.isdecimal()), default=0)

    def root(self) -> Metadata[Root]:
        """The newest root.  Raises OSError, DeserializationError."""
        return Metadata[Root].from_bytes(self._newest_bytes(Root.type))

    def targets_list(self) -> Metadata[Targets]:
        """The newest list of bundles.  Raises OSError, DeserializationError."""
        return Metadata[Targets].from_bytes(self._newest_bytes(Targets.type))

    def _newest_bytes(self, role: str) -> bytes:
        return (self.metadata / f"{self.newest(role)}.{role}.json").read_bytes()


def new_repository(folder: Path, passphrase: str | None, now: datetime) -> Repository:
    """Keys, a first root and an empty list of bundles.  Raises FileExistsError when keys lie there."""
    made = Repository(folder)
    folder.mkdir(parents=True, exist_ok=True)
    roles.make_keys(folder, passphrase)
    made.metadata.mkdir(parents=True)
    made.targets.mkdir()
    root = Root(consistent_snapshot=True)
    for signing in roles.root_signers(folder, passphrase):
        root.add_key(signing.public_key, Root.type)
    root.add_key(roles.signer(folder, roles.TARGETS, passphrase).public_key, Targets.type)
    _name_online_key(root, folder)
    root.roles[Root.type].threshold = roles.ROOT_THRESHOLD
    _write_root(made, root, passphrase, now)
    _write_targets(made, Targets(), passphrase, now)
    return made


def renew_root(repository: Repository, passphrase: str | None, now: datetime) -> int:
    """A new root that names the online key that lies in the folder now; needs two of the root keys.

    Returns its version.  Raises TooFewKeysError.
    """
    root = repository.root().signed
    for role in (Snapshot.type, Timestamp.type):
        for keyid in list(root.roles[role].keyids):
            root.revoke_key(keyid, role)
    _name_online_key(root, repository.folder)
    root.version += 1
    _write_root(repository, root, passphrase, now)
    return root.version


def publish(repository: Repository, name: str, bundle: Bundle, passphrase: str | None, now: datetime) -> int:
    """Put a proven bundle into the list under `name`, and its bytes beside it.  Returns the list's version.

    The same bundle again only signs the list anew.  Raises UsedNameError.
    """
    data = bundle.encode()
    signed = repository.targets_list().signed
    entry = TargetFile.from_data(name, data, ["sha256"])
    entry.unrecognized_fields["custom"] = described(bundle)
    known = signed.targets.get(name)
    if known is not None and known.hashes != entry.hashes:
        raise UsedNameError(name)
    signed.targets[name] = entry
    (repository.targets / f"{entry.hashes['sha256']}.{name}").write_bytes(data)
    return _write_targets(repository, signed, passphrase, now)


def described(bundle: Bundle) -> dict[str, object]:
    """What the list says of a bundle beside its hash: what the centre shows and orders by."""
    manifest = bundle.manifest
    words: dict[str, object] = {"version": manifest.version, "sequence": manifest.sequence}
    digest = bundle.manifest_digest().hex()
    return {**words, "device_class": manifest.device_class, "manifest_digest": digest}


def _name_online_key(root: Root, folder: Path) -> None:
    online = roles.signer(folder, roles.ONLINE, None).public_key
    root.add_key(online, Snapshot.type)
    root.add_key(online, Timestamp.type)


def _write_root(repository: Repository, root: Root, passphrase: str | None, now: datetime) -> None:
    signers = roles.root_signers(repository.folder, passphrase)
    if len(signers) < roles.ROOT_THRESHOLD:
        raise TooFewKeysError(f"a root needs {roles.ROOT_THRESHOLD} keys, {len(signers)} lie here")
    root.expires = _until(now, roles.ROOT_DAYS)
    _write(repository, Metadata(root), signers)


def _write_targets(repository: Repository, signed: Targets, passphrase: str | None, now: datetime) -> int:
    signed.version = repository.newest(Targets.type) + 1
    signed.expires = _until(now, roles.TARGETS_DAYS)
    _write(repository, Metadata(signed), [roles.signer(repository.folder, roles.TARGETS, passphrase)])
    return signed.version


def _write(repository: Repository, document: Metadata[Any], signers: Sequence[CryptoSigner]) -> None:
    for signing in signers:
        document.sign(signing, append=True)
    name = f"{document.signed.version}.{document.signed.type}.json"
    document.to_file(str(repository.metadata / name), PRETTY)


def _until(now: datetime, days: int) -> datetime:
    return (now.astimezone(UTC) + timedelta(days=days)).replace(microsecond=0)
