"""Play a story: one line per step on stdout, and whether all of it was seen."""

import json
import time
from collections.abc import Callable

from tools.demo.flat import Seen
from tools.demo.stage import Stage
from tools.demo.story import Story, steps_of
from tools.demo.town import Town
from tools.demo.witness import NotSeen
from tools.emulator.bench_client import BenchError
from tools.refusal import Refusal

# What ends a story: not seen, not answered in time, or refused by bench or centre.
MISSING = (NotSeen, BenchError, TimeoutError, Refusal)
LAST_EVENTS, LAST_WORDS = 20, 800  # enough to see why, on one screen


def play(town: Town, story: type[Story], as_json: bool, say: Callable[[str], None]) -> bool:
    """Play the story in a town that has started.  Returns True when every step was seen."""
    started_s = time.monotonic()
    told = story(Stage(town))
    for step in steps_of(story):
        try:
            seen = step.act(told)
        except MISSING as missing:
            _print(step.name, False, started_s, {"missing": str(missing)}, as_json)
            say(f"The story stopped at '{step.name}': {missing}.")
            _tell_why(told.stage, say)
            return False
        _print(step.name, True, started_s, seen, as_json)
    return True


def _tell_why(stage: Stage, say: Callable[[str], None]) -> None:
    """What the centre knows of the dispenser and what it printed: the folder of a story is gone when it ends."""
    try:
        for event in reversed(stage.get("events")[:LAST_EVENTS]):
            body = {name: value for name, value in event["body"].items() if value is not None}
            say(f"  {event['seq']:4} {event['utc_s']} boot {event['boot']} {event['name']} {body}")
    except Refusal as refusal:
        say(f"  {refusal}")
    try:
        say("  the panel: " + " / ".join(stage.flat.dispenser.read()["text"]))
    except BenchError as error:
        say(f"  {error}")
    say(stage.flat.dispenser.console()[-LAST_WORDS:])


def _print(step: str, seen: bool, started_s: float, facts: Seen, as_json: bool) -> None:
    real_s = round(time.monotonic() - started_s, 2)
    if as_json:
        line = json.dumps({"step": step, "seen": seen, **facts, "real_s": real_s}, ensure_ascii=False)
    else:
        line = f"{real_s:6.1f} s  {'seen' if seen else 'NOT SEEN'}  {step}"
    print(line, flush=True)
