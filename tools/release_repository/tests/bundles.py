"""Firmware bundles for tests: signed by a key made on the spot, with code that nobody runs."""

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec

from centre.edges.keys import CentreKey
from protocol.bundle import Bundle
from protocol.manifest import CONTEXT_FIRMWARE, VENDOR, Manifest


def release_key() -> ec.EllipticCurvePrivateKey:
    """A key that signs firmware."""
    return ec.generate_private_key(ec.SECP256R1())


def signed_bundle(
    key: ec.EllipticCurvePrivateKey,
    version: str,
    sequence: int,
    code: bytes,
    device_class: str = "tablet-pico",
) -> Bundle:
    """A bundle as `dosevakt release make` writes it."""
    digests = sha256(code).digest(), sha256(b"").digest()
    manifest = Manifest(version, sequence, VENDOR, device_class, len(code), digests[0], 0, digests[1], False)
    return Bundle(CentreKey(key).seal(manifest.encode(), CONTEXT_FIRMWARE), code, b"")
