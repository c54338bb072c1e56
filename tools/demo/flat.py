"""One flat with its dispenser: what hands do there, what eyes see, and a limit to all waiting."""

import time
from collections.abc import Callable
from typing import Any

from tools.demo.town import Home, Town
from tools.demo.witness import Facts, NotSeen, Witness
from tools.emulator.bench_client import BenchClient

Seen = dict[str, Any]

PRESS_EVERY_REAL_S = 3.0
SOON_S = 30  # virtual: a real second at 30x
FAR_SLOT = 14  # half a turn, the longest way: 4 s at 2 ms a step (firmware/drivers/stepper.py)
IN_REACH = "moves", "taken", "shutter", "pills", "drawer"  # a tray has pills, a roll a drawer
MID_TURN_MS = 2000  # after the press: the intent is written down, and the turn is not over


class Flat:
    """starts: of the dispenser, that the story knows of."""

    def __init__(self, town: Town, home: Home, witness: Witness) -> None:
        self.dispenser = home.dispenser
        self.starts = 0
        self._begun_s = town.clock.shows_utc_s
        self._home = home
        self._witness = witness

    # ---- hands

    def press(self) -> None:
        """A finger on the button."""
        self.dispenser.press()

    def take(self) -> None:
        """A hand takes what lies at the opening."""
        self.dispenser.take()

    def power_on(self) -> None:
        """The power comes back."""
        self.bench("power", on=True)
        self.starts += 1

    def bench(self, do: str, **fields: Any) -> None:
        """Anything else that hands and world can do to the dispenser (tools/emulator/board/README.md)."""
        self.dispenser.ask(do, **fields)

    def press_and_then(self, do: str, **fields: Any) -> None:
        """Press for the dose in FAR_SLOT, and do something in the middle of the turn, however busy the machine is."""
        soon_ms = int(self.dispenser.read()["utc_s"] - self._begun_s + SOON_S) * 1000
        self.bench("press", at_ms=soon_ms)
        self.bench(do, at_ms=soon_ms + MID_TURN_MS, **fields)

    # ---- eyes

    @property
    def bench_client(self) -> BenchClient:
        """Hears each light, tone and word, while it is told to watch."""
        return self.dispenser.bench

    def sees(self, fits: Callable[[Facts], bool], what: str) -> Facts:
        """Wait until what can be seen of the dispenser fits; returns that reading."""
        return self._witness.reading(self._home, fits, what)

    def at_home(self) -> Facts:
        """Wait until the blank lies behind the closed shutter and nothing moves."""
        self.sees(lambda f: f["position"] == 0 and f["shutter"] == "closed", "the carousel at home, covered")
        return self.dispenser.read_at_rest()

    def shows(self, words: str) -> list[str]:
        """Wait until these words stand on the panel; returns all lines."""
        facts = self.sees(lambda f: words in _line(f["text"]), f"'{words}' on the panel")
        return list(facts["text"])

    def until_s(self, utc_s: int) -> None:
        """Wait until the dispenser's world shows this time."""
        self.sees(lambda f: bool(f["utc_s"] >= utc_s), f"the time {utc_s}")

    def answers(self, words: str) -> list[str]:
        """Press until these words are the answer; returns all lines.

        They stand there for 10 s: a third of a real second, which a busy machine may take for one press.
        """
        events = self.dispenser.bench.events
        events.clear()
        self.dispenser.bench.watch()
        often = Often(self.press)

        def look() -> list[str] | None:
            often.again()
            texts = [event["lines"] for event in events if event["event"] == "text"]
            texts.append(self.dispenser.read()["text"])  # or they stood there before the press, and still do
            return next((lines for lines in texts if words in _line(lines)), None)

        shown = self._witness.until(look, f"'{words}' as an answer to a press")
        self.dispenser.bench.watch(False)
        return shown

    def press_in_vain(self, words: str) -> Seen:
        """Press, and see that these words are the answer, and that nothing moves and nothing can be reached."""
        before = self.dispenser.read_at_rest()
        shown = self.answers(words)
        after = self.dispenser.read_at_rest()
        for name in IN_REACH:
            same = after.get(name) == before.get(name)
            wanted(same, f"a press that leaves '{name}' as it was ({before.get(name)})")
        return {"text": shown, "motor_steps": 0, "shutter": after["shutter"]}


class Often:
    """A person who presses again when nothing has come of it: again() is called all the time, the button is not."""

    def __init__(self, press: Callable[[], None]) -> None:
        self._press = press
        self._pressed_s: float | None = None

    def again(self) -> None:
        """Press now, if it was not pressed lately."""
        now_s = time.monotonic()
        if self._pressed_s is None or now_s - self._pressed_s > PRESS_EVERY_REAL_S:
            self._pressed_s = now_s
            self._press()


def wanted(fact: bool, what: str) -> None:
    """Raise NotSeen when a fact is not as it must be."""
    if not fact:
        raise NotSeen(what)


def _line(lines: list[str]) -> str:
    return " ".join(lines)
