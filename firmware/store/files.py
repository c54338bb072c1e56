"""Files and directories as the journal and the settings need them; the same calls on the board and on a computer."""

import os
from errno import EEXIST, ENOENT


def ensure_directory(path: str) -> None:
    """Make a directory and those above it, where they are missing."""
    at = 0
    while at >= 0:
        at = path.find("/", at + 1)
        try:
            os.mkdir(path[:at] if at > 0 else path)
        except OSError as error:
            if error.args[0] != EEXIST:
                raise


def read_whole(path: str) -> bytes | None:
    """The bytes of a file, or None when there is no such file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        if error.args[0] != ENOENT:
            raise
        return None


def remove_if_there(path: str) -> None:
    """Remove a file, unless it is gone already."""
    try:
        os.remove(path)
    except OSError as error:
        if error.args[0] != ENOENT:
            raise
