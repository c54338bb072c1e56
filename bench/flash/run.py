"""Print the table of what putting firmware on a board costs, with the command that makes it.

.venv/bin/python -m bench.flash.run > bench/flash/table.md      (some five minutes; the slow line takes its time)
"""

import contextlib
import io
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.flash.peers import LINES, Taken, mpremote, ours
from bench.flash.starting import boot_to_ready_s, import_bytes
from protocol.manifest import TABLET
from tools.firmware.build import code_files, code_pack, loader_listing
from tools.firmware.signing import signed_bundle
from tools.firmware.tests.making import KEY

NOTES = """
The board is MicroPython's unix port with its own raw REPL on a pseudo-terminal and littlefs in 352 blocks of 4 KB, as
the Pico has them; the line between is ours, at once ("USB") or paced at ten bits a byte.  Flash: the erases and pages
of the run, by the W25Q16JV's typical 45 ms and 0.4 ms; mpremote and we wait for them in the same way: they are added.
Ours: `dosevakt flash` from the open port to the last read-back, loader, keys and boot record included.  mpremote 1.29:
`mpremote cp -r` of the same files, which reads nothing back; its files were hashed on the board afterwards, not timed.
The heap: the unix port's objects are twice as big as the chip's.  Power to the first word: flash, sensors and motor
take the time that their models take, the processor takes none.  No chip was there."""


def main() -> None:
    """Measure and print."""
    files = code_files(TABLET, "0.2.0")
    bundle = signed_bundle(KEY, TABLET, "0.2.0", 1, (code_pack(TABLET, "0.2.0"), loader_listing()))
    size = sum(map(len, files.values()))
    print("# What putting firmware on a board costs\n\n`.venv/bin/python -m bench.flash.run`\n")
    print(
        "| line | what | on the line | flash | in all | bytes sent | blocks of 352 |\n|---|---|---|---|---|---|---|"
    )
    for line, byte_s in LINES.items():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with contextlib.redirect_stdout(io.StringIO()):
                mine = ours(folder / "ours.bin", byte_s, bundle)
            theirs = mpremote(folder / "theirs.bin", byte_s, files, folder / "files")
        row(line, "dosevakt flash", mine)
        row(line, "mpremote cp -r", theirs)
        on_line, in_all = theirs.line_s / mine.line_s, theirs.total_s / mine.total_s
        print(f"| {line} | **ratio** | {on_line:.1f} | | **{in_all:.1f}** | | |")
        sys.stdout.flush()
    print("\n| the firmware | |\n|---|---|")
    print(f"| files, bytes as .mpy and tables | {len(files)}, {size} |")
    print(f"| one pack, bytes | {len(bundle.pack)} |")
    print(f"| signed manifest, bytes | {len(bundle.cose)} |")
    bare, packed = import_bytes(files, bundle.pack)
    print(
        f"| heap after importing the dosing core, unix port, from files / from the pack | {bare} / {packed} bytes |"
    )
    print(
        f"| virtual time from power to the link's first word, flashed device | {boot_to_ready_s():.2f} s (limit 5) |"
    )
    print(NOTES)


def row(line: str, what: str, taken: Taken) -> None:
    """One line of the table."""
    print(
        f"| {line} | {what} | {taken.line_s:.1f} s | {taken.flash_s:.1f} s | {taken.total_s:.1f} s "
        f"| {taken.sent:,} | {taken.blocks} |"
    )


if __name__ == "__main__":
    main()
