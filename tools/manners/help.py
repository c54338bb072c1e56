"""How --help reads: paragraphs as wide as the terminal, an example, and no type behind a switch that takes no word."""

from shutil import get_terminal_size
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from tools.manners.examples import EXAMPLES

FRAMED = 80  # columns


class Helped(TyperCommand):
    """A command whose help is laid out so."""

    def __init__(self, *args: Any, help: str | None = None, **more: Any) -> None:
        super().__init__(*args, help=flowing(help), **more)

    def get_params(self, ctx: Any) -> list[Any]:
        """Typer writes <bool> behind every switch, as if `--yes` wanted a word."""
        return _without_types(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """A narrow terminal gets it without frames, which would cut off the options' names."""
        if get_terminal_size().columns < FRAMED:
            self.rich_markup_mode = None
        super().format_help(ctx, formatter)


class HelpedGroup(TyperGroup):
    """A group of commands, laid out alike."""

    def get_params(self, ctx: Any) -> list[Any]:
        """As Helped."""
        return _without_types(super().get_params(ctx))


def laid_out(app: typer.Typer, before: str = "") -> None:
    """Give every command below `app` its layout and its example.  before: the words in front of its commands."""
    app.info.cls = HelpedGroup
    for command in app.registered_commands:
        name = before + str(command.name or getattr(command.callback, "__name__", ""))
        command.cls = Helped if command.cls is TyperCommand else command.cls
        command.epilog = f"Example: {EXAMPLES[name]}"
    for group in app.registered_groups:
        if group.typer_instance is not None:
            laid_out(group.typer_instance, f"{group.name} ")


def flowing(text: str | None) -> str | None:
    """Each paragraph in one line: where it breaks is the terminal's business, not the source file's."""
    if text is None:
        return None
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _without_types(params: list[Any]) -> list[Any]:
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
    return params
