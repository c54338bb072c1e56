"""The hub's folder of firmware: what was asked for, and the bundles that lie ready."""

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from hub.core.staged import decode_wishes, encode_wishes
from protocol.bundle import MAX_BUNDLE, Bundle, read_bundle
from protocol.path_updates import PrepareUpdate


def staged_file(folder: Path, target: str) -> Path:
    """Where a proven bundle lies."""
    return folder / "targets" / quote(target, "")


class FirmwareFolder:
    """One per hub; small files, written seldom."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def wishes(self) -> dict[bytes, PrepareUpdate]:
        """What the hub was asked to keep ready before it started; the centre asks again anyhow."""
        try:
            return decode_wishes((self.path / "wishes.json").read_text())
        except (OSError, UnicodeDecodeError):
            return {}

    def keep(self, wishes: Mapping[bytes, PrepareUpdate]) -> None:
        """Written beside and renamed.  Raises OSError."""
        self.path.mkdir(parents=True, exist_ok=True)
        beside = self.path / "wishes.new"
        with beside.open("w") as file:
            file.write(encode_wishes(wishes))
            file.flush()
            os.fsync(file.fileno())
        beside.rename(self.path / "wishes.json")

    def bundle(self, asked: PrepareUpdate) -> Bundle | None:
        """What lies ready, compared once more with what was asked for.  Raises OSError, MessageError."""
        with staged_file(self.path, asked.target).open("rb") as file:
            bundle = read_bundle(file.read(MAX_BUNDLE + 1))
        fits = sha256(bundle.pack).digest() == bundle.manifest.digest
        return bundle if fits and bundle.manifest_digest() == asked.manifest_digest else None

    def prune(self, targets: Iterable[str]) -> None:
        """Bundles that nobody is to get any more make room.  Raises OSError."""
        wanted = {staged_file(self.path, target) for target in targets}
        for file in (self.path / "targets").glob("*"):
            if file not in wanted:
                file.unlink(missing_ok=True)
