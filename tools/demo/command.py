"""dosevakt demo: the whole system on this machine, to look at or to play a story."""

import signal
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from tools.demo.player import play
from tools.demo.show import Show
from tools.demo.stories import STORIES
from tools.demo.story import Story, one_line
from tools.demo.town import BOARD_PORT, TABLET, Town
from tools.exit_codes import OK, REFUSED, USAGE
from tools.manners.help import Helped
from tools.refusal import Refusal, told

LABELS = ["Flat 12", "Flat 14"]
SHOW_RATE = 10.0
# The link takes 15 s of silence for a lost peer: half a real second at this rate, as long as a busy machine may stall.
STORY_RATE = 30.0
HIGHEST_RATE = 200.0  # above, one lost scheduling slice of a busy machine is longer than the link's patience
ANY_PORT = 0
LIST, ALL = "list", "all"


class DemoCommand(Helped):
    """`--story` without a name asks for the list: the parser itself would only say that a name is missing."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        for at, word in enumerate(args):
            if word == "--story" and (at + 1 == len(args) or args[at + 1].startswith("-")):
                args = [*args[: at + 1], LIST, *args[at + 1 :]]
                break
        return super().parse_args(ctx, args)


@told
def demo(
    story: Annotated[str | None, typer.Option(help="Play this story; without a name: list them.")] = None,
    leave: Annotated[bool, typer.Option("--exit", help="End when the story has ended.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The story as one JSON line per step.")] = False,
    rate: Annotated[float | None, typer.Option(help="Virtual seconds per second, 1 to 200.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Keep all state here; else forgotten.")] = None,
) -> None:
    """Start broker, centre, hub and virtual dispensers; print what to look at; end on Ctrl-C.

    With --story and --exit the exit code is 0 only if every step was seen.  --story all --exit plays one after
    the other.
    """
    if story == LIST:
        typer.echo("\n".join(f"{name:17}{one_line(told)}" for name, told in STORIES.items()))
        return
    chosen = rate if rate is not None else STORY_RATE if story else SHOW_RATE
    _check(story, chosen, leave)
    signal.signal(signal.SIGTERM, _interrupt)
    with tempfile.TemporaryDirectory(prefix="dosevakt-demo-") as temporary:
        try:
            where = Path(folder or temporary)
            if story == ALL:
                code = _run_all(where, chosen, as_json)
            else:
                code = _run(where, chosen, STORIES[story] if story else None, leave, as_json)
        except KeyboardInterrupt:
            _say("ended")
            code = USAGE if leave else OK  # a script that waits for the end has not seen it
    raise typer.Exit(code)


def _check(story: str | None, rate: float, leave: bool) -> None:
    if story is not None and story != ALL and story not in STORIES:
        raise Refusal(USAGE, f"There is no story {story!r}; there is: {', '.join(STORIES)}, or {ALL}.")
    if story == ALL and not leave:
        raise Refusal(USAGE, "All stories are played one after the other: give --exit too.")
    if not 1 <= rate <= HIGHEST_RATE:
        raise Refusal(USAGE, f"The rate {rate:g} is out of bounds: 1 to {HIGHEST_RATE:g}.")


def _run_all(folder: Path, rate: float, as_json: bool) -> int:
    codes = []
    for name, story in STORIES.items():
        _say(f"== {name}")
        codes.append(_run(folder / name, rate, story, True, as_json))
    return max(codes)


def _run(folder: Path, rate: float, story: type[Story] | None, leave: bool, as_json: bool) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    labels = LABELS[: story.FLATS] if story else LABELS
    # Nobody looks at a board that ends with its story, and two stories may begin at the same moment.
    port, model = ANY_PORT if leave else BOARD_PORT, story.MODEL if story else TABLET
    with Town(folder, rate, labels, _say, board_port=port, model=model) as town:
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
