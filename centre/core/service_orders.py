"""What a technician may be given for a dispenser in service mode.  Pure: the wish in, a command or a refusal out.

Such a command is carried by the tool and good for a quarter of an hour: a technician stands beside the dispenser, and
one that is lost or kept opens nothing tomorrow.
"""

from centre.core.care import UNCLEAR, CareRefused
from centre.core.kinds import LEAD, TECHNICIAN
from protocol.errors import MessageError
from protocol.record import Message
from protocol.service_commands import EraseDevice, InstallFirmware, OpenRepl, ServiceTests

GOOD_S = 900  # decision 41: the time of one visit, less than the half hour for which a console may stay open
MAY_SERVE = (TECHNICIAN, LEAD)
OPEN_REPL, ERASE, INSTALL, TESTS = "open_repl", "erase", "install", "tests"
ORDERS = (OPEN_REPL, ERASE, INSTALL, TESTS)


def may_serve(role: str, plays_everybody: bool) -> bool:
    """True for a technician or a lead; the account of a demonstration plays everybody."""
    return plays_everybody or role in MAY_SERVE


def order(
    what: str, minutes: int | None = None, sequence: int | None = None, manifest_digest: bytes | None = None
) -> Message:
    """The body to sign.  Raises CareRefused: no such order, or it lacks something or has too much."""
    given = {"minutes": minutes, "sequence": sequence, "manifest_digest": manifest_digest}
    needed = {OPEN_REPL: {"minutes"}, INSTALL: {"sequence", "manifest_digest"}}.get(what, set())
    if what not in ORDERS:
        raise CareRefused(UNCLEAR, "service_order", known=", ".join(ORDERS))
    if {name for name, value in given.items() if value is not None} != needed:
        raise CareRefused(UNCLEAR, "fields", known=", ".join(sorted(needed)) or "-")
    try:
        return _body(what, minutes, sequence, manifest_digest)
    except MessageError as error:
        raise CareRefused(UNCLEAR, "service_value", detail=error.detail) from error


def _body(what: str, minutes: int | None, sequence: int | None, digest: bytes | None) -> Message:
    if what == OPEN_REPL:
        return OpenRepl(minutes or 0)
    if what == INSTALL:
        return InstallFirmware(sequence or 0, digest or b"")
    return EraseDevice() if what == ERASE else ServiceTests()
