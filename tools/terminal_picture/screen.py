"""What stands on a terminal after some output: the few control codes that our commands and rich use, and no more."""

import re
from dataclasses import dataclass, field, replace

# ECMA-48: CSI parameters letter.  Cursor up, erase in line and character attributes are done; others change no text.
_CODE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b\][^\x07]*\x07|\x1b.")
_TAB = 8
# ECMA-48 8.3.117: 30 to 37 are the colours in this order, 90 to 97 the same but bright.
COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


@dataclass(frozen=True)
class Look:
    """How a character looks."""

    colour: str = ""  # one of COLOURS, or none
    bold: bool = False
    dim: bool = False


@dataclass
class Screen:
    """Lines of (character, look); grows downwards, never scrolls."""

    lines: list[list[tuple[str, Look]]] = field(default_factory=lambda: [[]])
    _row: int = 0
    _column: int = 0
    _look: Look = Look()

    def write(self, text: str) -> None:
        """Take output as a terminal does."""
        at = 0
        for code in _CODE.finditer(text):
            self._plain(text[at : code.start()])
            self._code(code.group(1) or "", code.group(2) or "")
            at = code.end()
        self._plain(text[at:])

    def text(self) -> str:
        """The lines without their looks, empty ones at the end left out."""
        rows = ["".join(character for character, _ in line).rstrip() for line in self.lines]
        return "\n".join(rows).rstrip()

    def _plain(self, text: str) -> None:
        for character in text:
            if character == "\n":
                self._row += 1
            elif character == "\r":
                self._column = 0
            elif character == "\b":
                self._column = max(0, self._column - 1)
            elif character == "\t":
                self._column += _TAB - self._column % _TAB
            elif character >= " ":
                self._put(character)
            while len(self.lines) <= self._row:
                self.lines.append([])

    def _put(self, character: str) -> None:
        line = self.lines[self._row]
        line.extend([(" ", Look())] * (self._column + 1 - len(line)))
        line[self._column] = character, self._look
        self._column += 1

    def _code(self, parameters: str, letter: str) -> None:
        if letter == "A":
            self._row = max(0, self._row - int(parameters or 1))
        elif letter == "K":
            line = self.lines[self._row]
            line[:] = [] if parameters == "2" else line[: self._column]
        elif letter == "m":
            for number in (parameters or "0").split(";"):
                self._attribute(int(number or 0))

    def _attribute(self, number: int) -> None:
        if number == 0:
            self._look = Look()
        elif number in (1, 2):
            self._look = replace(self._look, bold=number == 1, dim=number == 2)
        elif number == 22:
            self._look = replace(self._look, bold=False, dim=False)
        elif 30 <= number <= 37 or 90 <= number <= 97:
            self._look = replace(self._look, colour=COLOURS[number % 10])
        elif number == 39:
            self._look = replace(self._look, colour="")
