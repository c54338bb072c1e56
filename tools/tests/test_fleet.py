"""dosevakt fleet: years of many dispensers in minutes."""

import json

import pytest
from typer.testing import CliRunner

from tools.cli import app
from tools.fleet import Report

DAYS = 28


def run(*words: str) -> dict:
    done = CliRunner().invoke(app, ["fleet", "--json", *words])
    assert done.exit_code == 0, done.output[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize(("kind", "devices"), [("tablet", 6), ("multidose", 4)])
def test_a_small_fleet_lives_four_weeks_and_breaks_no_invariant(kind, devices, record_property):
    """Some dispensers with people who fill, press and slip, four weeks each: nothing that must hold is broken."""
    told = run(f"--{kind}", str(devices), "--days", str(DAYS), "--seed", "5", "--processes", "2")
    assert (told["devices"], told["device_days"], told["invariants_broken"]) == (devices, devices * DAYS, 0)
    counts = told["counts"]
    released = sum(count for name, count in counts.items() if name.startswith("released"))
    assert released > 100 and counts["DoseTaken"] > 100 and counts["DoseMissed"] > 10
    assert counts["RefillSealed"] > 2
    record_property(
        "count",
        f"fleet: {devices} {kind} x {DAYS} days, {counts['planned']} doses, {counts['RefillSealed']} refills, "
        f"{counts['world: power cut']} power cuts, {counts['events']} events, "
        f"{told['invariants_broken']} invariants broken",
    )


def test_the_same_seed_is_the_same_history():
    """However many processes share the devices, the same seed counts the same."""
    words = ("--tablet", "2", "--multidose", "1", "--days", "8", "--seed", "11")
    assert run(*words, "--processes", "1")["counts"] == run(*words, "--processes", "3")["counts"]


def test_what_is_broken_is_told_with_device_day_and_how_to_see_it_again():
    """A broken invariant names its device, its day, and the command that plays exactly that history."""
    report = Report(seed=4)
    report.add(
        {
            "medium": "tray",
            "device": 7,
            "days": 19,
            "cpu_s": 1.0,
            "counts": {},
            "broken": ["I1: dose 0a: 2 intents"],
        }
    )
    told = report.as_dict()
    assert told["invariants_broken"] == 1
    assert told["broken"] == [
        {
            "medium": "tray",
            "device": 7,
            "day": 19,
            "broken": ["I1: dose 0a: 2 intents"],
            "replay": "dosevakt fleet --seed 4 --days 19 --only-tablet 7",
        }
    ]
