"""dosevakt provision: make a new dispenser known to its centre, and its centre known to it."""

from pathlib import Path
from typing import Annotated

import typer

from tools.manners.options import Account, CentreUrl, Device, DryRun, Json, Rate, Yes
from tools.manners.talk import Talk
from tools.refusal import told

Hub = Annotated[str | None, typer.Option(help="Id of the hub it will stand beside, hex.")]
Label = Annotated[str | None, typer.Option(help="A place, such as a flat number; never a person's name.")]


@told
def provision(
    device: Device = None,
    centre_url: CentreUrl = None,
    account: Account = None,
    hub: Hub = None,
    label: Label = None,
    request_out: Annotated[
        Path | None,
        typer.Option(help="Only write the device's request there, for: dosevakt authority enrol"),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="Give the device this certificate; needs no network.")
    ] = None,
    qr: Annotated[Path | None, typer.Option(help="Write the label there, .svg or .png.")] = None,
    batch: Annotated[
        Path | None, typer.Option(help="Many devices: a CSV file with the columns serial, hub, label.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="What became of each row of --batch; a second run goes on from it.")
    ] = None,
    wait_s: Annotated[
        float, typer.Option("--wait", min=0, help="Seconds to wait for the next device of --batch.")
    ] = 60.0,
    port: Annotated[
        Path | None,
        typer.Option(help="A board without USB: its own line. Needs --centre-key and --tenant."),
    ] = None,
    centre_key: Annotated[
        Path | None, typer.Option(help="With --port: the centre's public signing key, PEM.")
    ] = None,
    tenant: Annotated[
        str | None, typer.Option(help="With --port: the municipality, as the centre calls it.")
    ] = None,
    rate: Rate = 1.0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Give the connected dispenser its owner and its place, and print its label.  Safe to run again.

    The dispenser makes its own key and asks for a certificate with it; the centre (or, without a network, the
    authority) signs; the dispenser checks that before it believes. Nothing secret touches this computer.

    Exit codes: 0 done, 1 device or centre said no, 2 usage, 3 no device, 4 more than one, 5 port busy or not allowed,
    6 not verified, 7 other version or signature, 8 no answer, 9 centre not reached.
    """
    from tools.provisioning.ways import Wish, provisioned  # not needed for --help

    wish = Wish(
        device,
        centre_url,
        account,
        hub,
        label,
        request_out,
        certificate,
        qr,
        batch,
        report,
        wait_s,
        port,
        centre_key,
        tenant,
        rate,
    )
    with Talk("provision", as_json=as_json, yes=yes, dry_run=dry_run) as talk:
        provisioned(wish, talk)
