"""Where the authority's passphrase comes from: a file, or somebody at the terminal.  Never a command line word."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from tools.authority.installation import Installation, open_installation
from tools.authority.keys import PassphraseError
from tools.authority.refusals import in_sentences
from tools.exit_codes import USAGE
from tools.refusal import Refusal

# Whoever steals the file tries one a second and core (sealed_key.py): four words of a list outlast him.
SHORTEST = 12

Opened = TypeVar("Opened")
PassphraseFile = Annotated[
    Path | None,
    typer.Option(help="File whose first line is the key's passphrase; asked for when it is needed."),
]


def new_passphrase(file: Path | None, key: str = "ca.key") -> str | None:
    """For a new authority.  None when nobody can be asked: a script that gave no file."""
    if file is not None:
        return _long_enough(first_line(file))
    if not sys.stdin.isatty():
        return None
    words = typer.prompt(
        f"Passphrase for {key} (write it down and lock it away)", hide_input=True, confirmation_prompt=True
    )
    return _long_enough(str(words))


def opened(folder: Path, file: Path | None) -> Installation:
    """The installation with its authority's key; asks for the passphrase if there is one and no file gives it."""
    with in_sentences(folder):
        return with_passphrase(lambda words: open_installation(folder, words), file, "ca.key")


def with_passphrase(open_it: Callable[[str | None], Opened], file: Path | None, key: str) -> Opened:
    """What open_it(passphrase) opens: by the file, or without one, or as somebody types it.  key: its name.

    Raises what open_it raises; PassphraseError also when nobody is there to type.
    """
    try:
        return open_it(None if file is None else first_line(file))
    except PassphraseError:
        if file is not None or not sys.stdin.isatty():
            raise
    return open_it(str(typer.prompt(f"Passphrase of {key}", hide_input=True, err=True)))


def first_line(file: Path) -> str:
    """The passphrase in a file.  Raises Refusal."""
    try:
        return file.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
    except OSError as error:
        raise Refusal(USAGE, f"The file {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Refusal(USAGE, f"The file {file} is no text in UTF-8.") from error


def _long_enough(passphrase: str) -> str:
    if len(passphrase) < SHORTEST:
        raise Refusal(
            USAGE,
            f"The passphrase has fewer than {SHORTEST} characters: four words taken by chance are good.",
        )
    return passphrase
