"""dosevakt release: the release key, and firmware that is signed with it.  Offline: the key never lies on a server."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from protocol.errors import MessageError
from protocol.manifest import MULTIDOSE, TABLET, Manifest
from tools.authority.keys import PrivateKey, new_key, public_point, save_key
from tools.authority.passphrase import PassphraseFile, new_passphrase
from tools.exit_codes import REFUSED, USAGE
from tools.firmware.release_folder import KEY, POINT, last_sequence, note_release, unsealed
from tools.manners.options import Json
from tools.manners.talk import Talk
from tools.refusal import Refusal, told

release = typer.Typer(no_args_is_help=True, help="The release key, and firmware signed with it.")
Folder = Annotated[Path, typer.Argument(help="Where the release key lies. Keep it off every server.")]
BOTH = {"tablet": (TABLET,), "multidose": (MULTIDOSE,), "both": (TABLET, MULTIDOSE)}


@release.command("key")
@told
def key(folder: Folder, passphrase_file: PassphraseFile = None) -> None:
    """Make the release key, sealed with a passphrase, and release.pub, which devices are flashed with."""
    passphrase = new_passphrase(passphrase_file, KEY)
    folder.mkdir(parents=True, exist_ok=True)
    made = new_key()
    try:
        save_key(made, folder / KEY, passphrase)
    except FileExistsError as error:
        raise Refusal(
            REFUSED, f"{folder / KEY} is there already; devices believe it. Name a new folder."
        ) from error
    except OSError as error:
        raise Refusal(REFUSED, f"{folder} cannot be written: {error.strerror}.") from error
    (folder / POINT).write_bytes(public_point(made))
    typer.echo(f"{folder / KEY} signs firmware: lock it away. {folder / POINT} goes with every technician.")
    if passphrase is None:
        typer.echo("release.key has no passphrase: good for a trial, not for dispensers in homes.", err=True)


@release.command("make")
@told
def make(
    folder: Folder,
    version: Annotated[str, typer.Option(help="As in 0.2.0; for people.")],
    out: Annotated[Path, typer.Option(help="Where the bundles go.")] = Path("."),
    board: Annotated[str, typer.Option(help="tablet, multidose or both.")] = "both",
    sequence: Annotated[
        int | None, typer.Option(help="Higher than any before; the next one when not given.")
    ] = None,
    downgrade: Annotated[
        bool, typer.Option("--downgrade", help="May replace a newer version: a recall.")
    ] = False,
    not_after: Annotated[str | None, typer.Option(help="Last day to install it, as in 2027-06-30.")] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Compile the firmware of this checkout, pack and sign it: one bundle for each class of board."""
    with Talk("release", as_json=as_json, record=False) as talk:
        classes = BOTH.get(board)
        if classes is None:
            raise Refusal(USAGE, f"There is no board {board!r}: say tablet, multidose or both.")
        if downgrade and not_after is None:  # else it could be brought back for ever
            raise Refusal(
                USAGE, "A recall needs its last day: add --not-after, as in --not-after 2027-06-30."
            )
        number = sequence if sequence is not None else last_sequence(folder) + 1
        if number <= last_sequence(folder):
            raise Refusal(USAGE, f"Sequence {number} has been used; the last one is {last_sequence(folder)}.")
        signer = unsealed(folder, passphrase_file)
        made = [
            _made(signer, out, one, version, number, downgrade, _end_of(not_after), talk) for one in classes
        ]
        note_release(folder, version, number, made)
        talk.result(
            "\n".join(f"{one['file']}: {one['bytes']} bytes, sequence {number}" for one in made), bundles=made
        )
        talk.next(f"dosevakt flash {made[0]['file']} --release-key {folder / POINT}")


@release.command("check")
@told
def check(
    bundle: Annotated[Path, typer.Argument(help="A .dvb file.")],
    release_key: Annotated[Path, typer.Option(envvar="DOSEVAKT_RELEASE_KEY", help="release.pub")],
    as_json: Json = False,
) -> None:
    """Say what a bundle holds, and whether the release key signed it.

    Exit codes: 0 whole and signed, 2 usage, 7 not signed by this key, changed, or cut short.
    """
    from tools.firmware.bundle import ReleaseKey, load_proven, load_release_point

    with Talk("release", as_json=as_json, record=False) as talk:
        proven = load_proven(bundle, ReleaseKey(load_release_point(release_key)))
        facts = _facts(proven.manifest) | {"manifest_digest": proven.manifest_digest().hex()}
        talk.result(
            f"{bundle.name}: version {facts['version']} for {facts['device_class']}, sequence {facts['sequence']}, "
            f"{facts['size']} bytes of code. Signed by this key, and whole.",
            **facts,
        )


def _made(
    signer: PrivateKey,
    out: Path,
    device_class: str,
    version: str,
    number: int,
    downgrade: bool,
    not_after_s: int | None,
    talk: Talk,
) -> dict[str, Any]:
    from tools.firmware.build import code_pack, loader_listing
    from tools.firmware.bundle import file_name
    from tools.firmware.signing import signed_bundle

    talk.say(f"Compiling version {version} for {device_class}.")
    try:
        parts = code_pack(device_class, version), loader_listing()
        bundle = signed_bundle(
            signer, device_class, version, number, parts, downgrade=downgrade, not_after_s=not_after_s
        )
    except MessageError as error:
        raise Refusal(USAGE, f"This cannot be signed: {error.detail}.") from error
    path = out / file_name(bundle.manifest)
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bundle.encode())
    except OSError as error:
        raise Refusal(REFUSED, f"{path} cannot be written: {error.strerror}.") from error
    return {"file": str(path), "bytes": path.stat().st_size, **_facts(bundle.manifest)}


def _facts(manifest: Manifest) -> dict[str, Any]:
    fields = {name: getattr(manifest, name) for _, name in Manifest.FIELDS}
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()}


def _end_of(day: str | None) -> int | None:
    """UTC seconds of the end of that day."""
    if day is None:
        return None
    try:
        start = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refusal(USAGE, f"{day!r} is no day; write it as 2027-06-30.") from error
    return int(start.timestamp()) + 86399
