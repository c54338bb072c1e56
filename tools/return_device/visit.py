"""One return from the port to the last word.  Every step may be cut; the next run goes on."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from protocol.cose import device_id_of
from protocol.service_hello import Hello
from tools.exit_codes import NOT_VERIFIED, REFUSED
from tools.journal.chain import BROKEN, prove
from tools.journal.event_file import Row
from tools.journal.event_writer import known_rows
from tools.journal.keeping import keep
from tools.journal.signatures import by_device
from tools.refusal import Refusal
from tools.return_device import checklist, desk, left
from tools.return_device.case import Case, case_of, open_case
from tools.return_device.centre import Offline, Online
from tools.signed_command import command_in
from tools.workshop.cable import clock_at
from tools.workshop.ports import connected
from tools.workshop.service import Service, open_service

if TYPE_CHECKING:
    from tools.manners.talk import Talk

# Overwriting the free flash takes some 28 s on a Pico (firmware/service/wiping.py), the start 5 s, the port 3 s.
WIPE_LIMIT_S = 120.0


@dataclass(frozen=True)
class Wishes:
    """What the technician said on the command line."""

    device: str | None = None
    centre_url: str | None = None
    account: str | None = None
    offline: bool = False
    command: Path | None = None
    accept_unsent: bool = False
    checklist_done: int | None = None
    rate: float = 1.0  # of a virtual device's time


class Visit:
    """talk: the command's."""

    def __init__(self, talk: "Talk", wishes: Wishes) -> None:
        self._talk = talk
        self._wishes = wishes

    def run(self) -> None:
        """All of it.  Raises Refusal; what was done by then stays."""
        if self._wishes.command is not None:
            command_in(self._wishes.command)  # before anybody is disturbed
        chosen = connected(self._wishes.device)
        with open_service(chosen, self._talk, clock_at(self._wishes.rate)) as service:
            case = self._forgotten(service, service.hello())
            if case is not None:
                self._try_parts(service, case)
        if case is not None:  # a person may take longer to clean than a device stays in service mode
            self._end(case)

    def _forgotten(self, service: Service, hello: Hello) -> Case | None:
        """Until the device is nobody's; None after a dry run."""
        if not hello.owned:
            return self._nobodys(service, hello, open_case(service.candidate.serial_number))
        device_id = device_id_of(hello.public_point)
        counts = desk.count(service)
        case = case_of(device_id.hex(), service.candidate.serial_number)
        for sentence in left.in_words(counts):
            self._talk.say(sentence)
        if self._talk.dry_run:
            self._talk.result(
                f"Dispenser {device_id.hex()} would forget its owner. Nothing was changed.",
                **left.facts(counts),
            )
            return None
        case.save(counts=left.facts(counts), public_point=hello.public_point.hex(), wiped=None)
        centre = self._centre()
        self._drain(service, hello, case, centre)
        self._talk.confirm(_question(device_id.hex(), left.holds_any(counts)))
        service.carry(centre.erase_command(device_id))
        self._last_word(service, hello, case, centre)
        self._forget(service, hello, case)
        return case

    def _centre(self) -> Online | Offline:
        if self._wishes.offline or self._wishes.centre_url is None:
            return Offline(self._wishes.command)
        return Online(self._wishes.centre_url, self._wishes.account)

    def _drain(self, service: Service, hello: Hello, case: Case, centre: Online | Offline) -> None:
        """Events to the file, then to the centre; refuses while any of them would be known here alone."""
        kept = keep(self._talk, service, case.events, hello.public_point, int(time.time()))
        device_id = device_id_of(hello.public_point)
        rows = known_rows(case.events, device_id.hex())
        self._look_at(rows, device_id, hello.public_point)
        covered = max(
            kept.receipted, centre.deliver(_after(rows, kept.receipted), device_id, service, self._talk)
        )
        unsent = len([row for row in rows if row.seq > covered])
        case.save(events=len(rows), unsent=unsent, covered=covered)
        if unsent and not self._wishes.accept_unsent:
            raise Refusal(
                REFUSED,
                f"The centre has no receipt for {unsent} events of this device. Give --centre-url, or leave it at its "
                f"hub for an hour. They are in {case.events}; with --accept-unsent it is wiped all the same.",
            )

    def _look_at(self, rows: tuple[Row, ...], device_id: bytes, public_point: bytes) -> None:
        for finding in prove(rows, device_id, by_device(public_point)).of(BROKEN)[:5]:
            self._talk.warn(f"The journal is not whole: {finding.sentence}.")

    def _last_word(self, service: Service, hello: Hello, case: Case, centre: Online | Offline) -> None:
        """The erase record: asked for, proved, kept here, brought to the centre."""
        record, body, seq = desk.erase_record(service, hello.public_point)
        case.keep_record(record)
        keep(self._talk, service, case.events, hello.public_point, int(time.time()))
        device_id = device_id_of(hello.public_point)
        rows = known_rows(case.events, device_id.hex())
        covered = centre.deliver(_after(rows, case.facts.get("covered", 0)), device_id, service, self._talk)
        told = covered >= seq
        if not told:
            self._talk.warn(
                f"The centre has not taken the erase record; bring it {case.record} and {case.events}."
            )
        case.save(record_seq=seq, record_at_the_centre=told, erased=body.to_map())
        self._talk.note("erase record", device=device_id.hex(), seq=seq, at_the_centre=told)

    def _forget(self, service: Service, hello: Hello, case: Case) -> None:
        case.save(wipe_asked=int(time.time()))
        desk.wipe(service, case.record.read_bytes())
        self._talk.say("It forgets, and overwrites its flash; this takes half a minute. Leave the cable in.")
        service.back_after_restart(WIPE_LIMIT_S)
        _keep_new(case, service.hello(), hello.public_point)

    def _nobodys(self, service: Service, hello: Hello, case: Case | None) -> Case | None:
        """It has forgotten already: an earlier run was cut off behind the wipe, or it never had an owner."""
        if self._talk.dry_run:
            self._talk.result("The device has no owner: nothing to forget.", owned=False)
            return None
        if case is None:
            self._talk.say("The device has no owner: nothing to forget.")
            return case_of(device_id_of(hello.public_point).hex(), service.candidate.serial_number)
        self._talk.say(f"The wipe of {case.facts['device']} was begun earlier, and is finished.")
        _keep_new(case, hello, bytes.fromhex(case.facts["public_point"]))
        return case

    def _try_parts(self, service: Service, case: Case) -> None:
        case.save(parts=checklist.tried(service, self._talk))

    def _end(self, case: Case) -> None:
        parts, device = case.facts["parts"], case.facts["device"]
        faults = [
            f"{name} {said}" for name, said in parts.items() if said not in (checklist.GOOD, checklist.EMPTY)
        ]
        done = checklist.cleaned(self._talk, self._wishes.checklist_done)
        case.save(cleaned=done)
        if faults or done < len(checklist.STEPS):
            raise Refusal(REFUSED, _unfinished(device, done, faults))
        now = case.facts.get("new_device", device)
        self._talk.result(
            f"Dispenser {device} is forgotten; the board is {now} now, clean and tried."
            if now != device
            else f"Dispenser {device} has no owner; it is clean and tried.",
            device=device,
            new_device=now,
            record=str(case.record) if case.record.exists() else None,
            record_at_the_centre=case.facts.get("record_at_the_centre"),
            unsent=case.facts.get("unsent", 0),
            counts=case.facts.get("counts"),
            parts=parts,
        )
        self._talk.next("dosevakt provision")


def _after(rows: tuple[Row, ...], seq: int) -> list[Row]:
    return [row for row in rows if row.seq > seq]


def _question(device_id: str, holds_any: bool) -> str:
    medicine = " Medicine may lie inside: take it out and hand it back." if holds_any else ""
    return f"Dispenser {device_id} forgets its owner, its plan and its key for good.{medicine} Go on?"


def _keep_new(case: Case, hello: Hello, old_point: bytes) -> None:
    """The board says by its own signature that it is another one now."""
    if hello.owned or hello.public_point == old_point:
        raise Refusal(
            NOT_VERIFIED,
            "The device did not forget. Run the same command again; if it says so twice, flash it.",
        )
    case.save(wiped=int(time.time()), new_device=device_id_of(hello.public_point).hex())


def _unfinished(device: str, done: int, faults: list[str]) -> str:
    missing = [] if done == len(checklist.STEPS) else [f"step {done + 1}: {checklist.STEPS[done]}"]
    return (
        f"Dispenser {device} has no owner any more, but the board is not ready for the next one: "
        f"{'; '.join(missing + faults)}. Run the same command again when it is, at a "
        f"terminal, or with --checklist-done {len(checklist.STEPS)} when all steps are done."
    )
