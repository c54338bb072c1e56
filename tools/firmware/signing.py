"""Sign a version: the manifest over what was built, and the bundle of both."""

from hashlib import sha256

from protocol.bundle import Bundle
from protocol.cose import device_id_of, sign1
from protocol.manifest import CONTEXT_FIRMWARE, VENDOR, Manifest
from tools.authority.keys import PrivateKey, es256, public_point

# Of firmware/loader, as its own code says it; a version that needs a newer one is flashed by cable.
LOADER_VERSION = 1


def signed_bundle(
    key: PrivateKey,
    device_class: str,
    version: str,
    sequence: int,
    parts: tuple[bytes, bytes],
    *,
    downgrade: bool = False,
    not_after_s: int | None = None,
) -> Bundle:
    """One version, signed.  parts: the code's pack and the loader's listing.

    Raises MessageError for a value out of bounds.
    """
    code, loader = parts
    manifest = Manifest(
        version,
        sequence,
        VENDOR,
        device_class,
        len(code),
        sha256(code).digest(),
        LOADER_VERSION,
        sha256(loader).digest(),
        downgrade,
        not_after_s,
    )
    kid = device_id_of(public_point(key))
    return Bundle(
        sign1(manifest.encode(), kid, CONTEXT_FIRMWARE, lambda message: es256(key, message)), code, loader
    )
