"""How a command of ours ends when it cannot do what was asked."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

Args = ParamSpec("Args")


class Refusal(Exception):
    """One sentence for a person (what, where, what to do) and the exit code for a script."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def told(command: Callable[Args, None]) -> Callable[Args, None]:
    """Make a command end with its Refusal's sentence on stderr and its exit code."""

    @wraps(command)
    def run(*args: Args.args, **kwargs: Args.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Refusal as refusal:
            typer.echo(str(refusal), err=True)
            raise typer.Exit(refusal.code) from refusal

    return run
