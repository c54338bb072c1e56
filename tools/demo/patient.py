"""A patient who takes the medicine: sees the light, presses, takes what comes.  One thread."""

import threading
import time

from tools.emulator.bench_client import BenchError
from tools.emulator.dispenser import VirtualDispenser

LOOK_EVERY_S = 0.2


class Patient:
    """Lives beside one dispenser until it is gone."""

    def __init__(self, dispenser: VirtualDispenser) -> None:
        self._dispenser = dispenser
        self._thread = threading.Thread(target=self._live, name="patient", daemon=True)

    def start(self) -> None:
        """Begin to live there."""
        self._thread.start()

    def _live(self) -> None:
        while True:
            try:
                self._look()
            except (BenchError, OSError):
                return  # the dispenser is gone: the demo is ending
            time.sleep(LOOK_EVERY_S)

    def _look(self) -> None:
        facts = self._dispenser.read()
        if facts["light"] and facts["position"] == 0:
            self._dispenser.press()
        elif facts["position"]:
            self._dispenser.take()
