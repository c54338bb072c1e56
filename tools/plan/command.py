"""dosevakt plan: make, check, sign, show.  No device is needed, and none is touched."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tools.exit_codes import REFUSED, USAGE
from tools.manners.options import Account, CentreUrl, Json
from tools.refusal import Refusal, told

if TYPE_CHECKING:  # commands are many and each is slow to load: only the one that is typed loads its parts
    from protocol.load_plan import LoadPlan
    from tools.manners.talk import Talk
    from tools.plan.checking import Loaded

plan = typer.Typer(no_args_is_help=True, help="Load plans: make, check, sign, show as a picture of the tray.")
Source = Annotated[
    Path, typer.Argument(help="The plan: rules or doses in TOML or JSON, or one made or signed before.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; it must not exist.")]
Version = Annotated[
    int, typer.Option(min=1, help="Of this plan: higher than that of any plan the dispenser has had.")
]
# As the centre's own plans: a device out of reach for a week needs a person, not an old plan.
MOST_HOURS = 7 * 24


@plan.command("make")
@told
def make(source: Source, output: Output = None, version: Version = 1, as_json: Json = False) -> None:
    """Turn wall-clock rules into a load plan: instants, slots and ids, as it will be signed.

    Exit codes: 0 made, 1 the plan cannot be used, 2 usage.
    """
    from protocol import cbor

    with _talk("plan make", as_json) as talk:
        loaded = _load(source, int(time.time()), version)
        if loaded.written is None:
            raise Refusal(USAGE, f"{source} is made already; sign it, or name what it was made from.")
        target = output or source.with_suffix(".plan")
        _write_new(target, cbor.encode(loaded.plan.to_map()))
        talk.result(f"{target} holds {_what(loaded.plan)}.", file=str(target), **_facts(loaded.plan))
        talk.next(f"dosevakt plan show {target}")


@plan.command("check")
@told
def check(source: Source, as_json: Json = False) -> None:
    """Say whether a plan can be used; if not, the line, the dose and its slot, and what is wrong.

    Exit codes: 0 it can, 1 it cannot, 2 usage, 7 a signed file of another kind.
    """
    with _talk("plan check", as_json) as talk:
        now_s = int(time.time())
        loaded = _load(source, now_s)
        late = [dose.slot for dose in loaded.plan.doses if dose.due_s < now_s]
        if late:  # of a plan that was made some time ago
            raise Refusal(
                REFUSED, f"{source}: Slot {late[0]} is already past; make the plan anew for later days."
            )
        talk.result(f"{source} can be used: {_what(loaded.plan)}.", **_facts(loaded.plan))


@plan.command("sign")
@told
def sign(
    source: Source,
    device_id: Annotated[str, typer.Option(help="Whose plan it is: the dispenser's id, 16 hex letters.")],
    keys: Annotated[
        Path | None, typer.Option(help="The installation's folder, to sign here, offline.")
    ] = None,
    counter: Annotated[int, typer.Option(help="Offline: higher than that of any command before.")] = 0,
    hours: Annotated[int, typer.Option(help="Offline: how long the dispenser takes it.")] = 24,
    output: Output = None,
    centre_url: CentreUrl = None,
    account: Account = None,
    as_json: Json = False,
) -> None:
    """Sign a plan with the centre's key from an offline folder (a COSE file), or let the centre sign and send it.

    Exit codes: 0 signed, 1 the plan cannot be used or the centre said no, 2 usage, 9 centre not reached.
    """
    with _talk("plan sign", as_json) as talk:
        if keys is not None:  # a centre may be named by the environment all the same
            _offline(talk, source, device_id, keys, counter, hours, output)
        elif centre_url is not None:
            _at_the_centre(talk, source, device_id, centre_url, account)
        else:
            raise Refusal(USAGE, "Say --keys FOLDER to sign here, or --centre-url to let the centre do it.")


@plan.command("show")
@told
def show(
    source: Source,
    svg: Annotated[Path | None, typer.Option(help="Write a sheet for printing as SVG.")] = None,
    png: Annotated[Path | None, typer.Option(help="Write a sheet for printing as PNG.")] = None,
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help="Only letters that every terminal has.")
    ] = False,
) -> None:
    """Show the tray's 28 compartments, or the roll's pouches, in the plan's language: in the terminal or for printing.

    Exit codes: 0 shown, 1 the plan cannot be used, 2 usage, 7 a signed file of another kind.
    """
    from tools.plan.page import page_of

    loaded = _load(source, 0)  # also a plan of last week may be looked at
    page = page_of(loaded.plan)
    if svg is None and png is None:
        from tools.plan.terminal import show as in_terminal

        in_terminal(page, sys.stdout, ascii_only)
        return
    from tools.plan.sheets import png_sheets, svg_sheets

    files = svg_sheets(page, loaded.plan.language, svg) if svg else []
    files += png_sheets(page, png) if png else []
    for path, data in files:
        _write(path, data)
    typer.echo(f"Print on A4: {', '.join(str(path) for path, _ in files)}", err=True)


def _offline(
    talk: "Talk", source: Path, device_id: str, keys: Path, counter: int, hours: int, output: Path | None
) -> None:
    from tools.plan.signing import centre_key, device_id_from, signed

    if counter < 1:
        raise Refusal(USAGE, "Say --counter: one more than the last command that this dispenser has taken.")
    if not 1 <= hours <= MOST_HOURS:
        raise Refusal(USAGE, f"--hours is {hours}; it must be 1 to {MOST_HOURS}.")
    now_s = int(time.time())
    whom, key = device_id_from(device_id), centre_key(keys)
    loaded = _load(source, now_s)
    target = output or source.with_suffix(".cose")
    _write_new(target, signed(loaded.plan, whom, counter, now_s + hours * 3600, key))
    talk.warn(f"The centre does not know of counter {counter}: its own next command must have a higher one.")
    talk.result(
        f"{target} holds {_what(loaded.plan)}, signed for {device_id}, counter {counter}, good for {hours} h.",
        file=str(target),
        counter=counter,
        not_after_s=now_s + hours * 3600,
        **_facts(loaded.plan),
    )


def _at_the_centre(talk: "Talk", source: Path, device_id: str, url: str, account: str | None) -> None:
    from tools.centre_client import CentreClient
    from tools.centre_session import log_in
    from tools.plan.signing import device_id_from

    whom = device_id_from(device_id).hex()
    loaded = _load(source, int(time.time()))
    if loaded.written is None:
        raise Refusal(USAGE, "The centre names doses itself: give it the file that the plan was made from.")
    centre = CentreClient(url)
    log_in(centre, account)
    answer = centre.post(f"/api/devices/{whom}/plans", loaded.written.fields)
    talk.result(
        f"The centre has signed plan {answer['plan_id']} for {whom}, counter {answer['counter']}, and sends it.",
        plan_id=answer["plan_id"],
        counter=answer["counter"],
        doses=len(answer["doses"]),
    )


def _load(source: Path, now_s: int, version: int = 1) -> "Loaded":
    from tools.plan.checking import load

    return load(source, now_s, version)


def _talk(command: str, as_json: bool) -> "Talk":
    from tools.manners.talk import Talk

    return Talk(command, as_json=as_json, record=False)


def _what(made: "LoadPlan") -> str:
    """Like "28 doses (56 tablets) in a tray"."""
    where = "in a tray" if made.roll is None else f"on roll {made.roll.number}"
    pills = sum(dose.pills for dose in made.doses)
    return f"{len(made.doses)} doses ({pills} tablets) {where}"


def _facts(made: "LoadPlan") -> dict[str, object]:
    return {"plan_id": made.plan_id.hex(), "version": made.version, "doses": len(made.doses)}


def _write_new(path: Path, data: bytes) -> None:
    if path.exists():
        raise Refusal(REFUSED, f"{path} is there already; name another file with -o.")
    _write(path, data)


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Refusal(REFUSED, f"{path} cannot be written: {error.strerror}.") from error
