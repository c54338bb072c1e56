"""A firmware bundle on the technician's disk: read within bounds, proven, and refused in one sentence."""

from pathlib import Path

from protocol.bundle import MAX_BUNDLE, SUFFIX, Bundle, proven_bundle, read_bundle
from protocol.cose import POINT_BYTES
from protocol.errors import MessageError, SignatureError
from protocol.manifest import Manifest
from tools.exit_codes import INCOMPATIBLE, USAGE
from tools.manners.named_file import read_named
from tools.point_key import PointKey
from tools.refusal import Refusal

__all__ = ["Bundle", "ReleaseKey", "file_name", "load_bundle", "load_proven", "load_release_point"]


class ReleaseKey(PointKey):
    """The one key whose firmware is believed here."""


def load_bundle(path: Path) -> Bundle:
    """The parts of the bundle at `path`, nothing proven.  Raises Refusal."""
    data = read_named(path, MAX_BUNDLE, "The bundle")
    try:
        return read_bundle(data)
    except MessageError as error:
        raise _damaged(path, error) from error


def load_proven(path: Path, key: ReleaseKey) -> Bundle:
    """The parts of the bundle at `path`, signed by `key` and whole.  Raises Refusal."""
    data = read_named(path, MAX_BUNDLE, "The bundle")
    try:
        return proven_bundle(data, key.verify)
    except SignatureError as error:
        why = error.detail or str(error)
        raise Refusal(
            INCOMPATIBLE, f"{path.name} is not to be trusted: {why}. Fetch it again from who releases it."
        ) from error
    except MessageError as error:
        raise _damaged(path, error) from error


def load_release_point(path: Path) -> bytes:
    """The 65-byte point of a release key: release.pub as `dosevakt release key` wrote it.  Raises Refusal."""
    point = read_named(path, POINT_BYTES, "The release key")
    try:
        ReleaseKey(point)
    except (ValueError, MessageError) as error:
        raise Refusal(USAGE, f"{path} is no release key: it has 65 bytes, the public half alone.") from error
    return point


def file_name(manifest: Manifest) -> str:
    """dosevakt-tablet-pico-0.2.0.dvb."""
    return f"dosevakt-{manifest.device_class}-{manifest.version}{SUFFIX}"


def _damaged(path: Path, error: MessageError) -> Refusal:
    return Refusal(INCOMPATIBLE, f"{path.name} is no whole firmware bundle: {error.detail}. Fetch it again.")
