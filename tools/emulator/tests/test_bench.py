"""The bench channel."""

import json
import socket

import pytest

from tools.emulator.bench_client import BenchError


def test_a_press_reaches_the_firmware(make, hub_of):
    """A press of the button is an interrupt: the lamp changes in the same millisecond, and the device says so."""
    dispenser = make()
    hub = hub_of(dispenser)
    hub.heard()
    pressed_ms = dispenser.read()["uptime_ms"]
    dispenser.press(ms=150)
    assert hub.heard() == "press 1"
    assert dispenser.wait_event("light")["t_ms"] == pressed_ms
    assert dispenser.read()["light"] == 1000


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"do": "dance"}, "This board does not know 'dance'; it knows "),
        ({"do": "press"}, "'press' needs the field 'ms'."),
        ({"do": "press", "ms": 0}, "A press lasts 1 to 60000 ms, not 0."),
        ({"do": "press", "ms": "long"}, "A field of 'press' is of the wrong kind"),
        ({"do": "line", "loud": 1}, "'line' does not know loud; it knows "),
        ({"do": "cable"}, "'cable' needs the field 'in'."),
        ({}, "needs the field 'do'"),
    ],
)
def test_what_the_bench_refuses_it_refuses_in_a_sentence(make, request_, sentence):
    """A wrong request gets a sentence that says what is wrong; the channel goes on."""
    dispenser = make()
    with pytest.raises(BenchError) as refused:
        dispenser.bench.ask(**({"do": None} | request_)) if request_ else raw(dispenser, b'{"id": 1}')
    assert sentence in str(refused.value)
    assert dispenser.read()["power"]


def test_a_line_that_is_no_json_is_refused_in_a_sentence(make):
    """Garbage on the bench channel is answered, and does not end it."""
    dispenser = make()
    with pytest.raises(BenchError, match="no JSON"):
        raw(dispenser, b"garbage")


def raw(dispenser, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as stream:
        stream.connect(str(dispenser.bench_path))
        stream.sendall(line + b"\n")
        answer = json.loads(stream.makefile().readline())
    if not answer["ok"]:
        raise BenchError(answer["error"])


def test_the_screen_is_a_picture(make):
    """The panel can be looked at: a PNG of 400 by 300."""
    picture = make().screen_png()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert picture[16:24] == bytes([0, 0, 1, 144, 0, 0, 1, 44])


def test_a_crash_of_the_firmware_is_told(make, tmp_path):
    """A firmware that ends with an error is reported with it, and its trace is on the console."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "main.py").write_text("raise ValueError('no carousel')\n")
    dispenser = make(firmware=tmp_path / "broken")
    dispenser.run(for_ms=1000)
    assert dispenser.wait_event("crash")["error"] == "ValueError: no carousel"
    assert "main.mpy" in dispenser.console()


def test_a_request_for_later_is_refused_when_its_time_comes(make):
    """What cannot be done at its instant is told then, in a sentence, as an event."""
    dispenser = make()
    dispenser.ask("press", ms=0, at_ms=2000)
    dispenser.run(for_ms=3000)
    assert dispenser.wait_event("refused")["error"] == "A press lasts 1 to 60000 ms, not 0."
