"""Make a comb table: on a computer the generator's, for comb.bin; on the board the centre key's, once, when trusted.

python -m firmware.crypto.make_comb        writes firmware/crypto/comb.bin
"""

from firmware.crypto.comb import COLUMNS, POINTS, ROWS, TABLE_BYTES, TABLES
from firmware.crypto.curve import GX, GY, P, add, affine, double


def table_of(x: int, y: int) -> bytearray:
    """The comb table of the affine point (x, y): 64 points of 64 bytes (comb.py).  Takes a verify's time."""
    table = bytearray(TABLE_BYTES)
    fill(memoryview(table), x, y)
    return table


def fill(table, x: int, y: int) -> None:
    """Write the comb table of (x, y) into a memoryview of TABLE_BYTES.

    The caller makes the room beforehand: while points are made, those that are ready lie all over the board's heap,
    and no 4 KB in one piece are left at the end.
    """
    bases, doubles = _bases(x, y)
    at = 0
    for half in range(TABLES):
        rows = [bases[TABLES * row + half] for row in range(ROWS)]
        for point_x, point_y in affine(_sub_table(rows, doubles, half)):
            table[at : at + 32] = point_x.to_bytes(32, "big")
            table[at + 32 : at + 64] = point_y.to_bytes(32, "big")
            at += 64


def _bases(x, y):
    """The affine points 2 ** (22 i) times (x, y), and their doubles, for i from 0 to 11."""
    bases, doubles = [], []
    point = (x, y, 1, 1)
    for i in range(COLUMNS * ROWS * TABLES):
        if i % COLUMNS == 0:
            bases.append(point)
        point = double(point)
        if i % COLUMNS == 0:
            doubles.append(point)
    return affine(bases), affine(doubles)


def _sub_table(rows, doubles, half):
    """XYZZ points: index bit r set is plus row r, clear is minus row r; the top row is always plus."""
    top_x, top_y = rows[-1]
    start = (top_x, top_y, 1, 1)
    for x, y in rows[:-1]:
        start = add(start, x, P - y)
    points = [start]
    for row in range(ROWS - 1):
        x, y = doubles[TABLES * row + half]
        points += [add(point, x, y) for point in points]
    assert len(points) == POINTS
    return points


if __name__ == "__main__":
    with open(__file__.rsplit("/", 1)[0] + "/comb.bin", "wb") as file:
        file.write(table_of(GX, GY))
