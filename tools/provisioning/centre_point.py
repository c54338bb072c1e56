"""The centre's public key in a file, as `dosevakt authority new` writes it."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tools.exit_codes import USAGE
from tools.refusal import Refusal


def read_centre_point(path: Path) -> bytes:
    """Return the 65-byte point of the centre's public key in PEM.  Raises Refusal."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Refusal(
            USAGE, f"{path} holds no public key in PEM form; ask the centre for its file."
        ) from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refusal(USAGE, f"{path} holds a key of another kind; the centre's is P-256.")
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
