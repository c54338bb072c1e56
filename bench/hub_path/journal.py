"""The events of all runs: one dispenser's journal, signed and chained, made before any clock starts.

Each event has 234 bytes, a dose event with a sensor trace: a hub is a courier and judges no body.
"""

import base64
import hashlib
from pathlib import Path

from hub.edges.keys import EventKey, point_of
from protocol import cbor
from protocol.cose import CONTEXT_EVENT, event_hash, sign1
from protocol.envelope import CLOCK_SYNCED, NO_PREV, Heading
from protocol.link_messages import LinkEvent, encode_link_message
from tools.authority.keys import new_key

EVENT_BYTES = 234
TYPE = 60_000  # of no event that exists, so nobody takes it for urgent
_TRACE_BYTES = 71


class Journal:
    """`coses[n]` is event n + 1."""

    def __init__(self, count: int) -> None:
        private = new_key()
        key = EventKey(private)
        self.device_id = key.hub_id
        self.point = point_of(private.public_key())
        self.coses: list[bytes] = []
        prev = NO_PREV
        for seq in range(1, count + 1):
            self.coses.append(sign1(self._payload(seq, prev), self.device_id, CONTEXT_EVENT, key.sign))
            prev = event_hash(self.coses[-1])
        self.place = {cose: at for at, cose in enumerate(self.coses)}

    def _payload(self, seq: int, prev: bytes) -> bytes:
        dose = hashlib.sha256(seq.to_bytes(4, "big")).digest()
        fields: dict[int, object] = {1: dose[:16], 2: 1 + seq % 28, 3: (dose * 3)[:_TRACE_BYTES]}
        heading = Heading(
            self.device_id, seq, prev, 1_800_000_000 + seq, CLOCK_SYNCED, 1, 100_000 + seq, TYPE, fields
        )
        return cbor.encode(heading.to_map())

    def head(self, seq: int) -> bytes:
        return event_hash(self.coses[seq - 1])

    def messages(self) -> list[bytes]:
        """For a device that speaks our link."""
        return [encode_link_message(LinkEvent(cose)) for cose in self.coses]

    def lines(self) -> list[bytes]:
        """For gateways that know lines only: base64."""
        return [base64.b64encode(cose) + b"\n" for cose in self.coses]

    def save(self, path: Path) -> None:
        """What the receiver needs to recognise the events: the device's id and all of them, each with its size."""
        path.write_bytes(self.device_id + b"".join(len(c).to_bytes(2, "big") + c for c in self.coses))


def read_saved(path: Path) -> tuple[bytes, list[bytes]]:
    """(device id, events) as saved."""
    data = path.read_bytes()
    coses, at = [], 8
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        coses.append(data[at + 2 : end])
        at = end
    return data[:8], coses
