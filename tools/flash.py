"""dosevakt flash: signed firmware onto a board by cable, from an empty Pico to the device's own signed hello."""

import time
from pathlib import Path
from typing import Annotated

import typer

from protocol.cose import POINT_BYTES
from protocol.errors import MessageError
from protocol.manifest import Manifest
from protocol.service_enrol import MAX_ROOTS, roots_of
from tools.exit_codes import USAGE
from tools.firmware.bundle import ReleaseKey, load_proven, load_release_point
from tools.manners.named_file import read_named
from tools.manners.options import Account, CentreUrl, Device, DryRun, Json, Yes
from tools.manners.talk import Talk
from tools.point_key import PointKey
from tools.refusal import Refusal, told
from tools.workshop.ports import BOOTSEL, DEVICE, connected


@told
def flash(
    bundle: Annotated[Path, typer.Argument(help="The firmware: a .dvb file.")],
    release_key: Annotated[
        Path,
        typer.Option(
            envvar="DOSEVAKT_RELEASE_KEY", help="release.pub: whose firmware the device shall believe."
        ),
    ],
    enrolment: Annotated[
        Path | None,
        typer.Option(help="enrolment.pub: who may give the device its owner; kept when not given."),
    ] = None,
    uf2: Annotated[
        Path | None, typer.Option(help="MicroPython for a board in BOOTSEL mode, from micropython.org.")
    ] = None,
    replace_release_key: Annotated[
        bool,
        typer.Option(
            "--replace-release-key", help="The device believes another release key; give it this one."
        ),
    ] = False,
    service: Annotated[
        Path | None,
        typer.Option(
            help="For a device with an owner: the centre's signed command in a file, or `auto`: it is asked now."
        ),
    ] = None,
    minutes: Annotated[
        int, typer.Option(min=1, max=30, help="How long the prompt may stay open with --service auto.")
    ] = 10,
    device: Device = None,
    centre_url: CentreUrl = None,
    account: Account = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Put signed firmware on the connected device, read it back, and wait until the device itself says that it runs it.

    Interrupted at any moment, it is finished by running it again.  A device that belongs to a centre is refused unless
    the centre signs for it (--service auto, or the command in a file).

    Exit codes: 0 done, 1 the device said no, 2 usage or interrupted, 3 no device, 4 more than one, 5 busy or no
    permission, 6 read back otherwise, 7 not signed, wrong board or older version, 8 timed out, 9 centre not reached.
    """
    from tools.firmware.first_firmware import micropython_onto
    from tools.firmware.installing import Order, install
    from tools.firmware.permission import Permissions
    from tools.firmware.uf2 import read_uf2
    from tools.firmware.writing import Wanted

    with Talk("flash", as_json=as_json, yes=yes, dry_run=dry_run) as talk:
        key = ReleaseKey(load_release_point(release_key))
        proven = load_proven(bundle, key)
        _in_time(proven.manifest)
        wanted = Wanted(proven, key.point, _points(enrolment))
        image = read_uf2(uf2) if uf2 else None
        permission = Permissions(service, centre_url, account, minutes) if service else None
        candidate = connected(device, (DEVICE, BOOTSEL))
        if candidate.kind == BOOTSEL:
            candidate = micropython_onto(candidate, image, talk)
        elif image is not None:
            talk.warn(
                f"{image.path.name} is not used: {candidate} runs MicroPython already. To exchange that, hold its "
                "BOOTSEL button while you plug it in."
            )
        install(candidate, Order(wanted, replace_release_key, permission), talk)


def _in_time(manifest: Manifest) -> None:
    from tools.exit_codes import INCOMPATIBLE

    if manifest.not_after_s is not None and time.time() > manifest.not_after_s:
        raise Refusal(INCOMPATIBLE, "This firmware was to be installed before today; ask for a newer one.")


def _points(path: Path | None) -> bytes | None:
    """The enrolment keys' points, back to back."""
    if path is None:
        return None
    points = read_named(path, MAX_ROOTS * POINT_BYTES)
    try:
        for point in roots_of(points).values():
            PointKey(point)
    except (MessageError, ValueError) as error:
        raise Refusal(USAGE, f"{path} holds no enrolment keys: one to four points of 65 bytes.") from error
    return points
