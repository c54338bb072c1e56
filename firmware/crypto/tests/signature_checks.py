"""Promises of sign and verify against another implementation's answers, and against forgeries of every kind.

The pairs come from `cryptography` as lines of hex: private key, public point, digest, deterministic signature, one
more signature with a random nonce.
"""

from firmware.crypto import p256
from firmware.crypto.curve import GX, GY, N, P, inverse, point_bytes, point_of
from firmware.crypto.make_comb import table_of

DIGEST = bytes(range(32))


def pairs(path):
    """(private, point, digest, signature, signature with another nonce) of each line."""
    with open(path) as file:
        for line in file:
            fields = [bytes.fromhex(field) for field in line.split()]
            yield int.from_bytes(fields[0], "big"), fields[1], fields[2], fields[3], fields[4]


def check_every_key_signs_the_same_bytes(path):
    """For every key, the public point and the signature are bit for bit those of another implementation."""
    count = 0
    for private, point, digest, signature, _ in pairs(path):
        assert p256.public_point(private) == point
        assert p256.sign(private, digest) == signature
        count += 1
    print("same public point and signature for", count, "keys")


def check_every_foreign_signature_verifies(path):
    """For every key, a signature made elsewhere with a random nonce holds, and not for another digest or key."""
    other = point_bytes(GX, GY)
    for _, point, digest, _, signature in pairs(path):
        assert p256.verify(point, digest, signature)
        changed = bytes([digest[0] ^ 1]) + digest[1:]
        assert not p256.verify(point, changed, signature)
        assert point == other or not p256.verify(other, digest, signature)


def check_a_key_known_beforehand(path):
    """With a table made from the key, the answers are the same as without."""
    for count, (_, point, digest, signature, another) in enumerate(pairs(path)):
        if count % 8 == 0:
            table = table_of(*point_of(point))
            assert p256.verify_known(table, digest, signature)
            assert p256.verify_known(table, digest, another)
            assert not p256.verify_known(table, digest, signature[:63] + bytes([signature[63] ^ 1]))


def refused(point, digest, signature):
    """Whether both ways to verify refuse."""
    if p256.verify(point, digest, signature):
        return False
    xy = point_of(point)
    return xy is None or not p256.verify_known(table_of(*xy), digest, signature)


def joined(r, s):
    """64 bytes of two numbers."""
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def check_numbers_out_of_range():
    """r or s of 0, N or beyond is refused, however the rest fits."""
    point, signature = p256.public_point(5), p256.sign(5, DIGEST)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    assert p256.verify(point, DIGEST, signature)
    top = (1 << 256) - 1
    for bad_r, bad_s in (
        (0, s),
        (r, 0),
        (0, 0),
        (N, s),
        (r, N),
        (N, N),
        (top, s),
        (r, top),
        (P, s),
        (1, 0),
        (0, 1),
    ):
        assert refused(point, DIGEST, joined(bad_r, bad_s))
    for low in (r + N, s + N):  # the same number modulo N, where it still fits
        if low <= top:
            assert refused(point, DIGEST, joined(low, s)) and refused(point, DIGEST, joined(r, low))


def check_every_changed_bit():
    """One bit changed anywhere in the signature or the digest, and it no longer holds."""
    point, signature = p256.public_point(5), p256.sign(5, DIGEST)
    for bit in range(0, 512, 7):
        bad = bytearray(signature)
        bad[bit >> 3] ^= 1 << (bit & 7)
        assert not p256.verify(point, DIGEST, bytes(bad))
        bad = bytearray(DIGEST)
        bad[bit >> 4] ^= 1 << (bit & 7)
        assert not p256.verify(point, bytes(bad), signature)


def check_wrong_lengths_and_orders():
    """Too short, too long, r and s exchanged, or DER instead of 64 bytes: refused, never an exception."""
    point, signature = p256.public_point(5), p256.sign(5, DIGEST)
    for bad in (
        b"",
        signature[:63],
        signature + b"\0",
        signature[32:] + signature[:32],
        b"\x30\x44" + signature,
    ):
        assert refused(point, DIGEST, bad)
    for digest in (b"", DIGEST[:31], DIGEST + b"\0"):
        assert refused(point, digest, signature)


def check_keys_that_are_no_points():
    """A key off the curve, at infinity, unreduced or compressed verifies nothing."""
    point, signature = p256.public_point(5), p256.sign(5, DIGEST)
    for bad in (
        point[:64] + bytes([point[64] ^ 1]),
        b"\x04" + bytes(64),
        b"\x02" + point[1:33],
        b"\0",
        b"",
        point + b"\0",
        b"\x04" + P.to_bytes(32, "big") + point[33:],
    ):
        assert refused(bad, DIGEST, signature)


def check_sums_that_meet_infinity():
    """Digest and r chosen so that u1 G + u2 Q is nothing at all: refused, although every number is in range."""
    # With Q = d G and e = -r d, the sum (e + r d) / s G is infinity for every s.
    for private in (1, 2, N - 1, 0x1234567):
        r, s = 0x77777, 0x55555
        e = -r * private % N
        assert refused(p256.public_point(private), e.to_bytes(32, "big"), joined(r, s))


def check_sums_of_equal_points():
    """u1 G equal to u2 Q: the sum is a doubling, and the signature still holds."""
    private = 0x1234567
    point = p256.public_point(private)
    ke = 0xABCDEF
    r = int.from_bytes(p256.public_point(ke)[1:33], "big") % N
    e = r * private % N  # then u1 G == u2 Q
    s = 2 * e * inverse(ke, N) % N
    digest = e.to_bytes(32, "big")
    assert p256.verify(point, digest, joined(r, s))
    assert p256.verify_known(table_of(*point_of(point)), digest, joined(r, s))
    assert refused(point, digest, joined(r, s - 1))


def check_a_digest_of_zero():
    """A digest that is 0 or N, so that the generator takes no part, signs and verifies like any other."""
    point = p256.public_point(7)
    for digest in (bytes(32), N.to_bytes(32, "big"), b"\xff" * 32):
        signature = p256.sign(7, digest)
        assert p256.verify(point, digest, signature)
        assert p256.verify_known(table_of(*point_of(point)), digest, signature)


def check_an_x_beyond_the_order():
    """A sum whose x lies between N and P: r is x - N, and the signature holds."""
    # The smallest x of that kind on the curve; Q is then made from it by running the verification backwards:
    # with s = r (u2 = 1) and e = 0 (u1 = 0), the sum is Q itself, so Q's own x must be r modulo N.
    x = N
    while True:
        square = (x * x * x - 3 * x + 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B) % P
        y = pow(square, (P + 1) // 4, P)
        if y * y % P == square and x > N:
            break
        x += 1
    r = x - N
    assert p256.verify(point_bytes(x, y), bytes(32), joined(r, r))
    assert p256.verify_known(table_of(x, y), bytes(32), joined(r, r))
    assert refused(point_bytes(x, y), bytes(32), joined(r + 1, r + 1))
