"""What goes wrong in the folder of an installation, as one sentence and an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.authority.keys import KeyFileError, PassphraseError
from tools.authority.revocation import NAME as CRL
from tools.exit_codes import REFUSED, USAGE
from tools.refusal import Refusal

COPY = "bring it back from the other copy of the folder"


@contextmanager
def in_sentences(folder: Path) -> Iterator[None]:
    """Turn what a folder's files can do to us into a Refusal."""
    try:
        yield
    except PassphraseError as error:
        raise Refusal(REFUSED, f"{error}: give it with --passphrase-file, or at a terminal.") from error
    except KeyFileError as error:
        raise Refusal(REFUSED, f"{error}: {COPY}.") from error
    except FileNotFoundError as error:
        raise _missing(folder, Path(str(error.filename))) from error
    except FileExistsError as error:
        raise Refusal(REFUSED, f"{error.filename} is there already; choose another name.") from error
    except OSError as error:
        raise Refusal(REFUSED, f"{error.filename or folder}: {error.strerror}.") from error


def _missing(folder: Path, file: Path) -> Refusal:
    if not (folder / "ca.crt").exists():
        return Refusal(USAGE, f"{folder} holds no authority; make one with: dosevakt authority new")
    if file.name == CRL:
        why = "a new list would let in again whoever was shut out"
        return Refusal(REFUSED, f"{file} is missing: take the broker's, or {COPY}; {why}.")
    if file.name == "ca.key":
        return Refusal(USAGE, f"{file} is missing: put the authority's key there, or {COPY}.")
    return Refusal(REFUSED, f"{file} is missing: {COPY}.")
