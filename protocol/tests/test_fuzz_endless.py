"""A message that never ends: no peer can make an end of the link keep more and more."""

import struct
import tracemalloc

import pytest

from protocol import frame
from protocol.link import DEVICE, HUB
from protocol.segments import DATA_MORE
from protocol.tests.fuzz_link import End

FRAMES = 1_000
MOST_BYTES = 30_000  # a message of 8 KiB in its parts and once whole, and what Python needs around them


def linked() -> dict[int, End]:
    """Both ends of a session that stands, with nothing left to say."""
    ends = {DEVICE: End(DEVICE), HUB: End(HUB)}
    to_hub, to_device = ends[DEVICE].start(), ends[HUB].start()
    for _ in range(40):
        to_hub, to_device = ends[DEVICE].hear(to_device), ends[HUB].hear(to_hub)
    assert ends[DEVICE].link.up and ends[HUB].link.up
    return ends


@pytest.mark.parametrize("role", [DEVICE, HUB])
@pytest.mark.parametrize("part_bytes", [0, 1, 20, 494])
def test_a_message_without_end_is_given_up(role, part_bytes):
    """A thousand parts and no last one, of any size: not more is held than one message, and the session is over."""
    end = linked()[role]
    last = bodies_heard(end)
    seq, session, ack = last
    tracemalloc.start()
    for number in range(1, FRAMES):
        body = struct.pack(">BBII", DATA_MORE, session, seq + number, ack) + bytes(part_bytes)
        end.link.receive(frame.encode(body), end.now_ms)
        end.link.outgoing()
    _, held = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < MOST_BYTES
    assert not end.link.up


def bodies_heard(end: End) -> tuple[int, int, int]:
    """(last number, session, newest acknowledgement) of what this end has heard from its peer."""
    from protocol.tests.mutator import bodies_of

    heads = [struct.unpack_from(">BBII", body) for body in bodies_of(bytes(end.heard))]
    data = [head for head in heads if head[0] in (3, 4)]
    return data[-1][2], data[-1][1], max(head[3] for head in heads if head[1] == data[-1][1])
