"""Multiply a point that is met for the first time: width-5 signed digits over its odd multiples up to 15.

Source: Hankerson, Menezes, Vanstone, "Guide to Elliptic Curve Cryptography", algorithms 3.35 and 3.36.
"""

from firmware.crypto.curve import P, add, affine, double

WIDTH = 5  # 4 and 6 cost as much: what the digits save, the table takes
TOP = 256  # a 256-bit scalar's signed digits can reach one place further


def digits(scalar: int) -> dict[int, int]:
    """{bit: odd digit, -15 to 15} with sum(digit << bit) == scalar; at least four bits lie between two digits.

    Works on text because each shift of a 256-bit integer costs the board 20 us.
    """
    bits = "{:0262b}".format(scalar)
    found = {}
    carry = 0
    i = 0
    while i <= TOP:
        end = len(bits) - i
        if int(bits[end - 1]) == carry:
            i += 1
            continue
        digit = int(bits[end - WIDTH : end], 2) + carry
        carry = digit >> WIDTH - 1
        found[i] = digit - (carry << WIDTH)
        i += WIDTH
    return found


def odd_multiples(x, y):
    """[(x, y) of 1, 3, 5 ... 15 times the affine point (x, y)].

    Twice the point, scaled so that it is affine itself, makes all additions mixed ones: the scaled curve has another
    coefficient a, which additions do not use.  Multiplying by the scale at the end comes back.
    """
    twice_x, twice_y, zz, zzz = double((x, y, 1, 1))
    points = [(x * zz % P, y * zzz % P, 1, 1)]
    while len(points) < 1 << WIDTH - 2:
        points.append(add(points[-1], twice_x, twice_y))
    return affine([(px, py, pzz * zz % P, pzzz * zzz % P) for px, py, pzz, pzzz in points])


class WnafTerm:
    """`scalar` (0 to N - 1) times the affine point (x, y).  A term for curve.sum_at_bits, from bit TOP down."""

    def __init__(self, x, y, scalar):
        self._digits = digits(scalar)
        self._multiples = odd_multiples(x, y)

    def at(self, i):
        """The point to add at bit i, if there is one."""
        digit = self._digits.get(i, 0)
        if not digit:
            return ()
        x, y = self._multiples[abs(digit) >> 1]
        return ((x, y if digit > 0 else P - y),)
