"""The few MQTT 3.1.1 packets that the bench's receiver needs (OASIS MQTT 3.1.1, chapters 2 and 3).

A client library costs 10 to 30 us a message in Python; a receiver that slow would be what the bench measures.
"""

from collections.abc import Iterator

CONNACK, PUBLISH, PUBACK, SUBACK = 2, 3, 4, 9  # packet types, the upper half of the first byte


def connect(client_id: str) -> bytes:
    """Keep my session (clean session 0), no keep-alive limit."""
    return _packet(0x10, _text("MQTT") + bytes((4, 0, 0, 0)) + _text(client_id))


def subscribe(topic: str) -> bytes:
    """QoS 1, packet 1."""
    return _packet(0x82, b"\x00\x01" + _text(topic) + b"\x01")


def publish(topic: str, payload: bytes, packet_id: int) -> bytes:
    """QoS 1."""
    return _packet(0x32, _text(topic) + packet_id.to_bytes(2, "big") + payload)


def puback(packet_id: int) -> bytes:
    return b"\x40\x02" + packet_id.to_bytes(2, "big")


def read_publish(flags: int, body: bytes) -> tuple[str, int, bytes]:
    """(topic, packet id, payload); packet id 0 at QoS 0."""
    at = 2 + int.from_bytes(body[:2], "big")
    topic = body[2:at].decode()
    if not flags & 0x06:
        return topic, 0, body[at:]
    return topic, int.from_bytes(body[at : at + 2], "big"), body[at + 2 :]


class Packets:
    """Bytes in, whole packets out."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        """(type, flags, body) of each packet that ends in `data`."""
        data, at = self._rest + data, 0
        while True:
            head = _head(data, at)
            if head is None or head[1] > len(data):
                break
            body_at, end = head
            yield data[at] >> 4, data[at] & 15, data[body_at:end]
            at = end
        self._rest = data[at:]


def _head(data: bytes, at: int) -> tuple[int, int] | None:
    """(where the body begins, where it ends); None while the length is not whole."""
    size = shift = 0
    for place in range(at + 1, min(at + 5, len(data))):
        size |= (data[place] & 0x7F) << shift
        shift += 7
        if data[place] < 0x80:
            return place + 1, place + 1 + size
    return None


def _packet(first: int, body: bytes) -> bytes:
    size, left = bytearray(), len(body)
    while True:
        left, low = left >> 7, left & 0x7F
        size.append(low | 0x80 if left else low)
        if not left:
            return bytes((first,)) + bytes(size) + body


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data
