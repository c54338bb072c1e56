"""Files to a board through its prompt, against the real MicroPython on a pseudo-terminal."""

import random

import pytest

from tools.exit_codes import NO_DEVICE, NOT_VERIFIED, REFUSED, TIMED_OUT
from tools.firmware.programs import PROBE
from tools.firmware.raw_repl import BoardFault, RawRepl
from tools.firmware.receiver import Held, Receiver
from tools.firmware.tests.prompt import Prompt
from tools.refusal import Refusal
from tools.workshop.opening import open_port

# Every byte value, more than two blocks, and not a whole number of them; half of it cannot be compressed.
DATA = bytes(range(256)) * 40 + random.Random(6).randbytes(9000)


@pytest.fixture
def image(tmp_path):
    return tmp_path / "flash.bin"


def test_a_prompt_runs_a_program_and_says_what_failed(image):
    """What a program prints comes back; what it raises is named; the prompt is good for the next one."""
    with Prompt(image) as board, open_port(board.path) as wire:
        repl = RawRepl(wire)
        repl.enter()
        assert repl.run("print('a' * 3000)") == b"a" * 3000 + b"\n"
        with pytest.raises(BoardFault, match="ZeroDivisionError"):
            repl.run("print(1 // 0)")
        long = "x = 1\n" * 2000 + "print(x + 1)"
        assert repl.run(long).strip() == b"2"
        assert b'"id": "e6614c311b7e6f2a"' in repl.run(PROBE)


def test_a_running_program_is_stopped_for_the_prompt(image):
    """A board that is busy gives its prompt all the same, as long as nobody has locked it."""
    with Prompt(image) as board, open_port(board.path) as wire:
        repl = RawRepl(wire)
        repl.send(b"while not print('at work'): import time; time.sleep(9)\r\r")
        repl.until(b"\nat work")
        repl.enter()
        assert repl.run("print(5)").strip() == b"5"


def test_files_arrive_as_they_were_sent(image):
    """Every byte value, empty files and deep folders are on the flash as they were sent, Ctrl-C's byte among them."""
    with Prompt(image) as board, open_port(board.path) as wire:
        repl = RawRepl(wire)
        repl.enter()
        done = []
        with Receiver(repl) as files:
            files.put("/a/firmware.pack", DATA, done.append)
            files.put("/b/c/d/empty", b"")
            files.put("/x", b"one")
            files.put("/x", b"another")
            assert files.held("/x") == Held(7, files.held("/x").digest)
            assert files.held("/y") is None
            assert files.names("/") == ["a/", "b/", "x"]
            files.remove("/x")
            files.remove("/x")
            assert files.names("/") == ["a/", "b/"] and files.names("/nowhere") == []
            assert files.get("/a/firmware.pack") == DATA and files.get("/b/c/d/empty") == b""
        assert done[-1] == len(DATA) and done == sorted(done)
        assert repl.run("print(open('/a/firmware.pack', 'rb').read(4))").strip() == repr(DATA[:4]).encode()


def test_a_full_flash_is_a_sentence_and_leaves_the_old_file(image):
    """More than the flash holds is refused in words; what was there before is still there, and the prompt too."""
    with Prompt(image) as board, open_port(board.path) as wire:
        repl = RawRepl(wire)
        repl.enter()
        with Receiver(repl) as files:
            files.put("/kept", b"old")
        with pytest.raises(Refusal, match="flash is full") as refused:
            with Receiver(repl) as files:
                files.put("/kept", random.Random(1).randbytes(1 << 21))
        assert refused.value.code == REFUSED
        with Receiver(repl) as files:
            assert files.get("/kept") == b"old"


def test_no_prompt_is_a_sentence(image):
    """A device that answers nothing, as a locked one, is told from a cable that was pulled."""
    with Prompt(image) as board, open_port(board.path) as wire:
        repl = RawRepl(wire, answer_s=0.3)
        repl.enter()
        repl.start("import micropython\nmicropython.kbd_intr(-1)\nwhile True: pass")
        with pytest.raises(Refusal, match="locked") as refused:
            repl.enter()
        assert refused.value.code == TIMED_OUT


def test_a_cut_at_any_place_leaves_a_whole_file_or_none(image, record_property):
    """Power fails at a flash write, or the cable is pulled at a byte: the old file or the new one, never a piece."""
    new = DATA
    old = DATA[::-1]
    with Prompt(image) as board, open_port(board.path) as wire:
        repl = RawRepl(wire)
        repl.enter()
        with Receiver(repl) as files:
            files.put("/a/firmware.pack", old)
    flash = image.read_bytes()
    with Prompt(image) as board, open_port(board.path) as wire:
        written = put_again(wire, new)
    assert written is None
    seeded = random.Random(38)
    cuts = [("cut_at_write", n) for n in range(1, board.writes + 1, 4)]
    cuts += [("cut_at_byte", seeded.randrange(1, board.received * 9 // 10)) for _ in range(5)]
    for kind, n in cuts:
        image.write_bytes(flash)
        with Prompt(image, **{kind: n}) as board, open_port(board.path) as wire:
            fault = put_again(wire, new)
        assert fault is not None and fault.code in (NO_DEVICE, NOT_VERIFIED), (kind, n, fault)
        with Prompt(image) as board, open_port(board.path) as wire:
            repl = RawRepl(wire)
            repl.enter()
            with Receiver(repl) as files:
                assert files.get("/a/firmware.pack") in (old, new), (kind, n)
            assert put_again(wire, new) is None
    record_property("count", f"receiver: {len(cuts)} cuts (flash writes and bytes), 0 torn files")


def put_again(wire, data):
    """Put the pack; returns the Refusal, or None."""
    try:
        repl = RawRepl(wire)
        repl.enter()
        with Receiver(repl) as files:
            files.put("/a/firmware.pack", data)
    except Refusal as refusal:
        return refusal
    return None
