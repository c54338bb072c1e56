"""A flashed device that has an owner goes back to the workshop, and becomes another one; typed, with a real centre."""

import json
from datetime import date, timedelta

from tools.emulator.flash_image import read_files
from tools.exit_codes import OK, REFUSED
from tools.provisioning.tests.bench import ACCOUNT, PASSWORD, RATE
from tools.return_device.checklist import STEPS
from tools.terminal_picture.terminal import Terminal


def settings_in(flash):
    """The files of the settings, with the device's key among them."""
    return {name: data for name, data in read_files(flash).items() if name.startswith("data/settings/")}


def write_plan(path):
    """A week from the day after tomorrow, as staff write it."""
    first = date.today() + timedelta(days=2)
    path.write_text(
        f'from = {first}\n[[rules]]\nat = "08:00"\npills = 2\nlabel = "Morgen"\n', encoding="utf-8"
    )


def rested(device):
    """A device rests after a visit that nobody had signed for (firmware/core/service_rules.py); its port is back."""
    device.run(for_ms=100_000, rate=0)
    device.run(rate=RATE)


def test_a_device_goes_back_and_becomes_another_one(bench, record_property):
    """Its journal read and proved, then returned: the centre signs, and takes its last word.

    A plan that still waits at the centre for the device does not stop it.  A step of the cleaning that is not done
    keeps the board back.  The next owner gets a new identity, and no byte of the old key is left.
    """
    flash = bench.folder / "back" / "flash.bin"
    terminal = Terminal(
        bench.tech, bench.environment | {"DOSEVAKT_ACCOUNT": ACCOUNT, "DOSEVAKT_PASSWORD": PASSWORD}
    )
    questions = {f"{number} of 4: {step}? [y/N]": "y" for number, step in enumerate(STEPS, 1)}
    with bench.device("back") as device:
        first = json.loads(bench.provision(*bench.place("Flat 3"), "--json").stdout.splitlines()[-1])
        old = first["device_id"]
        old_key = settings_in(flash)["data/settings/device_key.0"][12:]

        write_plan(bench.tech / "week.toml")
        planned = terminal.type(f"dosevakt plan sign week.toml --device-id {old}")

        rested(device)
        read = terminal.type("dosevakt journal read -o j.jsonl")
        proved = terminal.type("dosevakt journal verify j.jsonl")
        rested(device)
        half = terminal.type("dosevakt return", {"Go on? [y/N]": "y", f"1 of 4: {STEPS[0]}? [y/N]": "n"})
        rested(device)
        done = terminal.type("dosevakt return", questions)
        rested(device)
        second = json.loads(bench.provision(*bench.place("Flat 9"), "--json").stdout.splitlines()[-1])
        image = flash.read_bytes()
        assert "Traceback" not in device.console()

    assert planned.code == OK and "The centre has signed plan" in planned.text, planned.text
    assert read.code == OK and f"of device {old}" in read.text, read.text
    assert proved.code == OK and "signatures hold" in proved.text, proved.text
    assert half.code == REFUSED and "not ready for the next one: step 1" in half.text, half.text
    assert done.code == OK and "clean and tried" in done.text and "dosevakt provision" in done.text, done.text
    case = json.loads((bench.tech / "state/dosevakt/returns" / old / "case.json").read_text())
    assert (case["record_at_the_centre"], case["unsent"], case["new_device"]) == (
        True,
        0,
        second["device_id"],
    )
    assert second["device_id"] != old and len(old_key) == 32 and old_key not in image
    record_property(
        "count",
        f"1 device returned and provisioned anew; its old key is in none of {len(image)} bytes of flash",
    )
