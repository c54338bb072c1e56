"""dosevakt fleet: years of many dispensers in minutes."""

import json

from typer.testing import CliRunner

from tools.cli import app
from tools.fleet import Report

DEVICES, DAYS = 6, 28


def run(*words: str) -> dict:
    done = CliRunner().invoke(app, ["fleet", "--json", *words])
    assert done.exit_code == 0, done.output[-3000:]
    return json.loads(done.stdout)


def test_a_small_fleet_lives_four_weeks_and_breaks_no_invariant(record_property):
    """Six dispensers with people and accidents, four weeks each, in seconds: nothing that must hold is broken."""
    told = run("--tablet", str(DEVICES), "--days", str(DAYS), "--seed", "5", "--processes", "2")
    assert (told["devices"], told["device_days"], told["invariants_broken"]) == (DEVICES, DEVICES * DAYS, 0)
    counts = told["counts"]
    assert counts["released by the patient"] > 100 and counts["DoseTaken"] > 100 and counts["DoseMissed"] > 10
    record_property(
        "count",
        f"fleet: {told['devices']} devices x {DAYS} days, {counts['planned']} doses, "
        f"{counts['world: power cut']} power cuts, {counts['events']} events, "
        f"{told['invariants_broken']} invariants broken",
    )


def test_the_same_seed_is_the_same_history():
    """However many processes share the devices, the same seed counts the same."""
    words = ("--tablet", "3", "--days", "8", "--seed", "11")
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
