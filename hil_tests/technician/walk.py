"""What a technician does step by step, and the picture of each step for docs/technician.md."""

import re
from pathlib import Path

from hil_tests.technician.workshop import Workshop
from tools.terminal_picture.screen import Screen
from tools.terminal_picture.svg import draw
from tools.terminal_picture.terminal import Typed

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
MADE = ROOT / "build" / "pictures"
_DESCRIBED = re.compile(r"<desc>(.*?)</desc>", re.DOTALL)
# What is another one in each run: ids, numbers, the words an id is known by, folders, the squares of a QR code, and
# what the hub tells of a line whose two ends share a busy machine.
_CHANGES = (
    (re.compile(r"D00[235] .*\n( +-&gt;.*\n)?"), ""),  # this machine's own rules, ModemManager and clock
    (re.compile(r"  Line: .*\n"), ""),
    (re.compile(r"[█▀▄ ]*[█▀▄][█▀▄ ]*\n"), ""),
    (re.compile(r"[━╸╺ ]+\d+% [\d:-]+"), " bar"),
    (re.compile(r"\b[a-z]{5}-[a-z]{5}\b"), "word"),
    (re.compile(r"/tmp/\S*/"), "/"),
    (re.compile(r"\b[0-9a-f]{8,}\b"), "#"),
    (re.compile(r"\d+"), "#"),
    (re.compile(r"\s+"), " "),
)


class Walk:
    """`device_id` once the device is provisioned.  real: a board of its own kind, whose pictures are nobody's page."""

    def __init__(self, workshop: Workshop, real: bool = False) -> None:
        self.workshop = workshop
        self._real = real
        self.device_id = ""

    @property
    def folder(self) -> Path:
        """Where the technician's files lie."""
        return self.workshop.terminal.folder

    def type(self, command: str, answers: dict[str, str] | None = None) -> Typed:
        """Type one command at the terminal."""
        return self.workshop.terminal.type(command, answers)

    def done(self, command: str, answers: dict[str, str] | None = None) -> Typed:
        """Type one command, which must end well."""
        typed = self.type(command, answers)
        assert typed.code == 0, f"{command} ended with {typed.code}:\n{typed.text}"
        return typed

    def picture(self, name: str, title: str, *typed: Typed) -> None:
        """Draw these commands as they stood on the terminal; the page's picture must say the same.

        Numbers and ids may be others: only words are compared.
        """
        screen = Screen()
        for one in typed:
            screen.write(f"\x1b[1m$ {one.command}\x1b[0m\r\n{one.output}")
        made = draw(screen, title)
        MADE.mkdir(parents=True, exist_ok=True)
        (MADE / f"{name}.svg").write_text(made)
        shown = PICTURES / f"{name}.svg"
        assert self._real or shown.exists() and words(shown.read_text()) == words(made), (
            f"docs/pictures/{name}.svg shows other words than the terminal. Look at build/pictures/{name}.svg, "
            "and if it is right: cp build/pictures/technician-*.svg docs/pictures/"
        )


def words(picture: str) -> str:
    """The words of a picture, without what differs from run to run."""
    found = _DESCRIBED.search(picture)
    text = (found.group(1) if found else "") + "\n"
    for pattern, instead in _CHANGES:
        text = pattern.sub(instead, text)
    return text.strip()
