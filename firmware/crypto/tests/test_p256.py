"""ES256 on CPython and on MicroPython, against the standards' examples and against `cryptography`."""

import random
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from firmware.crypto import p256
from firmware.crypto.curve import N
from firmware.crypto.tests.both import both

EDGES = (1, 2, 3, N - 1, N - 2, N - 3, N // 2, N // 2 + 1, 1 << 255, (1 << 22) - 1, 1 << 44, 1 << 220)
RANDOM_KEYS = 208
PREHASHED = utils.Prehashed(SHA256())


def raw(der):
    """r and s, 32 bytes each, of a DER signature."""
    r, s = utils.decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def line(private, digest):
    """One key with `cryptography`'s answers, as hex fields."""
    key = ec.derive_private_key(private, ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    same = raw(key.sign(digest, ec.ECDSA(PREHASHED, deterministic_signing=True)))
    other = raw(key.sign(digest, ec.ECDSA(PREHASHED)))
    return " ".join([private.to_bytes(32, "big").hex(), point.hex(), digest.hex(), same.hex(), other.hex()])


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """A file of edge keys and random keys with another implementation's answers."""
    draw = random.Random(6979)
    privates = list(EDGES) + [draw.randrange(1, N) for _ in range(RANDOM_KEYS)]
    path = tmp_path_factory.mktemp("keys") / "pairs"
    path.write_text(
        "\n".join(line(private, sha256(draw.randbytes(40)).digest()) for private in privates) + "\n"
    )
    return str(path)


@both("firmware.crypto.tests.curve_checks")
def test_curve(check):
    """Every promise of curve_checks.py holds on this interpreter."""
    check()


@both("firmware.crypto.tests.signature_checks")
def test_signatures(check, pairs, request):
    """Every promise of signature_checks.py holds on this interpreter."""
    takes_pairs = request.node.callspec.id.split("-")[0] in WITH_PAIRS
    check(*([pairs] if takes_pairs else []))


WITH_PAIRS = ("every_key_signs_the_same_bytes", "every_foreign_signature_verifies", "a_key_known_beforehand")


def test_the_centre_accepts_what_the_device_signs():
    """A signature of ours verifies in `cryptography`, and with one bit changed it does not."""
    draw = random.Random(9053)
    for _ in range(20):
        private, digest = draw.randrange(1, N), draw.randbytes(32)
        public = ec.derive_private_key(private, ec.SECP256R1()).public_key()
        signature = p256.sign(private, digest)
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        public.verify(utils.encode_dss_signature(r, s), digest, ec.ECDSA(PREHASHED))
        with pytest.raises(InvalidSignature):
            public.verify(utils.encode_dss_signature(r ^ 1, s), digest, ec.ECDSA(PREHASHED))
