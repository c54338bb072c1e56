"""A file that somebody named on the command line."""

from pathlib import Path

from tools.exit_codes import USAGE
from tools.refusal import Refusal


def read_named(path: Path, most_bytes: int, what: str = "The file") -> bytes:
    """Its bytes; of one that is longer, one more than most_bytes, so that whoever reads them sees it.

    Raises Refusal, which begins with `what`.
    """
    try:
        with path.open("rb") as file:
            return file.read(most_bytes + 1)
    except OSError as error:
        raise Refusal(USAGE, f"{what} {path} cannot be read: {error.strerror}.") from error
