"""dosevakt repository: what hubs believe about firmware, made and signed on a machine without a network."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tools.authority.keys import KeyFileError, PassphraseError
from tools.authority.passphrase import PassphraseFile, first_line, new_passphrase
from tools.exit_codes import REFUSED, USAGE
from tools.manners.options import Json
from tools.manners.talk import Talk
from tools.refusal import Refusal, told

repository = typer.Typer(no_args_is_help=True, help="The firmware repository: its offline half.")
Folder = Annotated[Path, typer.Argument(help="Where keys and lists lie. Keep it off every server.")]
ReleasePoint = Annotated[
    Path,
    typer.Option(
        "--release-key", envvar="DOSEVAKT_RELEASE_KEY", help="release.pub of who signs the firmware."
    ),
]


@repository.command("new")
@told
def new(folder: Folder, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Make three root keys, the key of the bundles and the centre's online key; the first lists, signed."""
    from tools.release_repository import offline

    with Talk("repository", as_json=as_json, record=False) as talk, _in_sentences(folder):
        passphrase = new_passphrase(passphrase_file)
        if passphrase is None:
            talk.warn("The keys have no passphrase: good for a trial, not for a municipality.")
        talk.say("Sealing four keys takes some seconds.")
        made = offline.new_repository(folder, passphrase, datetime.now(UTC))
        talk.say(
            f"Give root-2.key and root-3.key to two other people's safes. Take {folder / 'online.key'} and"
        )
        talk.say(f"{made.folder / 'repository'} to the centre, and 1.root.json to every hub.")
        talk.result(f"The repository is in {folder}.", root_version=1, targets_version=1)


@repository.command("publish")
@told
def publish(
    folder: Folder,
    bundle: Annotated[Path, typer.Argument(help="The firmware, as `dosevakt release make` wrote it.")],
    release_key: ReleasePoint,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Put a firmware bundle that the release key signed into the list that hubs believe."""
    from tools.firmware.bundle import ReleaseKey, file_name, load_proven, load_release_point
    from tools.release_repository import offline

    with Talk("repository", as_json=as_json, record=False) as talk, _in_sentences(folder):
        proven = load_proven(bundle, ReleaseKey(load_release_point(release_key)))
        lists, name = offline.Repository(folder), file_name(proven.manifest)
        version = offline.publish(
            lists, name, proven, _passphrase(folder, passphrase_file), datetime.now(UTC)
        )
        talk.say(f"Copy {folder / 'repository'} over the centre's; it signs the rest within a minute.")
        talk.result(
            f"{name} is in list {version}.", target=name, targets_version=version, **offline.described(proven)
        )


@repository.command("renew")
@told
def renew(folder: Folder, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Sign a new root, for the online key that lies here now: before the old one ends, or after a theft."""
    from tools.release_repository import offline

    with Talk("repository", as_json=as_json, record=False) as talk, _in_sentences(folder):
        lists = offline.Repository(folder)
        version = offline.renew_root(lists, _passphrase(folder, passphrase_file), datetime.now(UTC))
        talk.say(f"Copy {folder / 'repository'} over the centre's. Hubs find the new root by themselves.")
        talk.result(f"Root {version} is signed.", root_version=version)


def _passphrase(folder: Path, file: Path | None) -> str | None:
    """From the file, from the terminal if the keys are sealed, else none."""
    if file is not None:
        return first_line(file)
    sealed = any(b"BEGIN ENCRYPTED" in key.read_bytes() for key in folder.glob("*.key"))
    if not sealed or not sys.stdin.isatty():
        return None
    return str(typer.prompt("Passphrase of the keys", hide_input=True, err=True))


@contextmanager
def _in_sentences(folder: Path) -> Iterator[None]:
    """What the folder's files can do to us, as a Refusal."""
    from tuf.api.serialization import DeserializationError

    from tools.release_repository.offline import TooFewKeysError, UsedNameError

    try:
        yield
    except PassphraseError as error:
        raise Refusal(REFUSED, f"{error}: give it with --passphrase-file, or at a terminal.") from error
    except KeyFileError as error:
        raise Refusal(REFUSED, f"{error}: bring it back from the other copy of the folder.") from error
    except TooFewKeysError as error:
        raise Refusal(REFUSED, f"{error}: put the other root keys into {folder} for this.") from error
    except UsedNameError as error:
        sentence = f"Another file was published as {error}; a release that changes needs a new version."
        raise Refusal(REFUSED, sentence) from error
    except DeserializationError as error:
        raise Refusal(
            REFUSED, f"A list in {folder} is damaged; bring it back from the other copy."
        ) from error
    except FileExistsError as error:
        raise Refusal(REFUSED, f"{error.filename} is there already; keys are never replaced.") from error
    except FileNotFoundError as error:
        sentence = (
            f"{error.filename} is missing; make a repository with: dosevakt repository new, or bring it back."
        )
        raise Refusal(USAGE, sentence) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(
            USAGE, f"{getattr(error, 'filename', None) or folder} cannot be read or written."
        ) from error
