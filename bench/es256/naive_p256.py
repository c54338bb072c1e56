"""What bench/es256.py compares with: ES256 by plain double-and-add in Jacobian coordinates, as textbooks have it.

Same inverse, same nonce, same language; only the multiplication of a point differs.
Source: Hankerson, Menezes, Vanstone, "Guide to Elliptic Curve Cryptography", algorithms 3.21, 3.22 and 3.27.
"""

from firmware.crypto.curve import GX, GY, N, P, inverse
from firmware.crypto.nonce import nonces


def double(point):
    """Twice a Jacobian point (X, Y, Z): x = X / Z^2, y = Y / Z^3.  Four products, four squares, a = -3."""
    x, y, z = point
    if not z:
        return point
    z2 = z * z % P
    y2 = y * y % P
    s = 4 * x * y2 % P
    m = 3 * (x - z2) * (x + z2) % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * (y2 * y2 % P)) % P, 2 * y * z % P


def add(point, x2, y2):
    """A Jacobian point plus an affine one."""
    x1, y1, z = point
    if not z:
        return x2, y2, 1
    z2 = z * z % P
    h = (x2 * z2 % P - x1) % P
    r = (y2 * (z2 * z % P) % P - y1) % P
    if not h:
        return double((x2, y2, 1)) if not r else (1, 1, 0)
    h2 = h * h % P
    h3 = h2 * h % P
    v = x1 * h2 % P
    x3 = (r * r - h3 - 2 * v) % P
    return x3, (r * (v - x3) - y1 * h3 % P) % P, z * h % P


def multiply(scalar, x, y):
    """(x, y) of scalar times an affine point, bit by bit from the highest; one inversion at the end."""
    total = (1, 1, 0)
    for i in range(scalar_bits(scalar) - 1, -1, -1):
        total = double(total)
        if scalar >> i & 1:
            total = add(total, x, y)
    one_by_z = inverse(total[2], P)
    z2 = one_by_z * one_by_z % P
    return total[0] * z2 % P, total[1] * (z2 * one_by_z % P) % P


def scalar_bits(scalar):
    """How many bits a scalar has."""
    return len(bin(scalar)) - 2


def sign(private, digest):
    """As firmware.crypto.p256.sign, for a digest whose first nonce serves."""
    k = next(nonces(private, digest))
    r = multiply(k, GX, GY)[0] % N
    s = inverse(k, N) * (int.from_bytes(digest, "big") + r * private) % N
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify(x, y, digest, signature):
    """As firmware.crypto.p256.verify, without its refusals: two multiplications and one addition."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    w = inverse(s, N)
    x1, y1 = multiply(int.from_bytes(digest, "big") * w % N, GX, GY)
    x2, y2 = multiply(r * w % N, x, y)
    x3, _, z3 = add((x1, y1, 1), x2, y2)
    one_by_z = inverse(z3, P)
    return x3 * (one_by_z * one_by_z % P) % P % N == r
