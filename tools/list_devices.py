"""dosevakt list: which dispensers are on this machine's USB ports."""

import json
from typing import Annotated

import typer

from tools.workshop.ports import candidates


def list_devices(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False,
) -> None:
    """List the dispensers that are connected by USB.  None connected is no error."""
    found = candidates()
    if as_json:
        typer.echo(json.dumps([one.as_dict() for one in found]))
        return
    for one in found:
        typer.echo(f"{one.serial_number}  {one.path}  {one.product}")
    if not found:
        typer.echo(
            "No dispenser is connected. Check the cable; a charging-only cable shows nothing.", err=True
        )
