"""One visit to one device: look, judge, copy what it knows, write, restart, and hear from itself that it runs."""

import time
from contextlib import suppress
from dataclasses import dataclass

from protocol.errors import MessageError
from protocol.manifest import Manifest, check_fits
from tools.exit_codes import INCOMPATIBLE, NOT_VERIFIED, REFUSED, USAGE
from tools.firmware.backup import back_up
from tools.firmware.board import Board, look, manifests, read_manifest
from tools.firmware.prompt_of import BACK_S, Permission, prompt_of
from tools.firmware.raw_repl import RawRepl
from tools.firmware.receiver import Receiver
from tools.firmware.writing import RELEASE_POINT, Wanted, write
from tools.manners.talk import Talk
from tools.refusal import Refusal
from tools.workshop.ports import Candidate, wait_for

# What is kept free beside the versions: the journal's 90 days take some 100 KB, settings and loader the rest.
RESERVE_BYTES = 160 * 1024


@dataclass(frozen=True)
class Order:
    """What shall be done, and what the person allowed."""

    wanted: Wanted
    replace_release_key: bool
    permission: Permission

    @property
    def manifest(self) -> Manifest:
        return self.wanted.bundle.manifest


def install(candidate: Candidate, order: Order, talk: Talk) -> None:
    """From an open prompt to the signed hello.  Raises Refusal; whatever it says, running it again is safe."""
    if not candidate.serial_number:
        raise Refusal(USAGE, f"The port {candidate.path} has no serial number; name a device: dosevakt list")
    with prompt_of(candidate, order.permission, talk) as (candidate, repl):
        try:
            slot = _written(repl, candidate, order, talk)
        finally:
            _restart(repl)  # also after a no: whatever it ran before, it runs again
    if slot is not None:
        _heard(candidate, order, slot, talk)


def _written(repl: RawRepl, candidate: Candidate, order: Order, talk: Talk) -> str | None:
    """The slot that has it now; None when it was only to be tried (--dry-run)."""
    board = _looked_at(repl, candidate)
    with Receiver(repl) as files:
        _judge(board, files, order)
    serial, manifest = candidate.serial_number, order.manifest
    plan = f"version {manifest.version} (sequence {manifest.sequence}) on device {serial}"
    if talk.dry_run:
        talk.result(f"Would put {plan}; nothing was changed.", **_facts(candidate, order, "would write"))
        return None
    talk.confirm(f"Put {plan}?")
    with Receiver(repl) as files:
        kept = back_up(files, serial, talk)
    if kept:
        talk.say(f"Journal and settings are kept in {kept}.")
    slot = write(repl, board, order.wanted, talk)
    talk.say("Everything reads back as it was sent. The device starts.")
    return slot


def _looked_at(repl: RawRepl, candidate: Candidate) -> Board:
    board = look(repl)
    if board.identity.lower() != candidate.serial_number.lower():
        raise Refusal(
            NOT_VERIFIED,
            f"Another board answers ({board.identity}) than {candidate}; look again: dosevakt list",
        )
    return board


def _judge(board: Board, files: Receiver, order: Order) -> None:
    """Everything that can be refused is refused before a byte is written."""
    bundle = order.wanted.bundle
    there = manifests(files)
    known = [manifest for manifest in map(read_manifest, there.values()) if manifest]
    device_class = known[0].device_class if known else bundle.manifest.device_class
    highest = board.record.highest if board.record else 0
    try:
        check_fits(bundle.manifest, device_class, highest, bundle.manifest.min_loader, int(time.time()))
    except MessageError as error:
        raise Refusal(INCOMPATIBLE, f"This device does not take it: {error.detail}.") from error
    held = files.held(RELEASE_POINT)
    if held and files.get(RELEASE_POINT) != order.wanted.release_point and not order.replace_release_key:
        raise Refusal(
            INCOMPATIBLE,
            "The device believes another release key than yours. "
            "Take the right release.pub, or say --replace-release-key.",
        )
    slot = board.target(there, bundle.cose)
    freed = sum(one.size for one in (files.held(f"/{slot}/firmware.pack"),) if one)
    if board.free_bytes + freed < len(bundle.pack) + RESERVE_BYTES:
        free_kb = (board.free_bytes + freed) // 1024
        raise Refusal(
            REFUSED,
            f"The flash is full: {free_kb} KB are free, and the firmware with its journal needs "
            f"{(len(bundle.pack) + RESERVE_BYTES) // 1024}. Back up the device and erase it: dosevakt return",
        )


def _restart(repl: RawRepl) -> None:
    with suppress(Refusal):  # it is gone before it can answer
        repl.start("import machine\nmachine.reset()")


def _heard(before: Candidate, order: Order, slot: str, talk: Talk) -> None:
    """Done is what the device says of itself, signed."""
    from tools.workshop.service import open_service

    candidate = wait_for(before.serial_number, BACK_S, before)
    with open_service(candidate, talk) as service:
        hello = service.hello()
    if (hello.version, hello.sequence) != (order.manifest.version, order.manifest.sequence):
        raise Refusal(
            NOT_VERIFIED,
            f"The device says it runs {hello.version} (sequence {hello.sequence}), not {order.manifest.version}: "
            "it did not start the new one. Run: dosevakt diagnose",
        )
    facts = _facts(candidate, order, "written") | {"slot": slot, "boot": hello.boot, "owned": hello.owned}
    talk.result(
        f"Device {candidate.serial_number} runs version {hello.version} (sequence {hello.sequence}) and signed for it.",
        **facts,
    )
    talk.next("dosevakt diagnose")


def _facts(candidate: Candidate, order: Order, what: str) -> dict[str, object]:
    manifest = order.manifest
    return {
        "device": candidate.serial_number,
        "outcome": what,
        "version": manifest.version,
        "sequence": manifest.sequence,
        "device_class": manifest.device_class,
        "sha256": manifest.digest.hex(),
    }
