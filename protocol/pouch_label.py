"""A pouch of a roll: how many make a dose, and what its 2D code says."""

MAX_POUCHES = 4  # of one dose: more tablets than that are two times of day (decision)


def label_of(number: str, n: int) -> str:
    """The label of the n-th pouch (1, 2 ...; empty header pouches are not counted) of roll `number`."""
    return "%s-%03d" % (number, n)
