"""A version onto a board, cut at every moment: what starts is whole, and a second run finishes."""

import random
from hashlib import sha256

import pytest

from tools.firmware.board import look
from tools.firmware.packing import listed
from tools.firmware.raw_repl import RawRepl
from tools.firmware.tests.making import POINT, other_loader, said_by, small
from tools.firmware.tests.prompt import Prompt
from tools.firmware.writing import Wanted, write
from tools.manners.talk import Talk
from tools.refusal import Refusal
from tools.workshop.opening import open_port

# What a power-on starts where nobody owns the device: without boot.py the prompt, else what main.py starts.
STARTS = """
import os
if "boot.py" in os.listdir("/"):
    exec(open("/main.py").read())
else:
    print("prompt")
"""


# Of the loader that a power-on would meet: every byte, or "prompt" without boot.py.
LOADER_NOW = """
import os, hashlib
digest = hashlib.sha256()
for path in ["/boot.py", "/main.py"] + ["/loader/" + name for name in sorted(os.listdir("/loader"))]:
    if path.endswith(".py") or path.endswith(".mpy"):
        try:
            digest.update(open(path, "rb").read())
        except OSError:
            digest.update(b"none")
print(digest.digest().hex() if "boot.py" in os.listdir("/") else "prompt")
"""


@pytest.fixture
def image(tmp_path):
    return tmp_path / "flash.bin"


def flash(image, bundle, **cut):
    """Write a version on the board of `image`, as the command does; returns (the board, the Refusal or None)."""
    with Prompt(image, **cut) as board, open_port(board.path) as wire, Talk("flash", record=False) as talk:
        try:
            repl = RawRepl(wire)
            repl.enter()
            write(repl, look(repl), Wanted(bundle, POINT), talk)
        except Refusal as refusal:
            return board, refusal
    return board, None


def what_starts(image):
    """What the board says after a power-on: "prompt", or what the started version prints."""
    return asked(image, STARTS)


def asked(image, program):
    """What the program prints on a board that has just got its power."""
    with Prompt(image) as board, open_port(board.path) as wire:
        repl = RawRepl(wire)
        repl.enter()
        return repl.run(program).decode().strip()


def digest_of(bundle):
    """What LOADER_NOW prints where the loader of this bundle lies, and nothing else."""
    files = listed(bundle.loader)
    order = ["boot.py", "main.py", *sorted(path for path in files if path.startswith("loader/"))]
    return sha256(b"".join(files[path] for path in order)).hexdigest()


def cuts_of(board, every):
    """Each flash write, or each so many-th, and some bytes on the line.

    Not the last tenth of the bytes: a board that was slow to answer had been asked for its prompt twice.
    """
    seeded = random.Random(board.writes)
    writes = [{"cut_at_write": n} for n in range(1, board.writes + 1, every)]
    return writes + [{"cut_at_byte": seeded.randrange(1, board.received * 9 // 10)} for _ in range(5)]


def finished(image, bundle):
    """A second run goes through, and then the board starts this version."""
    assert flash(image, bundle)[1] is None
    assert what_starts(image) == said_by(bundle)


def test_a_first_flash_cut_anywhere_is_finished_by_the_second(image, record_property):
    """A new board shows its prompt until all is there, then it starts the version; a second run finishes it."""
    assert what_starts(image) == "prompt"
    before = image.read_bytes()
    board, fault = flash(image, small(1))
    assert fault is None and what_starts(image) == said_by(small(1))
    assert flash(image, small(1))[0].writes == 0
    cuts = cuts_of(board, every=4)
    for cut in cuts:
        image.write_bytes(before)
        assert flash(image, small(1), **cut)[1] is not None, cut
        assert what_starts(image) in ("prompt", said_by(small(1))), cut
        finished(image, small(1))
    record_property(
        "count",
        f"flash of a new board: {len(cuts)} cuts in {board.writes} flash writes, each finished by a second run",
    )


def test_a_second_version_cut_anywhere_leaves_a_whole_one(image, record_property):
    """With a version on the board, the old or the new one starts after a cut at every flash write; never neither."""
    flash(image, small(1))
    before = image.read_bytes()
    board, fault = flash(image, small(2))
    assert fault is None and what_starts(image) == said_by(small(2))
    cuts = cuts_of(board, every=1)
    old = new = 0
    for cut in cuts:
        image.write_bytes(before)
        assert flash(image, small(2), **cut)[1] is not None, cut
        said = what_starts(image)
        old, new = old + (said == said_by(small(1))), new + (said == said_by(small(2)))
        assert old + new == cuts.index(cut) + 1, cut
        finished(image, small(2))
    record_property(
        "count",
        f"flash of a second version: {len(cuts)} cuts in {board.writes} flash writes; {old} times the old one started, "
        f"{new} times the new one, each finished by a second run",
    )


def test_another_loader_cut_anywhere_is_never_met_half(image, record_property):
    """While the loader is exchanged a cut leaves the old one, the new one or the open prompt; a second run finishes."""
    flash(image, small(1))
    before, other = image.read_bytes(), small(2, loader=other_loader())
    whole = digest_of(small(1)), digest_of(other)
    board, fault = flash(image, other)
    assert fault is None and asked(image, LOADER_NOW) == whole[1] != whole[0]
    cuts = cuts_of(board, every=9)
    met = []
    for cut in cuts:
        image.write_bytes(before)
        assert flash(image, other, **cut)[1] is not None, cut
        met.append(asked(image, LOADER_NOW))
        assert met[-1] in (*whole, "prompt"), cut
        finished(image, other)
    assert "prompt" in met and whole[0] in met
    record_property(
        "count",
        f"exchange of the loader: {len(cuts)} cuts in {board.writes} flash writes, {met.count('prompt')} left the "
        "prompt open, none a loader half exchanged; each finished by a second run",
    )
