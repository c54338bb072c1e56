"""`dosevakt update` as a technician types it, on a flashed board that nobody owns yet."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from protocol.bundle import Bundle
from protocol.manifest import TABLET
from tools import exit_codes
from tools.authority.keys import PrivateKey, new_key
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flashed import flashed, version
from tools.firmware.build import code_files, loader_listing
from tools.firmware.packing import pack
from tools.firmware.signing import signed_bundle
from tools.terminal_picture.terminal import Terminal, Typed
from tools.workshop.ports import VIRTUAL_PORTS

# Its world runs faster than the tool, but not past its heartbeats: one in 5 s here, one in 15 s there.
RATE = 2.5
DOSEVAKT = Path(sys.executable).with_name("dosevakt")


def broken(key: PrivateKey) -> Bundle:
    """A version that is signed and whole, and cannot start: what testers did not try."""
    files = code_files(TABLET, "0.9.0") | {"firmware/furnishing.mpy": b"not compiled"}
    return signed_bundle(key, TABLET, "0.9.0", 9, (pack(files), loader_listing()))


def until_pulled(folder: Path, environment: dict[str, str], pull: Callable[[], None]) -> tuple[int, str]:
    """Run the command; pull the cable when it has brought a quarter.  (exit code, sentence of its last event)."""
    command = [DOSEVAKT, "update", "good.dvb", "--yes", "--json"]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        event: dict[str, object] = {}
        pulled = False
        for line in child.stdout:
            event = json.loads(line)
            if (
                event.get("phase") == "update"
                and not pulled
                and 4 * int(str(event["done"])) > int(str(event["total"]))
            ):
                pulled = True
                pull()
    return child.returncode, str(event.get("sentence"))


def test_a_technician_updates_a_board_and_every_mishap_has_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strange key, a dry run, a pulled cable, a second run, the same again, an older one, one that cannot start: each
    ends with a sentence and its code, and what runs in the end is the good version."""
    key = flashed(tmp_path / "board")
    ports = tmp_path / "ports"
    ports.mkdir()
    desk = tmp_path / "desk"
    desk.mkdir()
    bundles = {
        "good": version("tablet", key, 2, "0.2.0"),
        "old": version("tablet", key, 1, "0.1.0"),
        "other": version("multidose", key, 3, "0.3.0"),
        "strange": version("tablet", new_key(), 3, "0.3.0"),
        "broken": broken(key),
    }
    for name, bundle in bundles.items():
        (desk / f"{name}.dvb").write_bytes(bundle.encode())
    environment = {VIRTUAL_PORTS: str(ports), "XDG_STATE_HOME": str(tmp_path / "state")}
    monkeypatch.setenv(VIRTUAL_PORTS, str(ports))
    with VirtualDispenser(tmp_path / "board", stock=True, rate=RATE) as board:

        def typed(words: str, answer: str = "", in_service: bool = False) -> Typed:
            """What came of `dosevakt update` with these words, typed once the board is out of service mode again."""
            board.wait_for(
                lambda facts: (in_service or "Ikke i bruk" in facts["text"]) and board.usb.exists()
            )
            answers = {"[y/N] ": answer} if answer else None
            return Terminal(desk, environment).type(f"dosevakt update {words}", answers)

        done = typed("strange.dvb")
        assert done.code == exit_codes.INCOMPATIBLE and "key that this device does not believe" in done.text
        done = typed("other.dvb")
        assert done.code == exit_codes.INCOMPATIBLE and "the device is a tablet-pico" in done.text
        done = typed("good.dvb --dry-run")
        assert done.code == exit_codes.OK and "Nothing was changed." in done.text
        done = typed("good.dvb", "n")
        assert done.code == exit_codes.USAGE and "Nothing was changed." in done.text

        code, said = until_pulled(desk, environment, board.pull_usb)
        assert code == exit_codes.NO_DEVICE and "Check the cable" in said
        board.plug_usb()
        done = typed("good.dvb", "y", in_service=True)
        assert done.code == exit_codes.OK and "it goes on where it was" in done.text
        assert "runs 0.2.0, and it stays" in done.text

        done = typed("good.dvb")
        assert done.code == exit_codes.OK and "runs 0.2.0 already" in done.text
        done = typed("old.dvb --yes")
        assert done.code == exit_codes.INCOMPATIBLE and "takes no older one" in done.text
        done = typed("broken.dvb --yes")
        assert done.code == exit_codes.NOT_VERIFIED and "has gone back to 0.2.0" in done.text
