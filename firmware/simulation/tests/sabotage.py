"""The firmware with one promise broken on purpose, in a process that plays a day with some of its power cuts.

`python -m firmware.simulation.tests.sabotage NAME MEDIUM DAY` prints what the audit finds, as worker.py does.
"""

import json
import sys

from firmware.simulation import stage
from firmware.simulation.tests import sabotage_of_rolls


def forget_what_was_in_hand():
    """After a restart nobody asks what lay between intent and outcome."""
    from firmware.core import agenda

    agenda.left_in_hand = lambda ledger: None


def offer_it_again():
    """After a restart the dose in hand counts as not given."""
    from firmware.core import ledger
    from firmware.core.phases import DUE
    from firmware.simulation.history import name_of

    apply = ledger.Ledger.apply

    def forgiving(self, seq, head, boot, utc_s, body):
        apply(self, seq, head, boot, utc_s, body)
        if name_of(body) == "DoseUncertain":
            self.doses[body.dose_id] = (DUE, 1, 0, utc_s)

    ledger.Ledger.apply = forgiving
    ledger.Ledger.check = lambda self, body: None


def believe_the_motor():
    """Wherever it was last sent, there it is."""
    from firmware.drivers.carousel import Carousel

    Carousel.position = lambda self: getattr(self, "sent_to", 0)
    turn = Carousel.turn_to

    async def turn_to(self, position):
        self.sent_to = position
        await turn(self, position)

    Carousel.turn_to = turn_to


def move_before_the_journal():
    """The motor starts while the intent is still being signed."""
    from firmware.shell.in_hand import InHand
    from firmware.simulation.history import name_of

    do = InHand._do

    async def hasty(self, dose, action):
        if name_of(getattr(action, "body", None)) == "ReleaseIntended":
            await self._board.carousel.turn_to(dose.slot)
        return await do(self, dose, action)

    InHand._do = hasty


def half_remember_the_plan():
    """What is kept of a plan is the plan, but for the slot of its last dose."""
    from firmware.core import schedule

    encode = schedule.Schedule.encode

    def garbled(self):
        doses, at = self._doses, len(self._doses) - schedule.DOSE_BYTES + schedule.ID_BYTES
        self._doses = doses[:at] + bytes([doses[at] + 1]) + doses[at + 1 :]
        try:
            return encode(self)
        finally:
            self._doses = doses

    schedule.Schedule.encode = garbled


def stay_open_late():
    """A window is one hour longer than it is."""
    from firmware.core.schedule import Schedule

    dose = Schedule.dose

    def longer(self, index, ledger):
        found = dose(self, index, ledger)
        found.closes_s += 3600
        return found

    Schedule.dose = longer


def main(name, medium, day):
    """Stage, break, play."""
    stage.install()
    if name not in globals():  # what is broken must not be loaded anew
        stage.put_in_place("firmware.shell.rare", drop=lambda *names: None)
    (globals().get(name) or getattr(sabotage_of_rolls, name))()
    from firmware.simulation.cuts import cut_everywhere

    share = (0, 3) if name in globals() else (0, 11)  # what is broken on a roll shows sooner
    print(json.dumps(vars(cut_everywhere((medium, day), share))))


if __name__ == "__main__":
    main(*sys.argv[1:])
