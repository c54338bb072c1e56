"""The curve P-256: points, the two steps on them, and the inverse.

Points under way are XYZZ: (X, Y, ZZ, ZZZ) stands for x = X / ZZ, y = Y / ZZZ, with ZZ ** 3 == ZZZ ** 2; ZZ == 0 is
the point at infinity.  On the board the `%` is three quarters of a field multiplication, so the formulas with the
fewest reductions win, not those with the fewest products: double has 8, add has 9.
Source: Explicit-Formulas Database, short Weierstrass, xyzz, dbl-2008-s-1 and madd-2008-s.

Not constant time (Python integers are not): whoever can time a signature that closely holds the device already.
"""

# SEC 2 version 2.0, section 2.4.2 (secp256r1); the curve is y^2 = x^3 - 3x + B over the field of P elements.
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
GX = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
GY = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5

INFINITY = (1, 1, 0, 0)


def inverse(value: int, modulus: int) -> int:
    """1 / value modulo a prime, by Euclid's extended algorithm; 0 has no inverse and gives 0.

    Why not pow(value, -1, modulus): MicroPython answers 0 to that, without an error.
    Why not pow(value, modulus - 2, modulus): six times slower on the board.
    """
    low, high = value % modulus, modulus
    factor, previous = 1, 0
    while low > 1:
        quotient, rest = divmod(high, low)
        high, low = low, rest
        previous, factor = factor, previous - quotient * factor
    return factor % modulus if low else 0


def double(point):
    """Twice an XYZZ point."""
    x, y, zz, zzz = point
    if not zz:
        return point
    u = y + y
    v = u * u % P
    w = u * v % P
    s = x * v % P
    m = 3 * (x - zz) * (x + zz) % P
    x3 = (m * m - (s + s)) % P
    return x3, (m * (s - x3) - w * y) % P, v * zz % P, w * zzz % P


def add(point, x, y):
    """An XYZZ point plus the affine point (x, y).  Right for every pair, also for equal and opposite ones."""
    x1, y1, zz, zzz = point
    if not zz:
        return x, y, 1, 1
    p = (x * zz - x1) % P
    r = (y * zzz - y1) % P
    if not p:
        return INFINITY if r else double((x, y, 1, 1))
    pp = p * p % P
    ppp = p * pp % P
    q = x1 * pp % P
    x3 = (r * r - (ppp + q + q)) % P
    return x3, (r * (q - x3) - y1 * ppp) % P, zz * pp % P, zzz * ppp % P


def sum_at_bits(top, terms):
    """The sum of 2 ** i times every affine point that a term has at bit i, for i from `top` down to 0.

    A term has at(i), which gives its points; all terms share the doublings.  Returns an XYZZ point.
    """
    total = INFINITY
    for i in range(top, -1, -1):
        total = double(total)
        for term in terms:
            for x, y in term.at(i):
                total = add(total, x, y)
    return total


def affine(points):
    """(x, y) of each XYZZ point, with one inversion for all of them.  None of them may be infinity."""
    products = [1]
    for point in points:
        products.append(products[-1] * point[3] % P)
    rest = inverse(products[-1], P)
    result = []
    for i in range(len(points) - 1, -1, -1):
        x, y, zz, zzz = points[i]
        one_by_zzz = rest * products[i] % P
        rest = rest * zzz % P
        one_by_z = one_by_zzz * zz % P
        result.append((x * (one_by_z * one_by_z % P) % P, y * one_by_zzz % P))
    result.reverse()
    return result


def on_curve(x: int, y: int) -> bool:
    """Whether (x, y) is a point of the curve, with both coordinates fully reduced."""
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x - 3) * x - B) % P == 0


def point_bytes(x: int, y: int) -> bytes:
    """65 bytes: 0x04, x, y (SEC 1 version 2.0, section 2.3.3, uncompressed)."""
    return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


def point_of(data):
    """(x, y) from 65 bytes, or None when they are no point of the curve.  Infinity has no such form."""
    if len(data) != 65 or data[0] != 4:
        return None
    x, y = int.from_bytes(data[1:33], "big"), int.from_bytes(data[33:65], "big")
    return (x, y) if on_curve(x, y) else None
