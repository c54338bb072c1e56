"""Make a comb table: on a computer the generator's, for comb.bin; on the board the centre key's, once, when trusted.

python -m firmware.crypto.make_comb        writes firmware/crypto/comb.bin
"""

from firmware.crypto.comb import COLUMNS, POINTS, ROWS, TABLES
from firmware.crypto.curve import GX, GY, P, add, affine, double


def table_of(x: int, y: int) -> bytes:
    """The comb table of the affine point (x, y): 64 points of 64 bytes (comb.py).  Takes a verify's time."""
    bases, doubles = _bases(x, y)
    points = []
    for table in range(TABLES):
        points += _sub_table([bases[TABLES * row + table] for row in range(ROWS)], doubles, table)
    return b"".join([px.to_bytes(32, "big") + py.to_bytes(32, "big") for px, py in affine(points)])


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


def _sub_table(rows, doubles, table):
    """XYZZ points: index bit r set is plus row r, clear is minus row r; the top row is always plus."""
    top_x, top_y = rows[-1]
    start = (top_x, top_y, 1, 1)
    for x, y in rows[:-1]:
        start = add(start, x, P - y)
    points = [start]
    for row in range(ROWS - 1):
        x, y = doubles[TABLES * row + table]
        points += [add(point, x, y) for point in points]
    assert len(points) == POINTS
    return points


if __name__ == "__main__":
    with open(__file__.rsplit("/", 1)[0] + "/comb.bin", "wb") as file:
        file.write(table_of(GX, GY))
