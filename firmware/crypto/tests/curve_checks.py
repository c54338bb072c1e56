"""Promises of the curve, the comb and the nonce, kept on CPython and on MicroPython."""

from hashlib import sha256

from firmware.crypto import p256
from firmware.crypto.comb import COLUMNS, TABLE_BYTES, CombTerm
from firmware.crypto.curve import (
    GX,
    GY,
    INFINITY,
    N,
    P,
    add,
    affine,
    double,
    inverse,
    on_curve,
    point_bytes,
    point_of,
    sum_at_bits,
)
from firmware.crypto.make_comb import table_of
from firmware.crypto.nonce import Hmac, nonces
from firmware.crypto.wnaf import TOP, WnafTerm, digits

# RFC 6979, A.2.5: the private key x and, for SHA-256, the nonce and the signature of two messages.
X = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
PUBLIC = bytes.fromhex(
    "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
)
VECTORS = (
    (
        b"sample",
        0xA6E3C57DD01ABE90086538398355DD4C3B17AA873382B0F24D6129493D8AAD60,
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
    ),
    (
        b"test",
        0xD16B6AE827F17175E040871A1C7EC3500192C4C92677336EC2537ACAEE0008E0,
        "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
        "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
    ),
)


def check_the_standards_own_examples():
    """Key, nonce and signature are those printed in RFC 6979 for the messages "sample" and "test"."""
    assert p256.public_point(X) == PUBLIC
    for message, k, signature in VECTORS:
        digest = sha256(message).digest()
        assert next(nonces(X, digest)) == k
        assert p256.sign(X, digest) == bytes.fromhex(signature)
        assert p256.verify(PUBLIC, digest, bytes.fromhex(signature))


def check_the_standards_message_code():
    """The message code under the nonce is HMAC-SHA-256 (RFC 4231, test case 2, and a key of 32 bytes)."""
    code = Hmac(b"Jefe").of(b"what do ya want for nothing?")
    assert code.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    code = Hmac(b"\x0b" * 20).of(b"Hi There")
    assert code.hex() == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"


def check_adding_is_right_for_every_pair():
    """Adding a point to itself, to its opposite, to nothing: each gives what the curve says."""
    g = (GX, GY, 1, 1)
    assert affine([add(g, GX, GY)]) == affine([double(g)])
    assert not add(g, GX, P - GY)[2]
    assert add(INFINITY, GX, GY) == g
    assert double(INFINITY) == INFINITY
    ((x, y),) = affine([add(double(g), GX, GY)])
    assert on_curve(x, y) and not on_curve(x, y + 1) and not on_curve(x + P, y)


def check_both_ways_to_multiply_agree_at_the_edges():
    """The comb and the digits give one answer for small, large, even and odd numbers; nothing for 0."""
    with open(p256.GENERATOR, "rb") as file:
        table = file.read()
    for k in (1, 2, 3, 15, 16, 17, 1 << 22, (1 << 44) - 1, 1 << 128, 1 << 255, N // 2, N - 3, N - 2, N - 1):
        by_comb = sum_at_bits(COLUMNS - 1, (CombTerm(table, k),))
        by_digits = sum_at_bits(TOP, (WnafTerm(GX, GY, k),))
        assert affine([by_comb]) == affine([by_digits])
        assert sum([digit << bit for bit, digit in digits(k).items()]) == k
    assert not sum_at_bits(COLUMNS - 1, (CombTerm(table, 0),))[2]
    assert not sum_at_bits(TOP, (WnafTerm(GX, GY, 0),))[2]
    assert affine([sum_at_bits(COLUMNS - 1, (CombTerm(table, N - 1),))]) == [(GX, P - GY)]


def check_the_inverse():
    """The inverse is the inverse, also where MicroPython's own pow() answers 0; 0 has none."""
    for value in (1, 2, 3, 0x10001, P >> 1, P - 2, P - 1, GX, N):
        assert value * inverse(value, P) % P == 1
        assert (value + P) * inverse(value + P, P) % P == 1
    assert inverse(0, P) == 0 and inverse(P, P) == 0


def check_the_table_in_the_firmware():
    """The 4 KB table that signs is the generator's own, as its recipe makes it here, and lies on the curve."""
    with open(p256.GENERATOR, "rb") as file:
        table = file.read()
    assert len(table) == TABLE_BYTES == 4096
    for at in range(0, TABLE_BYTES, 64):
        assert point_of(b"\x04" + table[at : at + 64]) is not None
    assert table == table_of(GX, GY)


def check_bytes_that_are_no_point():
    """65 bytes that are not on the curve, or written in another form, are no key."""
    good = point_bytes(GX, GY)
    assert point_of(good) == (GX, GY)
    for bad in (
        b"",
        good[:64],
        good + b"\0",
        b"\x02" + good[1:],
        b"\x06" + good[1:],
        b"\0" * 65,
        b"\x04" + b"\0" * 64,
        b"\x04" + b"\xff" * 64,
        good[:64] + b"\0",
        b"\x04" + P.to_bytes(32, "big") + good[33:],
        b"\0",
    ):
        assert point_of(bad) is None


def check_private_keys_out_of_range():
    """0, N and more are no private keys."""
    for private in (0, N, N + 1, -1):
        try:
            p256.public_point(private)
        except ValueError:
            continue
        raise AssertionError(private)
