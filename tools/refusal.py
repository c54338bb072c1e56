"""How a command of ours ends when it cannot do what was asked."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from tools.exit_codes import USAGE

Args = ParamSpec("Args")


class Refusal(Exception):
    """One sentence for a person (what, where, what to do) and the exit code for a script."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def told(command: Callable[Args, None]) -> Callable[Args, None]:
    """Make a command end with its Refusal's sentence on stderr and its exit code; with --json also as an event."""

    @wraps(command)
    def run(*args: Args.args, **kwargs: Args.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Refusal as refusal:
            _end(refusal, bool(kwargs.get("as_json")))
            raise typer.Exit(refusal.code) from refusal
        except (KeyboardInterrupt, typer.Abort) as interrupt:  # Abort: at a password's prompt
            words = "Interrupted. Run the same command again; it goes on where it can."
            _end(Refusal(USAGE, words), bool(kwargs.get("as_json")))
            raise typer.Exit(USAGE) from interrupt

    return run


def _end(refusal: Refusal, as_json: bool) -> None:
    from tools.manners.progress import ndjson  # it shows bars, and most commands never need one

    if as_json:
        ndjson(sys.stdout, result="refused", code=refusal.code, sentence=str(refusal))
    typer.echo(str(refusal), err=True)
