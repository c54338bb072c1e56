"""A picture of a terminal shows what a person saw there."""

import io
import xml.etree.ElementTree as ElementTree

from rich.console import Console
from rich.progress import Progress

from tools.terminal_picture.screen import Look, Screen
from tools.terminal_picture.svg import draw


def shown(output):
    screen = Screen()
    screen.write(output)
    return screen


def test_what_was_written_over_is_gone():
    """A bar that was drawn a hundred times stands there once, as it was at the end."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=60)
    with Progress(console=console) as progress:
        task = progress.add_task("write", total=100)
        for _ in range(100):
            progress.update(task, advance=1, refresh=True)
    console.print("Done.")
    lines = shown(stream.getvalue().replace("\n", "\r\n")).text().splitlines()

    assert len(lines) == 2
    assert lines[0].startswith("write") and "100%" in lines[0]
    assert lines[1] == "Done."


def test_colours_are_seen():
    """A warning that was yellow on the terminal is yellow in the picture, and what follows is not."""
    screen = shown("\x1b[33mlow\x1b[0m ok")

    assert screen.lines[0][0] == ("l", Look(colour="yellow"))
    assert screen.lines[0][4] == ("o", Look())


def test_the_picture_is_whole_and_can_be_read_out():
    """The file is sound XML, refers to nothing outside, and holds the text for who cannot see it."""
    picture = draw(shown("$ dosevakt list\r\nE66 <tablet> & more\r\n"), "A list")
    root = ElementTree.fromstring(picture)

    assert root.find("{http://www.w3.org/2000/svg}desc").text == "$ dosevakt list\nE66 <tablet> & more"
    assert "href" not in picture and "url(" not in picture
    assert "E66 &lt;tablet&gt; &amp; more</text>" in picture


def test_unknown_codes_change_no_text():
    """A code we do not know, or half a code, loses no letter that was printed."""
    assert shown("a\x1b[?25lb\x1b]0;title\x07c\x1b[2Jd").text() == "abcd"
