"""Come to the prompt of a device: at once where nobody owns it, by the centre's signed command where somebody does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from serial import Serial

from protocol.cose import device_id_of
from tools.exit_codes import NO_DEVICE, REFUSED, TIMED_OUT
from tools.firmware.raw_repl import RawRepl
from tools.manners.talk import Talk
from tools.refusal import Refusal
from tools.workshop.ports import Candidate, open_port, wait_for

# Logs in, and gives what gives the signed OpenRepl for a device id; None when the person named none at all.
Permission = Callable[[], Callable[[str], bytes]] | None
BACK_S = 30.0  # a restart and USB: 2 s on a Pico; a virtual one on a busy machine takes longer
STARTS = 3  # it may be leaving service mode from the command before


@contextmanager
def prompt_of(
    candidate: Candidate, permission: Permission, talk: Talk
) -> Iterator[tuple[Candidate, RawRepl]]:
    """(the device as it is on the bus now, its prompt).  Raises Refusal: owned, and nobody allowed it; or silent."""
    prompt = _prompt(candidate)
    if prompt is None:
        if permission is None:  # not asked in service mode: the device would rest for a minute afterwards
            raise Refusal(
                REFUSED,
                f"Device {candidate.serial_number} shows no prompt: it belongs to a centre and may be loaded. Flash it "
                "with --service auto (or the centre's command in a file), or take it back first: dosevakt return",
            )
        prompt = _prompt(_unlocked(candidate, permission, talk))
    elif permission is not None:
        talk.warn(
            f"--service was not needed and not used: the prompt of device {candidate.serial_number} is open."
        )
    if prompt is None:
        raise Refusal(
            TIMED_OUT,
            f"The prompt of {candidate} did not open. Unplug the device, plug it in, and run this again.",
        )
    with prompt.wire:
        yield prompt.candidate, prompt.repl


@dataclass(frozen=True)
class _Prompt:
    """wire: whoever holds it closes it."""

    candidate: Candidate
    wire: Serial
    repl: RawRepl


def _prompt(candidate: Candidate) -> _Prompt | None:
    """The device's prompt, None when it stays shut.  A device that is just starting again is waited for."""
    for tries in range(STARTS):
        wire = None
        try:
            wire = open_port(candidate.path)
            repl = RawRepl(wire)
            repl.enter()
            return _Prompt(candidate, wire, repl)
        except Refusal as refusal:
            if wire is not None:
                wire.close()
            if refusal.code == TIMED_OUT:
                return None
            if refusal.code != NO_DEVICE or tries == STARTS - 1:
                raise
        candidate = wait_for(candidate.serial_number, BACK_S)
    return None


def _unlocked(
    candidate: Candidate, permission: Callable[[], Callable[[str], bytes]], talk: Talk
) -> Candidate:
    """Have the device open its prompt by the centre's command."""
    from tools.workshop.service import open_service

    command_for = permission()
    with open_service(candidate, talk) as service:
        hello = service.hello()
        service.carry(command_for(device_id_of(hello.public_point).hex()))
        before = service.candidate
    talk.say("The centre allows it; the device starts with an open prompt.")
    return wait_for(candidate.serial_number, BACK_S, before)
