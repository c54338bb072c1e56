"""Whole sessions of the link, recorded between two sound ends, damaged, and fed to one of them."""

from functools import cache

from protocol import frame
from protocol.link import DEVICE, HUB, Link
from protocol.link_hub import offer
from protocol.segments import MAX_MESSAGE, UNLIMITED
from protocol.tests.fuzz import Target, always
from protocol.tests.mutator import in_bytes, in_frames

WINDOW = {DEVICE: 2, HUB: 64}
IDS = {DEVICE: b"device-1", HUB: b"hub-0001"}
MESSAGES = [b"first", bytes(600), b"\x00\x01" * 30, b"\xff" * 1200, b"fifth", bytes(40), b"last"]
STEP_MS = 20
NOISE_MS = 4_000  # noise lasts: so a damaged session also meets resends, heartbeats and silence
MOST_WRITTEN = 64 * frame.MAX_FRAME + 2_000  # at once: a window of full frames, and what else there is to say


class End:
    """A link with an owner who does what is asked of one, and nothing more."""

    def __init__(self, role: int) -> None:
        self.link = Link(role, IDS[role], 2, WINDOW[role])
        self.now_ms = 0
        self.came: list[bytes] = []
        self._unsent: list[bytes] = list(MESSAGES)
        self.heard = bytearray()
        self._heard_times = 0

    def start(self) -> bytes:
        return self.link.start(self.now_ms)

    def hear(self, data: bytes, passed_ms: int = STEP_MS) -> bytes:
        """Bytes came: take them, answer, send what there is room for."""
        self.heard += data
        self.now_ms += passed_ms
        link, now_ms = self.link, self.now_ms
        fresh = link.receive(data, now_ms)
        assert all(len(message) <= MAX_MESSAGE for message in fresh)
        self.came += fresh
        out = link.outgoing()
        if link.waiting_for_welcome:
            out += link.welcome(0, now_ms)
        out += link.accept(now_ms) + link.tick(now_ms)
        self._heard_times += 1
        if link.role == HUB and self._heard_times % 8 == 0:  # a hub that is full, and is not any more
            out += offer(link, 0 if self._heard_times % 16 else UNLIMITED, now_ms)
        while self._unsent and link.room > 0:
            out += link.send(self._unsent.pop(0), now_ms)
        assert link.next_due_ms(now_ms) >= 0
        assert len(out) <= MOST_WRITTEN, "it talks more than a window"
        return out


@cache
def recorded(role: int) -> list[bytes]:
    """What an end of this role hears: of a first session, and of one that is begun again in its middle."""
    streams = []
    for again_at in (1000, 6):
        ends = {DEVICE: End(DEVICE), HUB: End(HUB)}
        to_hub, to_device = ends[DEVICE].start(), ends[HUB].start()
        for turn in range(40):
            if turn == again_at:
                to_hub += ends[DEVICE].start()
            to_device, heard = b"", to_device
            for piece in pieces(to_hub):
                to_device += ends[HUB].hear(piece)
            to_hub = b"".join(ends[DEVICE].hear(piece) for piece in pieces(heard))
        assert len(ends[HUB].came) == len(ends[DEVICE].came) == len(MESSAGES) or again_at < 1000
        streams.append(bytes(ends[role].heard))
    return streams


def pieces(stream: bytes) -> list[bytes]:
    """The stream, cut after each 0x00."""
    parts = stream.split(b"\x00")
    return [part + b"\x00" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _session(role: int, stream: bytes) -> bool:
    """True when at least one message came whole."""
    end = End(role)
    end.start()
    for piece in pieces(stream):
        bad = end.link.stats.bad_frames
        end.hear(piece)
        if end.link.stats.bad_frames > bad:
            end.hear(b"", NOISE_MS)
    return bool(end.came)


def _target(name: str, role: int) -> Target:
    return Target(
        name,
        lambda: recorded(role),
        (in_frames, in_frames, in_bytes),
        always(lambda stream: _session(role, stream)),
        lines=(20_000, 100),
        held=(200_000, 200),
        cost=20,
    )


LINK_TARGETS = [_target("link, the device's end", DEVICE), _target("link, the hub's end", HUB)]
