"""Come to the prompt of a device: at once where nobody owns it, by the centre's signed command where somebody does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from protocol.cose import device_id_of
from tools.exit_codes import REFUSED, TIMED_OUT
from tools.firmware.raw_repl import RawRepl
from tools.manners.talk import Talk
from tools.refusal import Refusal
from tools.workshop.ports import Candidate, open_port, wait_for

# Gives the signed OpenRepl for a device id, or None when the person named none.
Permission = Callable[[str], bytes | None]
BACK_S = 30.0  # a restart and USB: 2 s on a Pico; a virtual one on a busy machine takes longer
AGAIN = 2


@contextmanager
def prompt_of(
    candidate: Candidate, permission: Permission, talk: Talk
) -> Iterator[tuple[Candidate, RawRepl]]:
    """(the device as it is on the bus now, its prompt).  Raises Refusal: owned, and nobody allowed it; or silent."""
    for tries in range(AGAIN):
        with open_port(candidate.path) as wire:
            repl = RawRepl(wire)
            if _entered(repl):
                yield candidate, repl
                return
        if tries == 0:
            candidate = _unlocked(candidate, permission, talk)
    raise Refusal(
        TIMED_OUT,
        f"The prompt of {candidate} did not open. Unplug the device, plug it in, and run this again.",
    )


def _entered(repl: RawRepl) -> bool:
    try:
        repl.enter()
    except Refusal as refusal:
        if refusal.code != TIMED_OUT:
            raise
        return False
    return True


def _unlocked(candidate: Candidate, permission: Permission, talk: Talk) -> Candidate:
    """Have the device open its prompt by the centre's command."""
    from tools.workshop.service import open_service

    with open_service(candidate, talk) as service:
        hello = service.hello()
        order = permission(device_id_of(hello.public_point).hex()) if hello.owned else None
        if order is None:
            raise Refusal(
                REFUSED,
                f"Device {candidate.serial_number} belongs to a centre and may be loaded. Flash it with --service auto "
                "(or the centre's command in a file), or take it back first: dosevakt return",
            )
        service.carry(order)
        before = service.candidate
    talk.say("The centre allows it; the device starts with an open prompt.")
    return wait_for(candidate.serial_number, BACK_S, before)
