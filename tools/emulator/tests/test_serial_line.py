"""The line to the hub."""

import pytest
import serial
from hypothesis import given
from hypothesis import strategies as st

from tools.emulator.bad_line import BadLine, Noise
from tools.emulator.bench_client import BenchError

DATA = bytes(range(256)) * 8


def passed(noise: Noise, chunks: list[bytes]) -> bytes:
    line = BadLine(noise, "to hub")
    return b"".join(piece for chunk in chunks for _, piece in line.pass_on(chunk))


def test_words_go_both_ways(make, hub_of):
    """What the hub writes reaches the device, and its answer reaches the hub, unchanged."""
    hub = hub_of(make())
    assert hub.heard() == "hello 1 []"
    assert hub.ask("god morgen") == "echo god morgen"


def test_the_line_takes_its_time(make, hub_of):
    """At 115200 baud the hello line of 12 bytes is not there before its last bit has been sent."""
    dispenser = make()
    hub = hub_of(dispenser)
    hub.heard()
    dispenser.ask("press", ms=50)
    before_ms = dispenser.read()["uptime_ms"]
    dispenser.run(for_ms=0)
    assert not hub.port.in_waiting
    dispenser.run(for_ms=1)
    assert hub.port.readline() == b"press 1\n"
    assert dispenser.read()["uptime_ms"] == before_ms + 1


def test_a_bad_line_spoils_what_the_hub_hears(make, hub_of):
    """On a line that drops every byte the hub hears nothing; on a good one it hears again."""
    dispenser = make()
    hub = hub_of(dispenser)
    hub.heard()
    dispenser.line(seed=1, drop=1.0)
    hub.say("x")
    dispenser.run(for_ms=1000)
    assert hub.port.readline() == b""

    dispenser.line()
    assert hub.ask("y") == "echo y"


@given(st.lists(st.integers(0, len(DATA)), max_size=5).map(sorted), st.integers(0, 1000))
def test_noise_depends_on_the_seed_alone(cuts, seed):
    """However the bytes are chunked, the same seed spoils the same bytes in the same way."""
    noise = Noise(seed, flip=0.02, drop=0.02, dup=0.02, split=0.02, stall=0.02)
    edges = [0, *cuts, len(DATA)]
    chunks = [DATA[a:b] for a, b in zip(edges, edges[1:], strict=False)]

    assert passed(noise, chunks) == passed(noise, [DATA]) != DATA


def test_a_split_or_stalled_line_loses_nothing():
    """Splits and stalls delay bytes and change none."""
    assert passed(Noise(3, split=0.1, stall=0.1), [DATA]) == DATA


def noisy_talk(make, folder: str, seed: int) -> tuple[bytes, bytes]:
    dispenser = make(folder)
    dispenser.line(seed=seed, flip=0.03, drop=0.03, dup=0.03, split=0.03)
    with serial.Serial(str(dispenser.port), 115200, timeout=0) as port:
        dispenser.run(for_ms=1000)
        for _ in range(5):
            port.write(b"the quick brown fox jumps over the lazy dog\n")
        dispenser.wait_for(lambda facts: facts["line"]["from_hub"] == 5 * 44)
        dispenser.run(for_ms=2000)
        sent = dispenser.read()["line"]["to_hub"]
        heard = b""
        while len(heard) < sent * 0.8 or port.in_waiting:
            heard += port.read(4096)
        return heard, b"echo the quick brown fox jumps over the lazy dog"


def test_a_noisy_talk_repeats_itself(make):
    """With the same seed the same talk over port and line is spoilt in the same way, with another in another."""
    first, clean = noisy_talk(make, "first", seed=7)
    second, _ = noisy_talk(make, "second", seed=7)
    other, _ = noisy_talk(make, "other", seed=8)

    assert first == second != other
    assert first.count(clean) < 5


def test_impossible_noise_is_refused(make):
    """Probabilities beyond 1 are refused in a sentence."""
    with pytest.raises(BenchError, match="together at most 1"):
        make().line(flip=0.8, drop=0.8)


def test_a_pulled_cable_is_seen_and_can_be_plugged_again(make, hub_of):
    """With the cable out the port is gone and an open one breaks; plugged in again it works under its old name."""
    dispenser = make()
    hub = hub_of(dispenser)
    hub.heard()
    dispenser.pull_cable()
    assert not dispenser.port.exists()
    with pytest.raises(serial.SerialException):
        for _ in range(3):
            hub.port.read(1)

    dispenser.plug_cable()
    assert hub_of(dispenser).ask("again") == "echo again"
