"""What a dispenser says over its link: events are stored, the rest is answered."""

from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from hub.core.arrival import Arrival
from hub.core.event_shape import event_in
from hub.intake import Intake
from hub.surroundings import Surroundings
from protocol.cose import device_id_of
from protocol.errors import MessageError
from protocol.link_messages import (
    ClockProof,
    Identity,
    LinkAhead,
    LinkEvent,
    TimeReply,
    TimeRequest,
    decode_link_message,
    encode_link_message,
)
from protocol.record import Message
from protocol.service_messages import ServiceAnswer


class PortMessages:
    """Of one port.  reply(message): sends it, if the link takes one now."""

    def __init__(
        self, around: Surroundings, log: FilteringBoundLogger, reply: Callable[[bytes], None]
    ) -> None:
        self._around = around
        self._log = log
        self._reply = reply
        self._intake = Intake(around.ledger, around.on_events, log)
        self._refused = 0  # messages, since the hub started

    async def take(
        self, messages: list[bytes], peer_id: bytes, linked_id: bytes | None, came_utc_ms: int
    ) -> bool:
        """Done when all is durable or answered.  False: an event is missing, the device must start again.

        peer_id: who is at the other end; linked_id: the same while its session stands.  came_utc_ms: when the first
        of these bytes was read.  Raises OutboxWriteError; then nothing may be acknowledged.
        """
        events: list[Arrival] = []
        ahead: list[Arrival] = []
        for data in messages:
            try:
                self._sort(data, peer_id, linked_id, came_utc_ms, events, ahead)
            except MessageError as fault:  # acknowledged all the same: sent again it would be no better
                self._not_understood(fault, peer_id)
        received_s = self._around.clock.utc_s()
        if ahead:
            await self._intake.store_ahead(ahead, received_s)
        return not events or await self._intake.store(events, received_s)

    def _not_understood(self, fault: MessageError, peer_id: bytes) -> None:
        """Said the 1st, 2nd, 4th, 8th ... time: one dispenser's nonsense must not push the others out of the log."""
        self._refused += 1
        if self._refused & (self._refused - 1) == 0:
            self._log.error(
                "message not understood", why=str(fault), device=peer_id.hex(), times=self._refused
            )

    def _sort(
        self,
        data: bytes,
        peer_id: bytes,
        linked_id: bytes | None,
        came_utc_ms: int,
        events: list[Arrival],
        ahead: list[Arrival],
    ) -> None:
        cose = event_in(data)
        if cose is not None:
            events.append(self._intake.arrival(cose, peer_id))
            return
        message = decode_link_message(data)
        if isinstance(message, LinkEvent):
            events.append(self._intake.arrival(message.cose, peer_id))
        elif isinstance(message, LinkAhead):
            ahead.append(self._intake.arrival(message.cose, peer_id))
        elif linked_id is not None:  # else it came in the last bytes of a session that is over
            self._answer(message, linked_id, came_utc_ms)

    def _answer(self, message: Message, device_id: bytes, came_utc_ms: int) -> None:
        if isinstance(message, TimeRequest):
            reply = TimeReply(
                message.t1_ms, came_utc_ms, self._around.clock.utc_ms(), self._around.clock_trusted()
            )
            self._reply(encode_link_message(reply))
        elif isinstance(message, ClockProof):
            self._around.on_clock_proof(device_id, message.nonce)
        elif isinstance(message, Identity):
            if device_id_of(message.public_point) != device_id:
                raise MessageError(detail="the device says it is another one than its key")
            self._around.devices.identified(device_id, message)
        elif isinstance(message, ServiceAnswer):
            self._around.on_service_answer(device_id, message)
        else:
            self._log.warning("message not for a hub", kind=type(message).__name__, device=device_id.hex())
