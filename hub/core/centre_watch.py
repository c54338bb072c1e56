"""Does the centre answer?  A broker that takes everything may stand before a centre that is away.  Pure."""

# A receipt comes within seconds while the way is open (docs/faults.md); a device that is told
# after this minute shows it within the next.  In real time: a demo's broker is no faster than its machine.
SILENT_AFTER_MS = 60_000


class CentreWatch:
    """`silent` holds over a reconnect: only a receipt proves that somebody is there."""

    def __init__(self) -> None:
        self.silent = False
        self._asked_ms: int | None = None  # since when something that was sent has had no answer

    def sent(self, now_ms: int) -> None:
        """Events went up."""
        if self._asked_ms is None:
            self._asked_ms = now_ms

    def answered(self) -> bool:
        """A receipt came.  True if the centre had been silent."""
        was_silent, self.silent, self._asked_ms = self.silent, False, None
        return was_silent

    def connection_lost(self) -> None:
        """What was under way may be lost with the connection: it is no question any more."""
        self._asked_ms = None

    def due_ms(self) -> int | None:
        """When somebody must look whether the silence means something; None while nothing is owed."""
        return None if self.silent or self._asked_ms is None else self._asked_ms + SILENT_AFTER_MS

    def judge(self, owes_answer: bool, now_ms: int) -> None:
        """The time has come.  owes_answer: something that was sent is of a sender whom the centre has answered before.

        An event of a dispenser that nobody has enrolled yet gets no receipt: that silence says nothing.
        """
        self.silent = owes_answer
        self._asked_ms = None if owes_answer else now_ms
