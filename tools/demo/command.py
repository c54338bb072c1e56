"""dosevakt demo: the whole system on this machine, to look at or to play a story."""

import signal
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from tools.demo.show import Show
from tools.demo.story import LABELS, RATE, STORIES, play
from tools.demo.town import Town
from tools.exit_codes import OK, REFUSED, USAGE
from tools.refusal import Refusal, told

SHOW_RATE = 10.0
HIGHEST_RATE = 200.0  # above, one lost scheduling slice of a busy machine is longer than the link's patience


@told
def demo(
    story: Annotated[str | None, typer.Option(help="Play this story: missed-dose.")] = None,
    leave: Annotated[bool, typer.Option("--exit", help="End when the story has ended.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The story as one JSON line per step.")] = False,
    rate: Annotated[float | None, typer.Option(help="Virtual seconds per second, 1 to 200.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Keep all state here; else forgotten.")] = None,
) -> None:
    """Start broker, centre, hub and two virtual dispensers; print what to look at; end on Ctrl-C.

    With --story and --exit the exit code is 0 only if every step was seen at the centre.
    """
    chosen = rate if rate is not None else RATE if story else SHOW_RATE
    if story is not None and story not in STORIES:
        raise Refusal(USAGE, f"There is no story {story!r}; there is: {', '.join(STORIES)}.")
    if not 1 <= chosen <= HIGHEST_RATE:
        raise Refusal(USAGE, f"The rate {chosen:g} is out of bounds: 1 to {HIGHEST_RATE:g}.")
    signal.signal(signal.SIGTERM, _interrupt)
    with tempfile.TemporaryDirectory(prefix="dosevakt-demo-") as temporary:
        try:
            code = _run(Path(folder or temporary), chosen, story, leave, as_json)
        except KeyboardInterrupt:
            _say("ended")
            code = OK
    raise typer.Exit(code)


def _run(folder: Path, rate: float, story: str | None, leave: bool, as_json: bool) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    with Town(folder, rate, LABELS, _say) as town:
        code = OK
        if story:
            _say(f"the board: {town.centre.url}   log in as demo / demo")
            code = OK if play(town, story, as_json, _say) else REFUSED
        else:
            Show(town, _say).begin()
        if leave:
            return code
        while True:
            town.check()
            time.sleep(1)


def _say(sentence: str) -> None:
    typer.echo(sentence, err=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
