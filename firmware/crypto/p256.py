"""ES256: sign and verify with ECDSA on P-256 over a SHA-256 digest (FIPS 186-5, section 6; RFC 6979 nonces).

Three prices, in units of one naive multiplication (bench/es256/table.md): sign about a fifth; verify with a key met for
the first time about one; verify with a key whose comb table was made beforehand about a third.
"""

from firmware.crypto.comb import COLUMNS, CombTerm, read_table
from firmware.crypto.curve import N, P, affine, inverse, point_bytes, point_of, sum_at_bits
from firmware.crypto.kept import GENERATOR_TABLE
from firmware.crypto.nonce import nonces

GENERATOR = __file__.rsplit("/", 1)[0] + "/comb.bin"  # the comb of the generator; make_comb.py wrote it


def _times_generator(scalar):
    return sum_at_bits(COLUMNS - 1, (_generator_term(scalar),))


def _generator_term(scalar):
    if not GENERATOR_TABLE:
        GENERATOR_TABLE.append(read_table(GENERATOR))
    return CombTerm(GENERATOR_TABLE[0], scalar)


def public_point(private: int) -> bytes:
    """The 65-byte public point of a private key, 1 to N - 1.  Raises ValueError outside."""
    if not 0 < private < N:
        raise ValueError("a private key lies between 1 and N - 1")
    ((x, y),) = affine((_times_generator(private),))
    return point_bytes(x, y)


def sign(private: int, digest: bytes) -> bytes:
    """Sign a 32-byte digest.  Returns r and s, 32 bytes each; the same input gives the same bytes."""
    e = int.from_bytes(digest, "big")
    for k in nonces(private, digest):
        x, _, zz, _ = _times_generator(k)
        r = x * inverse(zz, P) % P % N
        s = inverse(k, N) * (e + r * private) % N
        if r and s:
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify(point: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether `signature` (r and s, 64 bytes) over a 32-byte digest is by the key with this 65-byte public point.

    Any bytes may come in, all else is False: a point off the curve, r or s out of range, a wrong length.
    """
    from firmware.crypto.wnaf import TOP, WnafTerm  # seldom: the centre's key has its table

    xy = point_of(point)
    return xy is not None and _verify(lambda u2: WnafTerm(xy[0], xy[1], u2), TOP, digest, signature)


def verify_known(table, digest: bytes, signature: bytes) -> bool:
    """verify() for the key whose comb `table` is (comb.read_table, make_comb.table_of): three times as fast."""
    return _verify(lambda u2: CombTerm(table, u2), COLUMNS - 1, digest, signature)


def _verify(term_of, top, digest, signature):
    if len(digest) != 32 or len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    w = inverse(s, N)
    u1, u2 = int.from_bytes(digest, "big") * w % N, r * w % N
    x, _, zz, _ = sum_at_bits(top, (_generator_term(u1), term_of(u2)))
    if not zz:  # the point at infinity has no x
        return False
    # x / zz modulo N must be r: compare without dividing.  r + N is the other x below P with that remainder.
    return (r * zz - x) % P == 0 or (r + N < P and ((r + N) * zz - x) % P == 0)
