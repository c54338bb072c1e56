"""dosevakt authority: make, renew and revoke the keys and certificates of an installation."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from protocol.errors import MessageError
from tools.authority.certificates import Pair
from tools.authority.enrolment_command import enrol, enrolment_key
from tools.authority.installation import CENTRE_USER, Installation, add_hub, new_installation
from tools.authority.keys import load_key, public_point
from tools.authority.passphrase import PassphraseFile, new_passphrase, opened
from tools.authority.refusals import in_sentences
from tools.authority.rotation import (
    AUTHORITY,
    BROKER_NAME,
    Holder,
    RevokedError,
    holders,
    revoke_hub,
    rotate_broker,
    rotate_centre,
    rotate_hub,
)
from tools.exit_codes import REFUSED, USAGE
from tools.refusal import Refusal, told

authority = typer.Typer(no_args_is_help=True, help="Keys and certificates of one installation.")
authority.command("enrolment-key")(enrolment_key)
authority.command("enrol")(enrol)
# A visit to every home takes weeks; a certificate lasts 397 days.
SOON_DAYS = 60
# A certificate that is issued now must end before the authority does, and every hub has to be visited.
AUTHORITY_SOON_DAYS = 397 + SOON_DAYS
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
    except OSError as error:
        raise Refusal(REFUSED, f"{folder} cannot be written: {error.strerror}.") from error
    except ValueError as error:
        raise Refusal(USAGE, f"The broker's name cannot be used: {error}.") from error
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
        with in_sentences(folder):
            made = add_hub(installation, tenant, name)
    except MessageError as error:
        raise Refusal(USAGE, f"The tenant {tenant!r} cannot be used: {error.detail}.") from error
    except ValueError as error:
        raise Refusal(USAGE, f"The name {name!r} cannot be used: {error}.") from error
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
    with in_sentences(folder):
        if broker:
            made = rotate_broker(installation)
        elif centre:
            made = rotate_centre(installation)
        else:
            made = _rotated_hub(installation, name)
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
    _known(folder, name)
    with in_sentences(folder):
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
    as_json: Annotated[bool, typer.Option("--json", help="For a script.")] = False,
) -> None:
    """Who has a certificate and for how long, the one that ends first at the top."""
    with in_sentences(folder):
        found = holders(folder)
    if as_json:
        typer.echo(json.dumps([asdict(holder) for holder in found]))
        return
    for holder in found:
        typer.echo(f"{holder.name}  {holder.user}  {_state(holder)}")


def _state(holder: Holder) -> str:
    """How long it is good, and what to do when that is not long."""
    if holder.revoked:
        return "revoked"
    days = (
        f"{holder.days_left} days left" if holder.days_left >= 0 else f"EXPIRED {-holder.days_left} days ago"
    )
    if holder.name == AUTHORITY:
        soon, what = (
            holder.days_left < AUTHORITY_SOON_DAYS,
            "make a new installation and move every hub to it",
        )
    else:
        words = f"--{holder.name}" if holder.name in (BROKER_NAME, CENTRE_USER) else holder.name
        soon, what = holder.days_left < SOON_DAYS, f"dosevakt authority rotate KEYS {words}"
    return f"{days}: {what}" if soon else days


def _rotated_hub(installation: Installation, name: str) -> Pair:
    _known(installation.folder, name)
    try:
        return rotate_hub(installation, name)
    except RevokedError as error:
        raise Refusal(
            REFUSED, f"The hub {name!r} was revoked; make a new one: dosevakt authority hub."
        ) from error


def _known(folder: Path, name: str) -> None:
    """A hub that is not there is a sentence."""
    if not (folder / "hubs" / name).is_dir():
        raise Refusal(USAGE, f"There is no hub {name!r} in this folder.")
