"""Somebody who refills a dispenser: what staff give this person, what the hands do, and what the eyes read."""

from typing import Any

from tools.demo.flat import Seen
from tools.demo.stage import Stage, short

OK, BACK = "#", "*"  # as the bench calls the two keys beside the digits (tools/emulator/board/README.md)
ASKED_WORDS = "Hold your tag"  # firmware/refill/words/en.py


class Filler:
    """role: relative, nurse or technician.  `pin` and `tag_uid` are there when staff have given them."""

    def __init__(self, stage: Stage, role: str) -> None:
        self.stage, self.flat, self.role = stage, stage.flat, role
        self.pin = self.tag_uid = self.credential = ""

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
        event = self.stage.event("CommandAccepted", counter=answer["counter"])
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

    def opens_lid(self) -> None:
        """With the key of the household."""
        self.flat.bench("lid", open=True)

    def closes_lid(self) -> None:
        """And turns the key."""
        self.flat.bench("lid", open=False)

    # ---- both

    def says_ok(self, words: str) -> list[str]:
        """Read these words, and agree."""
        lines = self.flat.shows(words)
        self.types(OK)
        return lines

    def identifies(self) -> list[str]:
        """Touch a key, read the question, and answer it with what staff have given; returns the question."""
        self.types(OK)
        asked = self.flat.shows(ASKED_WORDS)
        if self.tag_uid:
            self.holds(self.tag_uid)
        else:
            self.types(self.pin + OK)
        return asked

    def started(self) -> Seen:
        """The dispenser knows who it is; so does the centre, by the credential alone."""
        return short(self.stage.event("RefillStarted", credential=self.credential))
