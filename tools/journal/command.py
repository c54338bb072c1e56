"""dosevakt journal: read a device's events into a file, verify them, export them."""

import csv
import json
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from tools.exit_codes import NOT_VERIFIED, REFUSED, USAGE
from tools.manners.options import Device, Json
from tools.refusal import Refusal, told

if TYPE_CHECKING:  # commands are many and each is slow to load: only the one that is typed loads its parts
    from tools.journal.chain import Finding, Proof
    from tools.journal.event_file import EventFile
    from tools.manners.talk import Talk

journal = typer.Typer(no_args_is_help=True, help="A device's events: read, verify, export.")
Source = Annotated[
    Path, typer.Argument(help="A file that `journal read` made, or a copy of a flash (folder or zip).")
]
MOST_TOLD = 20  # findings in words; a file that is all wrong need not say so a thousand times


@journal.command("read")
@told
def read(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; by default in your state folder.")
    ] = None,
    device: Device = None,
    as_json: Json = False,
) -> None:
    """Read the events of the connected device into a file. Run again it goes on behind the last one.

    Exit codes: 0 read, 1 the device said no, 2 usage, 3 no device, 4 several, 5 port busy, 6 its signature does not
    hold, 8 no answer.
    """
    from tools.journal.event_writer import look_at
    from tools.manners.talk import Talk
    from tools.workshop.ports import connected
    from tools.workshop.service import open_service

    with Talk("journal-read", as_json=as_json) as talk:
        if output is not None:
            look_at(output)  # before a device is disturbed
        with open_service(connected(device), talk) as service:
            hello = service.hello()
            _read(talk, service, hello.public_point, output)


@journal.command("verify")
@told
def verify(
    source: Source,
    public_key: Annotated[
        str | None, typer.Option(help="The device's public point, hex; for a copy of a flash.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Prove a journal: every signature, the chain from event to event, gaps, forks, starts and the clock, in words.

    Exit codes: 0 whole, 1 events are missing or nothing was there to check signatures by, 2 usage,
    6 an event is not what the device wrote, or a line of the file is damaged.
    """
    from tools.journal.chain import BROKEN, GAP, NOTED, prove
    from tools.journal.signatures import by_device
    from tools.manners.talk import Talk

    with Talk("journal-verify", as_json=as_json, record=False) as talk:
        file = _file(source, public_key, as_far=True)
        check = None if file.public_point is None else by_device(file.public_point)
        proof = prove(file.rows, bytes.fromhex(file.device_id), check)
        for finding in proof.of(NOTED):
            talk.say(f"Noted: {finding.sentence}.")
        _refuse(source, proof.of(BROKEN), "is not whole", NOT_VERIFIED, talk)
        _refuse_damaged(source, file, proof)
        _refuse(source, proof.of(GAP), "has gaps", REFUSED, talk)
        if check is None:
            raise Refusal(REFUSED, f"{source} is in order, but no signature was checked: give --public-key.")
        talk.result(_whole(file, proof), **_facts(file, proof))


@journal.command("export")
@told
def export(
    source: Source,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; by default stdout.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of JSON lines.")] = False,
    with_ids: Annotated[
        bool, typer.Option("--with-ids", help="With the ids of device, plans, doses, credentials.")
    ] = False,
) -> None:
    """Write the events in words, one a line. Without ids, unless you ask for them: then handle it as patient data.

    Exit codes: 0 written, 1 it cannot be written, 2 usage, 6 a damaged file.
    """
    file = _file(source, None)
    if file.damage is not None:
        typer.echo(f"{source}: {file.damage} and is left out.", err=True)
    if output is None:
        _export(file, sys.stdout, as_csv, with_ids)
        return
    try:
        with open(output, "w", encoding="utf-8", newline="") as stream:
            _export(file, stream, as_csv, with_ids)
    except OSError as error:
        raise Refusal(REFUSED, f"{output} cannot be written: {error.strerror}.") from error
    typer.echo(
        f"{output} holds {len(file.rows)} events; check them with: dosevakt journal verify {source}", err=True
    )


def _read(talk: "Talk", service: "object", public_point: bytes, output: Path | None) -> None:
    from protocol.cose import device_id_of
    from tools.journal.keeping import keep
    from tools.manners.service_record import state_folder

    device_id = device_id_of(public_point).hex()
    target = output or state_folder() / "journals" / f"{device_id}.jsonl"
    kept = keep(talk, service, target, public_point, int(time.time()))  # type: ignore[arg-type]  # an Asking
    talk.note("journal read", device=device_id, file=str(target), last_seq=kept.last_seq)
    talk.result(
        f"{target} holds events {kept.first_seq} to {kept.last_seq} of device {device_id}; {kept.new} of them are new.",
        file=str(target),
        device=device_id,
        first_seq=kept.first_seq,
        last_seq=kept.last_seq,
        new=kept.new,
        lost=kept.lost,
    )
    talk.next(f"dosevakt journal verify {target}")


def _file(source: Path, public_key: str | None, as_far: bool = False) -> "EventFile":
    """as_far: give what stands before a damaged line, and refuse nothing."""
    from tools.journal.event_file import read_as_far, read_event_file
    from tools.journal.sources import from_flash_copy, is_flash_copy

    if is_flash_copy(source):
        return from_flash_copy(source, public_key)
    if public_key is not None:
        raise Refusal(
            USAGE,
            "A file that `journal read` made holds the device's public key; --public-key is for copies.",
        )
    return read_as_far(source) if as_far else read_event_file(source)


def _refuse(source: Path, findings: "list[Finding]", what: str, code: int, talk: "Talk") -> None:
    if not findings:
        return
    for finding in findings[1:MOST_TOLD]:
        talk.warn(f"Event {finding.seq}: {finding.sentence}.")
    more = f" ({len(findings)} findings in all)" if len(findings) > 1 else ""
    raise Refusal(code, f"{source} {what}: {findings[0].sentence}{more}.")


def _refuse_damaged(source: Path, file: "EventFile", proof: "Proof") -> None:
    if file.damage is None:
        return
    good = (
        "no event before it"
        if not proof.last
        else f"events {proof.first} to {proof.last} before it are genuine"
    )
    raise Refusal(
        REFUSED if file.damage.cut else NOT_VERIFIED,
        f"{source}: {file.damage}: {good}, nothing from there on is proved. "
        f"Read the device again: dosevakt journal read --output {source}",
    )


def _whole(file: "EventFile", proof: "Proof") -> str:
    if not proof.events:
        return f"The journal of device {file.device_id} is empty; nothing is wrong with it."
    return (
        f"Events {proof.first} to {proof.last} of device {file.device_id} are whole: {proof.signed} signatures hold, "
        f"each event follows the one before it, {proof.starts} starts, {len(proof.of('noted'))} things noted."
    )


def _facts(file: "EventFile", proof: "Proof") -> dict[str, object]:
    return {
        "device": file.device_id,
        "first_seq": proof.first,
        "last_seq": proof.last,
        "events": proof.events,
        "signatures": proof.signed,
        "starts": proof.starts,
        "noted": [finding.sentence for finding in proof.of("noted")],
    }


def _export(file: "EventFile", stream: IO[str], as_csv: bool, with_ids: bool) -> None:
    from tools.journal.export import COLUMNS, as_fields, as_row

    if not as_csv:
        for row in file.rows:
            stream.write(json.dumps(as_fields(row, with_ids), ensure_ascii=False) + "\n")
        return
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows(as_row(as_fields(row, with_ids)) for row in file.rows)
