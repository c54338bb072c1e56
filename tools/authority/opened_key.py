"""A sealed key by its file's name: the passphrase comes from a file or from somebody at the terminal."""

from pathlib import Path

from tools.authority.keys import KeyFileError, PassphraseError, PrivateKey, load_key
from tools.authority.passphrase import with_passphrase
from tools.exit_codes import REFUSED, USAGE
from tools.refusal import Refusal


def opened_key(path: Path, passphrase_file: Path | None) -> PrivateKey:
    """The P-256 key at `path`; asks for the passphrase if it has one and no file gives it.  Raises Refusal."""
    try:
        return with_passphrase(lambda words: load_key(path, words), passphrase_file, path.name)
    except PassphraseError as error:
        raise Refusal(REFUSED, f"{error}: give it with --passphrase-file, or at a terminal.") from error
    except KeyFileError as error:
        raise Refusal(USAGE, f"{error}.") from error
    except OSError as error:
        raise Refusal(USAGE, f"The key {path} cannot be read: {error.strerror}.") from error
