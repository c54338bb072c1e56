"""The emulator leaves nothing behind."""

import json
import os
import select
import signal
import subprocess
import sys

import pytest

from tools.emulator.command import run

EMULATE = "import sys; from pathlib import Path; from tools.emulator.command import run; "


def emulator(tmp_path):
    code = (
        EMULATE
        + f"sys.exit(run('bare', Path({str(tmp_path / 'port')!r}), folder=Path({str(tmp_path / 'home')!r})))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def children_of(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as listed:
        return [int(child) for child in listed.read().split()]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_cleanly(tmp_path, how):
    """Ctrl-C: exit code 0, nothing on stderr, no port, no socket, no process left."""
    process = emulator(tmp_path)
    where = json.loads(process.stdout.readline())
    assert os.path.exists(where["port"]) and os.path.exists(where["bench"])
    process.send_signal(how)
    _, errors = process.communicate(timeout=20)

    assert (process.returncode, errors) == (0, "")
    assert not os.path.lexists(where["port"]) and not os.path.exists(where["bench"])


def test_the_device_dies_with_the_emulator(tmp_path):
    """The emulator killed with SIGKILL takes the device's process with it."""
    process = emulator(tmp_path)
    process.stdout.readline()
    while not (children := children_of(process.pid)):
        pass
    watched = os.pidfd_open(children[0])
    process.kill()
    process.communicate()

    assert select.select([watched], [], [], 20)[0], "the device's process is still there"
    os.close(watched)


def test_stop_leaves_no_process(make):
    """After stop() the device's process is gone, and so are port and bench."""
    dispenser = make()
    pid = dispenser._supervisor.process.pid
    dispenser.stop()

    assert not os.path.exists(f"/proc/{pid}")
    assert not os.path.lexists(dispenser.port) and not dispenser.bench_path.exists()


@pytest.mark.parametrize(
    ("model", "rate", "sentence"),
    [
        ("toaster", 1.0, "There is no model 'toaster'"),
        ("bare", -1.0, "out of bounds"),
        ("bare", 1e6, "out of bounds"),
    ],
)
def test_what_cannot_be_emulated_is_refused(capsys, model, rate, sentence, tmp_path):
    """A wrong model or rate is refused in a sentence, with exit code 2."""
    assert run(model, tmp_path / "port", rate) == 2
    assert sentence in capsys.readouterr().err


def test_a_file_in_the_ports_place_is_not_overwritten(capsys, tmp_path):
    """A file that stands where the port should be is left alone, and the emulator says so."""
    (tmp_path / "port").write_text("mine")
    assert run("bare", tmp_path / "port", folder=tmp_path / "home") == 2
    assert (tmp_path / "port").read_text() == "mine"
    assert "choose another" in capsys.readouterr().err


def test_a_port_in_no_folder_is_refused(capsys, tmp_path):
    """A port that is to appear in a folder that does not exist is refused in a sentence, and leaves nothing."""
    assert run("bare", tmp_path / "nowhere" / "port", folder=tmp_path / "home") == 2
    assert "There is no folder" in capsys.readouterr().err
    assert not (tmp_path / "home" / "bench.sock").exists()
