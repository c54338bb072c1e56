"""Carry a new version to a device in service mode.  Sans-I/O: questions out, answers in; a tool and a hub both use it.

    while (question := pieces.ask()) is not None:
        pieces.take(*send_and_wait(*question))      # lost on the way?  ask() gives the same question again

The device says which byte it wants, so a second run goes on where the first was cut.  It ends: each piece is given a
bounded number of times, however strange the answers are.
"""

from protocol import cbor
from protocol.errors import BAD_BYTES, NO_CODE, OUT_OF_BOUNDS, MessageError
from protocol.manifest import MAX_PACK
from protocol.record import within
from protocol.service_messages import UPDATE_BEGIN, UPDATE_END, UPDATE_PIECE
from protocol.service_update import MAX_PIECE, UpdateBegin, UpdatePiece, UpdateStands, UpdateWanted

# Pieces given in vain, because the device wanted others, before we say that this leads nowhere.  A cable that loses
# answers costs none: the same question is asked again, and its answer is the same.
MAX_IN_VAIN = 32


class FirmwarePieces:
    """One version on its way to one device.

    manifest: the bytes of manifest.cose.  pack: the bytes it names; whoever builds this has compared them.
    piece_bytes: how much one question carries.  check_only: ask whether the device would take it, and no more.
    """

    def __init__(
        self, manifest: bytes, pack: bytes, piece_bytes: int = MAX_PIECE, check_only: bool = False
    ) -> None:
        self._manifest = manifest
        self._pack = memoryview(pack)
        self._piece_bytes = within(piece_bytes, 1, MAX_PIECE, "piece_bytes")
        self._check_only = check_only
        self._begun = False
        self._in_vain = 0
        self.total = within(len(pack), 1, MAX_PACK, "the pack")
        self.done = 0  # bytes that the device says it has
        self.kept = 0  # of these, what it had before we began
        self.stands: UpdateStands | None = None  # set once the device has it whole

    def ask(self) -> "tuple[int, bytes | None] | None":
        """(desk, body) of the next question; None when nothing is left to ask."""
        if self.stands is not None or (self._begun and self._check_only):
            return None
        if not self._begun:
            return UPDATE_BEGIN, cbor.encode(UpdateBegin(self._manifest, self._check_only).to_map())
        if self.done == self.total:
            return UPDATE_END, None
        data = bytes(self._pack[self.done : self.done + self._piece_bytes])
        return UPDATE_PIECE, cbor.encode(UpdatePiece(self.done, data).to_map())

    def take(self, result: int, body: "bytes | None") -> None:
        """The answer to ask().  Raises MessageError: the device's refusal code, or what is wrong with the answer."""
        if result != NO_CODE:
            raise MessageError(result)
        fields = cbor.decode(body or b"")
        if self._begun and self.done == self.total:
            self.stands = UpdateStands.from_map(fields)
        else:
            self._wanted(UpdateWanted.from_map(fields).offset)

    def _wanted(self, offset: int) -> None:
        if offset > self.total:
            raise MessageError(OUT_OF_BOUNDS, "the device wants more than the pack holds")
        if not self._begun:
            self._begun = True
            self.kept = offset
        elif offset != min(self.done + self._piece_bytes, self.total):
            self._in_vain += 1
            if self._in_vain > MAX_IN_VAIN:
                raise MessageError(BAD_BYTES, "the device does not keep what it is given")
        self.done = offset
