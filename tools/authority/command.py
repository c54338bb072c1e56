"""dosevakt authority: make the keys and certificates of an installation."""

import json
from pathlib import Path
from typing import Annotated

import typer

from protocol.errors import MessageError
from tools.authority.installation import add_hub, new_installation, open_installation
from tools.authority.keys import load_key, public_point
from tools.exit_codes import REFUSED, USAGE
from tools.refusal import Refusal, told

authority = typer.Typer(no_args_is_help=True, help="Keys and certificates of one installation.")
Folder = Annotated[Path, typer.Argument(help="Where the keys lie. Keep it off every server.")]


@authority.command("new")
@told
def new(
    folder: Folder, host: Annotated[list[str], typer.Option(help="Name or address of the broker.")]
) -> None:
    """Make an authority, a broker's certificate, and the centre's certificate and signing key."""
    try:
        made = new_installation(folder, host)
    except FileExistsError as error:
        raise Refusal(
            REFUSED, f"{folder} holds keys already; old keys are never replaced. Name a new folder."
        ) from error
    typer.echo(
        f"Broker, centre and authority are in {made.folder}. Move ca.key to a safe place without a network."
    )


@authority.command("hub")
@told
def hub(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="A name for the hub's folder.")],
    tenant: Annotated[str, typer.Option(help="The municipality the hub belongs to.")],
) -> None:
    """Make one hub's certificate and keys; prints its id and the point that the centre enrols it by, as JSON."""
    try:
        made = add_hub(open_installation(folder), tenant, name)
    except MessageError as error:
        raise Refusal(USAGE, f"The tenant {tenant!r} cannot be used: {error.detail}.") from error
    except FileExistsError as error:
        raise Refusal(REFUSED, f"There is a hub {name!r} already; choose another name.") from error
    except FileNotFoundError as error:
        raise Refusal(USAGE, f"{folder} holds no authority; make one with: dosevakt authority new") from error
    point = public_point(load_key(made.event_key)).hex()
    typer.echo(
        json.dumps({"hub_id": made.hub_id.hex(), "public_point": point, "folder": str(made.event_key.parent)})
    )
