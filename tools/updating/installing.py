"""Carry a version to a device in service mode: ask whether it would take it, then give it, piece by piece."""

from protocol.bundle import Bundle
from protocol.errors import MessageError
from protocol.firmware_pieces import FirmwarePieces
from protocol.service_messages import UPDATE_END
from tools.manners.talk import Talk
from tools.updating.refused import refusal
from tools.workshop.service import Service

PIECE_LIMIT_S = 30.0
# The whole slot is read back, half a second on the chip (decision 36), and the journal may be tidied in between.
END_LIMIT_S = 60.0


def judged(service: Service, bundle: Bundle) -> int:
    """How many bytes of it the device has already, if it would take it now.  Nothing changes.  Raises Refusal."""
    pieces = FirmwarePieces(bundle.cose, bundle.pack, check_only=True)
    _carry(service, bundle, pieces, None)
    return pieces.kept


def install(service: Service, bundle: Bundle, talk: Talk) -> None:
    """Give it the version; afterwards it starts again, on trial.  Raises Refusal; a second run goes on."""
    pieces = FirmwarePieces(bundle.cose, bundle.pack)
    _carry(service, bundle, pieces, talk)


def _carry(service: Service, bundle: Bundle, pieces: FirmwarePieces, talk: Talk | None) -> None:
    while (question := pieces.ask()) is not None:
        what, body = question
        limit_s = END_LIMIT_S if what == UPDATE_END else PIECE_LIMIT_S
        try:
            pieces.take(*service.ask_for_code(what, body, limit_s))
        except MessageError as error:
            raise refusal(error.code, bundle.manifest) from error
        if talk is not None:
            talk.progress("update", pieces.done, pieces.total)
