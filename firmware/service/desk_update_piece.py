"""UPDATE_PIECE: append what is wanted, and say what is wanted next."""

from protocol import cbor
from protocol.errors import NO_CODE, NOT_READY
from protocol.service_update import UpdatePiece, UpdateWanted


def answer(body, unit):
    """(result, UpdateWanted) of an UpdatePiece.  NOT_READY: UPDATE_BEGIN comes first."""
    if unit.update is None:
        return NOT_READY, None
    piece = UpdatePiece.from_map(cbor.decode(body or b""))
    unit.update.append(piece.offset, piece.data)
    return NO_CODE, cbor.encode(UpdateWanted(unit.update.wanted).to_map())
