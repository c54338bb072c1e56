"""A sealed key by its file's name: the passphrase comes from a file or from somebody at the terminal."""

import sys
from pathlib import Path

import typer

from tools.authority.keys import KeyFileError, PassphraseError, PrivateKey, load_key
from tools.authority.passphrase import first_line
from tools.exit_codes import REFUSED, USAGE
from tools.refusal import Refusal


def opened_key(path: Path, passphrase_file: Path | None) -> PrivateKey:
    """The P-256 key at `path`; asks for the passphrase if it has one and no file gives it.  Raises Refusal."""
    words = None if passphrase_file is None else first_line(passphrase_file)
    try:
        try:
            return load_key(path, words)
        except PassphraseError:
            if words is not None or not sys.stdin.isatty():
                raise
        return load_key(path, str(typer.prompt(f"Passphrase of {path.name}", hide_input=True, err=True)))
    except PassphraseError as error:
        raise Refusal(REFUSED, f"{error}: give it with --passphrase-file, or at a terminal.") from error
    except KeyFileError as error:
        raise Refusal(USAGE, f"{error}.") from error
    except OSError as error:
        raise Refusal(USAGE, f"The key {path} cannot be read: {error.strerror}.") from error
