"""A word for a public key, to be compared aloud: the label says it, the tool says it, the centre says it.

Two proquints (D. Wilkerson, "A Proposal for Proquints", arXiv:0901.4016): 32 bits as ten letters that everybody can
pronounce.  They are the 32 bits of the SHA-256 over the SubjectPublicKeyInfo that follow the 64 of the device id.
"""

import hashlib

from protocol.cose import KID_BYTES, POINT_BYTES, SPKI_PREFIX
from protocol.record import exactly

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"


def word_of(public_point: bytes) -> str:
    """As in "lusab-babad".  public_point: 65 bytes, uncompressed; raises MessageError for others."""
    digest = hashlib.sha256(SPKI_PREFIX + exactly(public_point, POINT_BYTES, "public_point")).digest()
    return proquint(digest[KID_BYTES : KID_BYTES + 2]) + "-" + proquint(digest[KID_BYTES + 2 : KID_BYTES + 4])


def proquint(two: bytes) -> str:
    """Five letters for 16 bits, consonants of 4 bits and vowels of 2 in turn."""
    value = two[0] << 8 | two[1]
    consonants = [_CONSONANTS[value >> at & 15] for at in (12, 6, 0)]
    vowels = [_VOWELS[value >> at & 3] for at in (10, 4)]
    return consonants[0] + vowels[0] + consonants[1] + vowels[1] + consonants[2]
