"""P-256 keys in files that only their owner can read."""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tools.authority.sealed_key import seal

PrivateKey = ec.EllipticCurvePrivateKey


def new_key() -> PrivateKey:
    """Return a fresh P-256 key: the one curve that TLS, COSE ES256 and the device's own code share."""
    return ec.generate_private_key(ec.SECP256R1())


class KeyFileError(ValueError):
    """A file of the installation does not hold what its name says; the text is a sentence with the file's name."""


class PassphraseError(ValueError):
    """The key is sealed, and the passphrase is missing or wrong."""


def save_key(key: PrivateKey, path: Path, passphrase: str | None = None) -> Path:
    """Write `key` as PEM to `path`, created readable by its owner alone (standards: EN 303 645, 5.4).

    Raises FileExistsError: a key is never overwritten, for whoever trusts the old one would be locked out.
    """
    plain, form = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    if passphrase is None:
        pem = key.private_bytes(serialization.Encoding.PEM, form, plain)
    else:
        pem = seal(key.private_bytes(serialization.Encoding.DER, form, plain), passphrase)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return path


def load_key(path: Path, passphrase: str | None = None) -> PrivateKey:
    """Return the P-256 key kept at `path`.  Raises PassphraseError, KeyFileError when the file holds anything else."""
    pem = path.read_bytes()
    sealed = b"BEGIN ENCRYPTED" in pem
    if sealed and not passphrase:
        raise PassphraseError(f"{path} is sealed with a passphrase")
    try:
        password = passphrase.encode() if sealed and passphrase else None
        key = serialization.load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:  # TypeError: sealed by another program
        if sealed:
            raise PassphraseError(f"The passphrase does not open {path}") from fault
        raise KeyFileError(f"{path} holds no private key in PEM") from fault
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyFileError(f"{path} holds no P-256 key")
    return key


def public_point(key: PrivateKey) -> bytes:
    """Return the 65-byte uncompressed point of `key`, the form that protocol.cose names devices by."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def es256(key: PrivateKey, message: bytes) -> bytes:
    """r and s, 32 bytes each (RFC 9053 section 2.1)."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def save_public(key: PrivateKey, path: Path) -> Path:
    """Write the public half of `key` as PEM, for those who check what its owner signs."""
    path.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return path
