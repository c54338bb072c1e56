"""dosevakt authority: make, renew and revoke the keys and certificates of an installation."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from protocol.errors import MessageError
from tools.authority.installation import add_hub, new_installation
from tools.authority.keys import load_key, public_point
from tools.authority.passphrase import PassphraseFile, new_passphrase, opened
from tools.authority.rotation import holders, revoke_hub, rotate_broker, rotate_centre, rotate_hub
from tools.exit_codes import REFUSED, USAGE
from tools.refusal import Refusal, told

authority = typer.Typer(no_args_is_help=True, help="Keys and certificates of one installation.")
Folder = Annotated[Path, typer.Argument(help="Where the keys lie. Keep it off every server.")]
HubName = Annotated[str, typer.Argument(help="The name of the hub's folder.")]


@authority.command("new")
@told
def new(
    folder: Folder,
    host: Annotated[list[str], typer.Option(help="Name or address of the broker.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make an authority, a broker's certificate, and the centre's certificate and signing key."""
    passphrase = new_passphrase(passphrase_file)
    try:
        made = new_installation(folder, host, passphrase)
    except FileExistsError as error:
        raise Refusal(
            REFUSED, f"{folder} holds keys already; old keys are never replaced. Name a new folder."
        ) from error
    typer.echo(
        f"Broker, centre and authority are in {made.folder}. Move ca.key to a safe place without a network."
    )
    if passphrase is None:
        typer.echo(
            "ca.key has no passphrase: good for a trial, not for a municipality. Use --passphrase-file, or a terminal.",
            err=True,
        )


@authority.command("hub")
@told
def hub(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="A name for the hub's folder.")],
    tenant: Annotated[str, typer.Option(help="The municipality the hub belongs to.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make one hub's certificate and keys; prints its id and the point that the centre enrols it by, as JSON."""
    installation = opened(folder, passphrase_file)
    try:
        made = add_hub(installation, tenant, name)
    except MessageError as error:
        raise Refusal(USAGE, f"The tenant {tenant!r} cannot be used: {error.detail}.") from error
    except FileExistsError as error:
        raise Refusal(REFUSED, f"There is a hub {name!r} already; choose another name.") from error
    point = public_point(load_key(made.event_key)).hex()
    typer.echo(
        json.dumps({"hub_id": made.hub_id.hex(), "public_point": point, "folder": str(made.event_key.parent)})
    )


@authority.command("rotate")
@told
def rotate(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="A hub's folder name; or say --broker or --centre.")] = "",
    broker: Annotated[bool, typer.Option("--broker", help="The broker's certificate.")] = False,
    centre: Annotated[bool, typer.Option("--centre", help="The centre's certificate.")] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a new TLS key and certificate in place of the old ones; ids and names stay. The old one is not revoked."""
    if bool(name) + broker + centre != 1:
        raise Refusal(USAGE, "Name one hub, or say --broker, or --centre.")
    installation = opened(folder, passphrase_file)
    if broker:
        made = rotate_broker(installation)
    elif centre:
        made = rotate_centre(installation)
    else:
        with _known(name):
            made = rotate_hub(installation, name)
    typer.echo(f"Take {made.certificate} and {made.key.name} beside it to their machine and start it again.")


@authority.command("revoke")
@told
def revoke(
    folder: Folder,
    name: HubName,
    retired: Annotated[
        bool, typer.Option("--retired", help="Only the certificates that were rotated away.")
    ] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Shut a hub out for good: a stolen hub, or with --retired its old certificates after a rotation."""
    installation = opened(folder, passphrase_file)
    with _known(name):
        count = revoke_hub(installation, name, only_retired=retired)
    if not count:
        typer.echo("Nothing new to revoke; the list is as it was.")
        return
    typer.echo(
        f"{count} revoked. Take {installation.crl} to the broker and start it again:"
        " until then the hub is not shut out."
    )


@authority.command("list")
@told
def list_certificates(
    folder: Folder,
    passphrase_file: PassphraseFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="For a script.")] = False,
) -> None:
    """Who has a certificate and for how long, the one that ends first at the top."""
    found = holders(opened(folder, passphrase_file))
    if as_json:
        typer.echo(json.dumps([asdict(holder) for holder in found]))
        return
    for holder in found:
        state = "revoked" if holder.revoked else f"{holder.days_left} days left"
        typer.echo(f"{holder.name}  {holder.user}  {state}")


@contextmanager
def _known(name: str) -> Iterator[None]:
    """Turn a hub that is not there into a sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise Refusal(USAGE, f"There is no hub {name!r} in this folder.") from error
