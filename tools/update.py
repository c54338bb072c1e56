"""dosevakt update: a new version for a dispenser, over its own cable."""

from pathlib import Path
from typing import Annotated

import typer

from tools.manners.options import Account, CentreUrl, Device, DryRun, Json, Yes
from tools.manners.talk import Talk
from tools.refusal import told

BundleFile = Annotated[
    Path | None,
    typer.Argument(
        help="The .dvb file; without it the newest one for the device's board in this folder.",
    ),
]


@told
def update(
    bundle: BundleFile = None,
    device: Device = None,
    centre_url: CentreUrl = None,
    account: Account = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Give the connected dispenser a new version.  Interrupted at any point: run it again, it goes on where it was.

    The device judges for itself: signature, board, sequence; never within half an hour of a dose, with an open
    alarm or in a filling.  It starts on trial and goes back by itself unless its centre answers within half an hour.

    Exit codes: 0 done, 1 the device says no, 2 usage, 3 no device, 4 more than one, 5 port busy or not allowed, 6 not
    verified, 7 wrong board, signature or version, 8 no answer, 9 centre not reached.
    """
    from tools.updating.visit import Visit  # not needed for --help

    with Talk("update", as_json=as_json, yes=yes, dry_run=dry_run) as talk:
        Visit(talk, centre_url, account).update(device, bundle)
