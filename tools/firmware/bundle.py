"""A firmware bundle on the technician's disk: read within bounds, proven, and refused in one sentence."""

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from protocol.bundle import MAX_BUNDLE, SUFFIX, Bundle, proven_bundle, read_bundle
from protocol.cose import POINT_BYTES, device_id_of
from protocol.errors import UNKNOWN_KEY, MessageError, SignatureError
from protocol.manifest import Manifest
from tools.exit_codes import INCOMPATIBLE, USAGE
from tools.refusal import Refusal

__all__ = ["Bundle", "ReleaseKey", "file_name", "load_bundle", "load_proven", "load_release_point"]


class ReleaseKey:
    """The one key whose firmware is believed here; `verify` is what protocol.cose.verify1 asks."""

    def __init__(self, point: bytes) -> None:
        self.point = point
        self.kid = device_id_of(point)
        self._key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)

    def verify(self, kid: bytes, message: bytes, signature: bytes) -> bool:
        """Whether `signature` (64 bytes) covers `message`.  Raises SignatureError for another key's name."""
        if kid != self.kid:
            raise SignatureError(UNKNOWN_KEY)
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            self._key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def load_bundle(path: Path) -> Bundle:
    """The parts of the bundle at `path`, nothing proven.  Raises Refusal."""
    data = _bytes_of(path)
    try:
        return read_bundle(data)
    except MessageError as error:
        raise _damaged(path, error) from error


def load_proven(path: Path, key: ReleaseKey) -> Bundle:
    """The parts of the bundle at `path`, signed by `key` and whole.  Raises Refusal."""
    data = _bytes_of(path)
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
    try:
        with path.open("rb") as file:
            point = file.read(POINT_BYTES + 1)
        ReleaseKey(point)
    except OSError as error:
        raise Refusal(USAGE, f"The release key {path} cannot be read: {error.strerror}.") from error
    except (ValueError, MessageError) as error:
        raise Refusal(USAGE, f"{path} is no release key: it has 65 bytes, the public half alone.") from error
    return point


def file_name(manifest: Manifest) -> str:
    """dosevakt-tablet-pico-0.2.0.dvb."""
    return f"dosevakt-{manifest.device_class}-{manifest.version}{SUFFIX}"


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BUNDLE + 1)
    except OSError as error:
        raise Refusal(USAGE, f"The bundle {path} cannot be read: {error.strerror}.") from error


def _damaged(path: Path, error: MessageError) -> Refusal:
    return Refusal(INCOMPATIBLE, f"{path.name} is no whole firmware bundle: {error.detail}. Fetch it again.")
