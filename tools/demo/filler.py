"""Somebody who refills a dispenser: what staff give this person, what the hands do, and what the eyes read.

The words are those of firmware/refill/words/en.py.
"""

from collections.abc import Callable
from typing import Any

from protocol.refill_commands import AddCredential
from tools.demo.flat import Often, Seen
from tools.demo.stage import Stage, short
from tools.demo.witness import Event, Facts

OK, BACK = "#", "*"  # as the bench calls the two keys beside the digits (tools/emulator/README.md)
QUESTIONS = (
    "or type your PIN",
    "eller tast PIN",
)  # no plan is in force yet: the language is that of the factory
Screens = list[list[str]]


class Filler:
    """role: relative, nurse or technician.  `pin` and `tag_uid` are there when staff have given them.

    `screens`: every screen that was read, since they were last handed over.
    """

    def __init__(self, stage: Stage, role: str) -> None:
        self.stage, self.flat, self.role = stage, stage.flat, role
        self.pin = self.tag_uid = self.credential = ""
        self.screens: Screens = []
        self._started_seq = 0

    # ---- what staff give

    def gets_pin(self) -> Seen:
        """The centre makes a PIN and tells it once."""
        answer = self._given({"pin": True})
        self.pin = answer["pin"]
        return self._known(answer)

    def gets_tag(self, uid: str) -> Seen:
        """A tag from the drawer at the office."""
        self.tag_uid = uid
        return self._known(self._given({"tag_uid": uid}))

    def _given(self, what: dict[str, Any]) -> Any:
        answer = self.stage.post("credentials", {"role": self.role, **what})
        self.credential = answer["credential"]
        return answer

    def _known(self, answer: dict[str, Any]) -> Seen:
        added = AddCredential.TYPE
        event = self.stage.event("CommandAccepted", counter=answer["counter"], command_type=added)
        return {**short(event), "credential": self.credential, "role": self.role}

    # ---- hands

    def types(self, keys: str) -> None:
        """Digits, OK and BACK on the keypad under the flap."""
        self.flat.bench("key", keys=keys)

    def holds(self, uid: str, data: str = "") -> None:
        """A tag at the reader, a person's or a tray's, for as long as nobody takes it away."""
        self.flat.bench("tag", uid=uid, data=data)

    def takes_tag_away(self) -> None:
        """Nothing is held at the reader."""
        self.flat.bench("tag", uid=None)

    def lid(self, is_open: bool) -> None:
        """With the key of the household."""
        self.flat.bench("lid", open=is_open)

    # ---- eyes

    def reads(self, words: str) -> list[str]:
        """Wait until these words stand on the panel; returns all lines."""
        self.screens.append(self.flat.shows(words))
        return self.screens[-1]

    def handed_over(self) -> Screens:
        """The screens that were read since this was last asked."""
        read, self.screens = self.screens, []
        return read

    # ---- both

    def agrees(self, words: str) -> None:
        """Read these words, and press OK."""
        self.reads(words)
        self.types(OK)

    def hears(self, act: Callable[[], None], words: str) -> list[str]:
        """Do this, and read the words that stand there for 15 s only: half a real second, seen as they come."""
        events = self.flat.bench_client.events
        events.clear()
        self.flat.bench_client.watch()
        act()

        def look() -> list[str] | None:
            now = self.flat.dispenser.read()["text"]  # asking also brings the events
            texts = [*(event["lines"] for event in list(events) if event["event"] == "text"), now]
            return next((lines for lines in texts if words in " ".join(lines)), None)

        self.screens.append(self.stage.witness.until(look, f"'{words}' on the panel"))
        self.flat.bench_client.watch(False)
        return self.screens[-1]

    def identifies(self) -> Seen:
        """Touch a key, read the question, answer it; the centre gets to know the credential and the role."""
        self.asks()
        if self.tag_uid:
            self.holds(self.tag_uid)
        else:
            self.types(self.pin + OK)
        event = self.stage.witness.until(self._started, f"the {self.role} known by the dispenser")
        self._started_seq = event["seq"]
        if self.tag_uid:
            self.takes_tag_away()
        return {**short(event), "role": event["body"]["role"], "screens": self.handed_over()}

    def _started(self) -> Event | None:
        """A session of this person that was not there before."""
        rows = (e for e in self.stage.get("events") if e["name"] == "RefillStarted")
        mine = (e for e in rows if e["body"]["credential"] == self.credential)
        return next((e for e in mine if e["seq"] > self._started_seq), None)

    def asks(self, words: str = "") -> list[str]:
        """Touch a key until these words answer, or the question who is there; returns all lines."""
        often = Often(lambda: self.types(OK))

        def asked(facts: Facts) -> bool:
            often.again()
            shown = " ".join(facts["text"])
            return words in shown if words else any(question in shown for question in QUESTIONS)

        self.screens.append(self.flat.sees(asked, words or "the question who is there")["text"])
        return self.screens[-1]

    def fills(self, slots: dict[int, int]) -> None:
        """Slot by slot, under the open lid: what lies there comes out, what the words say goes in."""
        for slot, tablets in slots.items():
            if "Take it out" in self._at(slot):
                self.flat.bench("fill", slots={str(slot): 0})
                self.types(OK)
                self._at(slot, "tablets")
            self.flat.bench("fill", slots={str(slot): tablets})
            self.types(OK)

    def _at(self, slot: int, words: str = "") -> str:
        """Wait until this slot lies at the opening and another screen speaks of it; returns its words."""
        before = self.screens[-1] if self.screens else []

        def fits(facts: Facts) -> bool:
            shown = " ".join(facts["text"])
            of_a_slot = "tablets" in shown or "Take it out" in shown
            return facts["position"] == slot and of_a_slot and words in shown and facts["text"] != before

        self.screens.append(self.flat.sees(fits, f"words about slot {slot} {words}")["text"])
        return " ".join(self.screens[-1])
