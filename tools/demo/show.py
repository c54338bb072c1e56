"""The demo that a person watches: one patient who takes the medicine, one who does not."""

from collections.abc import Callable

from tools.demo.patient import Patient
from tools.demo.plans import plan, tablets
from tools.demo.town import ACCOUNT, PASSWORD, Home, Town
from tools.demo.witness import Witness

LEAD_S = 300
EVERY_S = 1200
WINDOW_S = 600
COUNT = 28  # a full tray
START_LIMIT_REAL_S = 60.0
STORE_PLAN = 16  # protocol/commands.py


class Show:
    """begin() gives both homes a plan and says what to look at; then the town runs by itself."""

    def __init__(self, town: Town, say: Callable[[str], None]) -> None:
        self._town = town
        self._say = say
        self._witness = Witness(town, START_LIMIT_REAL_S)

    def begin(self) -> None:
        """Load both dispensers, let the first patient live, and tell people what to look at."""
        for home in self._town.homes:
            self._witness.event(home, "ClockSet", source=3)
            self._load(home)
        Patient(self._town.homes[0].dispenser).start()
        self._tell()

    def _load(self, home: Home) -> None:
        written = plan(self._town.now_s() + LEAD_S, COUNT, EVERY_S, WINDOW_S, "en")
        home.dispenser.fill(tablets(written))
        path = f"/api/devices/{home.device_id}/plans"
        answer = self._town.centre.post(path, written)
        self._witness.event(home, "CommandAccepted", counter=answer["counter"], command_type=STORE_PLAN)
        self._town.centre.post(f"{path}/{answer['plan_id']}/activate")
        self._witness.event(home, "PlanActivated", plan_id=answer["plan_id"])

    def _tell(self) -> None:
        rate = self._town.rate
        first, second = (home.label for home in self._town.homes)

        def real(virtual_s: int) -> str:
            seconds = round(virtual_s / rate)
            return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"

        pre_alarm, missed = real(WINDOW_S // 2), real(WINDOW_S)
        self._say(f"""
  The board     {self._town.centre.url}     log in as {ACCOUNT} / {PASSWORD}
  The clock     runs {rate:g} times as fast as yours

  In {real(LEAD_S)} a dose falls due in both flats, and then every {real(EVERY_S)}.
  {first}       somebody is at home and takes it: no alarm.
  {second}       nobody comes: a pre-alarm after {pre_alarm}; after {missed} the dose is missed, and locked.
  Claim the alarm on the board, and close it with a reason.

  Keys, databases, logs and the dispensers' flash are in {self._town.folder}
  Ctrl-C ends everything.
""")
