"""A patient who takes the medicine: sees the light, presses, takes what comes.  One thread."""

import threading
from collections.abc import Callable

from tools.emulator.bench_client import BenchError
from tools.emulator.dispenser import VirtualDispenser

LOOK_EVERY_S = 0.2


class Patient:
    """Lives beside one dispenser from start() to stop().  say: what to tell of it."""

    def __init__(self, dispenser: VirtualDispenser, say: Callable[[str], None]) -> None:
        self._dispenser = dispenser
        self._say = say
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._live, name="patient")

    def start(self) -> None:
        """Begin to live there."""
        self._thread.start()

    def stop(self) -> None:
        """Leave."""
        self._gone.set()
        self._thread.join()

    def _live(self) -> None:
        while not self._gone.wait(LOOK_EVERY_S):
            try:
                self._look()
            except (BenchError, OSError):
                return  # the dispenser is gone: the demo is ending

    def _look(self) -> None:
        facts = self._dispenser.read()
        if not facts["light"]:
            return
        if facts["position"] == 0:
            self._dispenser.press()
        else:
            taken = len(facts["taken"])
            self._dispenser.take()
            if len(self._dispenser.read()["taken"]) > taken:
                self._say("the patient took a dose")
