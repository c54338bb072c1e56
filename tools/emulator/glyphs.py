"""Read the words off the panel's picture."""


def read_lines(picture: bytes) -> list[str]:
    """The lines of text on a 400x300 picture (see picture.py); unknown signs are left out."""
    return []
