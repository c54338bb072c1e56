"""What a technician reads who types --help, on a wide terminal and on a narrow one."""

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tools.cli import app
from tools.list_devices import print_table
from tools.manners.examples import EXAMPLES

NARROW, WIDE = "60", "100"


def commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """(the words that name it, the command) of every command there is."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def unbroken(text: str) -> str:
    """Without what a line's end may have put between its letters."""
    return "".join(text.split())


ALL = dict(commands(typer.main.get_command(app)))


def test_every_command_has_an_example_of_its_own():
    """No command without an example, and no example of a command that is gone."""
    assert sorted(ALL) == sorted(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_can_be_typed_as_it_stands(name):
    """Each option of an example exists, what must be given is given, and a value is of its kind."""
    words = shlex.split(EXAMPLES[name].removeprefix("sudo "))
    given = ["dosevakt", *name.split()]

    assert words[: len(given)] == given
    ALL[name].make_context(name, words[len(given) :])


@pytest.mark.parametrize("columns", [NARROW, WIDE])
@pytest.mark.parametrize("name", EXAMPLES)
def test_help_is_whole_on_every_terminal(name, columns, monkeypatch):
    """Every option's name can be read, switches ask for no word, and the example stands at the end."""
    monkeypatch.setenv("COLUMNS", columns)
    shown = CliRunner().invoke(app, [*name.split(), "--help"]).stdout
    options = [option for param in ALL[name].params if not param.hidden for option in param.opts]

    assert [option for option in options if option not in shown] == []
    assert "<bool>" not in shown
    assert unbroken(shown).endswith(unbroken(f"Example: {EXAMPLES[name]}"))


@pytest.mark.parametrize("group", ["", "plan", "journal", "authority", "release", "repository"])
def test_a_group_names_what_is_in_it(group):
    """Whoever types no more than the group reads its commands."""
    shown = CliRunner().invoke(app, [*group.split(), "--help"]).stdout

    assert "<bool>" not in shown
    for name in ALL:
        if name.startswith(group):
            assert name.removeprefix(group).split()[0] in shown


def test_a_serial_number_is_never_broken(monkeypatch, capsys):
    """On a narrow terminal, too, it can be copied into the next command."""
    monkeypatch.setenv("COLUMNS", NARROW)
    monkeypatch.setenv("FORCE_COLOR", "1")
    heads = ("product", "firmware", "state", "held_by")
    row = {"serial_number": "e66164084373532f", "path": "/dev/serial/by-id/usb-MicroPython_Board_in_FS_mode"}
    print_table([row | dict.fromkeys(heads, "not asked")])

    assert "e66164084373532f" in capsys.readouterr().out
