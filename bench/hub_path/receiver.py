"""The other end of the way, as a process of its own: notes what the broker delivers and when.

    python -m bench.hub_path.receiver PORT FOLDER [HUB_ID TENANT KEY_FILE]

The same for every gateway; for ours it is also the centre.  FOLDER/journal is read, FOLDER/received is written.
"""

import json
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.hub_path import mqtt_wire as wire  # noqa: E402
from bench.hub_path.centre import Centre  # noqa: E402
from hub.edges.keys import EventKey  # noqa: E402
from tools.authority.keys import load_key  # noqa: E402

_RECORD = "<QI"  # received at, ns since 1970; size of the payload
_FLUSH_S = 0.05
_AGAIN_S = 0.1
# thingsboard-gateway sends nothing before its server has answered this; all limits off.
_ASKED = "v1/devices/me/rpc/request/"
_LIMITS = {"messages": "0:0,", "telemetryMessages": "0:0,", "telemetryDataPoints": "0:0,"}
_ANSWER = {
    "maxPayloadSize": 65_536,
    "maxInflightMessages": 100,
    "rateLimits": _LIMITS,
    "gatewayRateLimits": _LIMITS,
}


def read_records(path: Path, start: int) -> Iterator[tuple[int, int, bytes]]:
    """(where the record ends, received at ns, payload) of every whole record from byte `start` on."""
    with path.open("rb") as file:
        file.seek(start)
        data, at = file.read(), 0
    while at + 12 <= len(data):
        received_ns, size = struct.unpack_from(_RECORD, data, at)
        end = at + 12 + size
        if end > len(data):
            return
        yield start + end, received_ns, data[at + 12 : end]
        at = end


class Receiver:
    """run() until told to end."""

    def __init__(self, port: int, log: Path, centre: Centre | None) -> None:
        self._port = port
        self._log = log.open("wb", buffering=1 << 20)
        self._centre = centre
        self._packet_id = 0

    def run(self) -> None:
        """Connect, receive, connect again when the broker has gone."""
        try:
            while True:
                try:
                    with socket.create_connection(("127.0.0.1", self._port), 2) as line:
                        self._serve(line)
                except OSError:
                    pass
                time.sleep(_AGAIN_S)
        finally:
            self._log.close()

    def _serve(self, line: socket.socket) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(None)
        line.sendall(wire.connect("bench-receiver"))
        packets = wire.Packets()
        while True:
            if not select.select([line], [], [], _FLUSH_S)[0]:
                self._log.flush()
                continue
            data = line.recv(1 << 18)
            if not data:
                return
            answers = self._take(packets.feed(data))
            if answers:
                line.sendall(answers)

    def _take(self, packets: Iterator[tuple[int, int, bytes]]) -> bytes:
        answers = []
        now_ns = time.time_ns()
        for kind, flags, body in packets:
            if kind == wire.CONNACK:
                answers.append(wire.subscribe("#"))
            elif kind == wire.SUBACK:
                print("ready", flush=True)
            elif kind == wire.PUBLISH:
                answers.append(self._delivered(flags, body, now_ns))
        return b"".join(answers)

    def _delivered(self, flags: int, body: bytes, now_ns: int) -> bytes:
        name, packet_id, payload = wire.read_publish(flags, body)
        out = wire.puback(packet_id) if packet_id else b""
        if name.startswith(_ASKED):
            return out + self._publish(name.replace("request", "response"), json.dumps(_ANSWER).encode())
        self._log.write(struct.pack(_RECORD, now_ns, len(payload)) + payload)
        reply = self._centre.answer(name, payload) if self._centre is not None else None
        return out + self._publish(*reply) if reply is not None else out

    def _publish(self, name: str, payload: bytes) -> bytes:
        self._packet_id = self._packet_id % 65_535 + 1
        return wire.publish(name, payload, self._packet_id)


def main(port: str, folder: str, hub_id: str = "", tenant: str = "", key_file: str = "") -> None:
    """Run until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    centre = None
    if hub_id:
        key = EventKey(load_key(Path(key_file)))
        centre = Centre(bytes.fromhex(hub_id), tenant, key, Path(folder, "journal"))
    Receiver(int(port), Path(folder, "received"), centre).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
