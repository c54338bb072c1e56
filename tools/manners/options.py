"""The options that several commands share, so that each means the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Device = Annotated[
    str | None,
    typer.Option(
        "--device",
        envvar="DOSEVAKT_DEVICE",
        help="USB serial number of the device, as `dosevakt list` shows.",
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON event a line on stdout, and no other word there.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Check everything, say what would be done, and change nothing.")
]
CentreUrl = Annotated[
    str | None,
    typer.Option("--centre-url", envvar="DOSEVAKT_CENTRE", help="The centre, as in https://centre.example."),
]
Account = Annotated[
    str | None, typer.Option("--account", envvar="DOSEVAKT_ACCOUNT", help="Your account at the centre.")
]
Rate = Annotated[float, typer.Option(help="For a virtual dispenser that does not run at 1.", hidden=True)]
ServiceFile = Annotated[
    Path | None,
    typer.Option(
        "--service", help="The centre's signed command for this device, in a file; see docs/technician.md."
    ),
]
