"""The end of a trial: a technician's tool carries what the device tells to its centre, and the receipt back."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import exit_codes
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flashed import flashed, version
from tools.provisioning.tests.bench import PATIENCE_S, RATE, Bench, opened_bench, serial_of


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A centre, and a technician's folder."""
    with opened_bench(tmp_path) as made:
        yield made


def update(bench: Bench, *words: object, code: int = exit_codes.OK) -> str:
    """dosevakt update with these words, again while the device rests or starts anew; returns what was said."""
    end = time.monotonic() + PATIENCE_S
    while True:
        done = bench.run("update", bench.tech / "new.dvb", "--yes", *words, DOSEVAKT_CENTRE="")
        comes_back = "in service just now" in done.stderr or done.exit_code == exit_codes.NO_DEVICE
        if not comes_back or time.monotonic() > end:
            assert done.exit_code == code, done.stderr
            return str(done.stderr if code else done.stdout)
        time.sleep(0.2)


def test_a_trial_ends_when_the_centre_has_answered(bench: Bench) -> None:
    """An owned device runs the new version on trial, and the tool says so; it stays once its events were carried to the
    centre and the receipt back."""
    folder, port = bench.folder / "owned", bench.ports / serial_of("owned")
    key = flashed(folder, more={"loader/enrolment.pub": bench.points})
    (bench.tech / "new.dvb").write_bytes(version("tablet", key, 2, "0.2.0").encode())
    with VirtualDispenser(folder, "owned", stock=True, rate=RATE, usb_link=port) as device:
        assert bench.provision(*bench.place()).exit_code == exit_codes.OK
        assert "on trial until the centre has answered" in update(bench)
        away = update(bench, "--centre-url", "http://127.0.0.1:9", code=exit_codes.NO_AUTHORITY)
        assert "cannot be reached (Connection refused). 0.2.0 runs, on trial" in away
        assert "runs 0.2.0, and it stays" in update(bench, "--centre-url", bench.url)
        assert "Nothing was changed" in update(bench)
        assert "Traceback" not in device.console()
