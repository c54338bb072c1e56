"""A dispenser in service mode, as the hub sees it: takes a pack piece by piece, and can be told to be difficult."""

from hashlib import sha256

from hub.tests.parts.pty_device import PtyDevice
from protocol import cbor
from protocol.cose import parse_sign1
from protocol.errors import NO_CODE
from protocol.link_messages import Identity
from protocol.manifest import decode_manifest
from protocol.service_messages import UNASKED, UPDATE_BEGIN, UPDATE_PIECE, ServiceAnswer, ServiceAsk
from protocol.service_update import UpdateBegin, UpdatePiece, UpdateStands, UpdateWanted


class ServiceDevice(PtyDevice):
    """serves: False while it doses.  refusal: what it answers instead.  deaf_after: pieces after which it is silent."""

    def __init__(self, *arguments) -> None:
        self.serves = True
        self.refusal = NO_CODE
        self.deaf_after: int | None = None
        self.flash = bytearray()
        self.asked: list[int] = []
        self.stands = False
        self._manifest = None
        super().__init__(*arguments)

    def send(self, message) -> None:
        """In service mode it says so right after who it is."""
        super().send(message)
        if isinstance(message, Identity) and self.serves:
            super().send(ServiceAnswer(UNASKED, NO_CODE))

    def _take(self, message) -> None:
        if not isinstance(message, ServiceAsk):
            super()._take(message)
            return
        self.asked.append(message.what)
        if not self.serves or (
            self.deaf_after is not None and self.asked.count(UPDATE_PIECE) > self.deaf_after
        ):
            return
        body = None if self.refusal else self._done(message)
        self.send(ServiceAnswer(message.number, self.refusal, body))

    def _done(self, message: ServiceAsk) -> bytes:
        if message.what == UPDATE_BEGIN:
            begin = UpdateBegin.from_map(cbor.decode(message.body))
            self._manifest = decode_manifest(parse_sign1(begin.manifest).payload)
        elif message.what == UPDATE_PIECE:
            piece = UpdatePiece.from_map(cbor.decode(message.body))
            if piece.offset == len(self.flash):
                self.flash += piece.data
        else:
            self.stands = sha256(self.flash).digest() == self._manifest.digest
            return cbor.encode(UpdateStands(self._manifest.sequence, sha256(self.flash).digest()).to_map())
        return cbor.encode(UpdateWanted(len(self.flash)).to_map())
