"""dosevakt return: a dispenser comes back from a home."""

from typing import Annotated

import typer

from tools.manners.options import Account, CentreUrl, Device, DryRun, Json, Rate, ServiceFile, Yes
from tools.refusal import told


@told
def return_device(
    device: Device = None,
    centre_url: CentreUrl = None,
    account: Account = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Without the centre: its signed command is in --service.")
    ] = False,
    service: ServiceFile = None,
    accept_unsent: Annotated[
        bool,
        typer.Option(
            "--accept-unsent", help="Wipe it although the centre has not all its events; they are kept here."
        ),
    ] = False,
    checklist_done: Annotated[
        int | None,
        typer.Option(
            "--checklist-done", min=0, max=4, help="For scripts: so many of the four cleaning steps are done."
        ),
    ] = None,
    rate: Rate = 1.0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Count what is left inside, bring the last events to the centre, take the signed erase record, wipe, clean, try.

    Interrupted at any point: run it again. Afterwards the board has a new identity and waits for `dosevakt provision`.

    Exit codes: 0 done, 1 the device or the centre says no or it is not ready yet, 2 usage, 3 no device, 4 several,
    5 port busy or not allowed, 6 its signature does not hold or it did not forget, 8 no answer, 9 centre not reached.
    """
    from tools.manners.talk import Talk
    from tools.return_device.visit import Visit, Wishes

    with Talk("return", as_json=as_json, yes=yes, dry_run=dry_run) as talk:
        wishes = Wishes(device, centre_url, account, offline, service, accept_unsent, checklist_done, rate)
        Visit(talk, wishes).run()
