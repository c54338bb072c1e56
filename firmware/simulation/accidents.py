"""What goes wrong in a home: how often in a year, and what it is.

The numbers are chosen so that in a fleet's year each happens some hundred times, several at once too; they are no
statistics of real homes.
"""

from firmware.simulation.flash import TORN, WHOLE
from firmware.simulation.media import TRAY

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

# word -> times a year in one home
A_YEAR = {
    "brown_out": 8,
    "cut_in_a_write": 12,
    "cut_in_a_motion": 12,
    "mains_fail": 6,
    "lean": 12,
    "overturn": 2,
    "shutter_sticks": 4,
    "force_the_shutter": 2,
    "beam_covered": 4,
    "lid_left_open": 8,
    "clock_steps": 1,
    "clock_dies": 1,
    "hub_lies": 2,
    "cable_out": 4,
    "path_down": 8,
    "receipts_stop": 3,
    "senses_fail": 2,
}
ON_A_TRAY = {"turn_the_tray": 4, "stall": 6, "encoder_fails": 2}
ON_A_ROLL = {
    "roll_sticks": 6,
    "cutter_sticks": 4,
    "flap_sticks": 4,
    "reader_fails": 4,
    "chamber_blind": 2,
    "mark_dirty": 2,
    "spoil_a_pouch": 8,
    "pull_the_roll": 4,
}


def of_a_week(dice, medium):
    """[(ms into the week, word)] of one week, in no order."""
    rows = []
    for word, times in {**A_YEAR, **(ON_A_TRAY if medium is TRAY else ON_A_ROLL)}.items():
        for _ in range(_poisson(dice, times / 52)):
            rows.append((dice.randrange(7 * DAY), word))
    return rows


def _poisson(dice, mean):
    count, at = 0, dice.expovariate(1)
    while at < mean:
        count, at = count + 1, at + dice.expovariate(1)
    return count


class Accidents:
    """The acts by these words; `do(ms from now, name, arguments ...)` plans what follows from them."""

    def __init__(self, dice, do):
        self._dice = dice
        self._do = do

    def happen(self, word):
        """It happens now."""
        getattr(self, "_" + word)()

    def _for(self, ms, begin, end):
        self._do(0, *begin)
        self._do(ms, *end)

    def _span(self, low, high):
        return self._dice.randrange(low, high)

    def _brown_out(self):
        self._do(0, "brown_out", self._span(200, 20 * MINUTE))

    def _cut_in_a_write(self):
        how = self._dice.choice((WHOLE, WHOLE, *TORN))
        self._do(0, "cut_at", "flash", self._span(1, 40), how)

    def _cut_in_a_motion(self):
        self._do(0, "cut_at", "motor", self._span(1, 12), WHOLE)

    def _mains_fail(self):
        self._for(
            self._dice.choice((5 * MINUTE, 2 * HOUR, 12 * HOUR, 40 * HOUR)), ("mains", False), ("mains", True)
        )

    def _lean(self):
        self._for(self._span(2000, 20 * MINUTE), ("tilt", self._span(20, 110)), ("tilt", 0))

    def _overturn(self):
        self._for(self._span(2000, 20 * MINUTE), ("tilt", self._span(125, 181)), ("tilt", 0))

    def _turn_the_tray(self):
        self._do(0, "lid", True)
        self._do(20_000, "turn", self._dice.choice((-7, -1, 0.4, 1, 3)))
        self._do(self._span(30_000, 5 * MINUTE), "lid", False)

    def _fails(self, name, longest_ms=12 * HOUR):
        self._for(self._span(MINUTE, longest_ms), ("fault", name), ("mend", name))

    def _stall(self):
        self._fails("stall")

    def _shutter_sticks(self):
        self._fails("shutter stuck")

    def _roll_sticks(self):
        self._fails("roll stuck")

    def _cutter_sticks(self):
        self._fails("cutter stuck")

    def _flap_sticks(self):
        self._fails("flap stuck")

    def _reader_fails(self):
        self._fails("reader silent")

    def _chamber_blind(self):
        self._fails("chamber dirty")

    def _mark_dirty(self):
        self._fails("mark dirty")

    def _spoil_a_pouch(self):
        """The pharmacy has made a mistake with one of the pouches to come."""
        changes = ({"mm": 30}, {"joined": True}, {"label": "9999-001", "dose_id": b"?" * 16}, {"label": ""})
        self._do(0, "spoil", self._span(0, 12), self._dice.choice(changes))

    def _pull_the_roll(self):
        self._do(0, "lid", True)
        self._do(20_000, "pull", self._dice.choice((-5, 3, 20, 35, 70, 140)))
        self._do(self._span(30_000, 5 * MINUTE), "lid", False)

    def _force_the_shutter(self):
        self._do(0, "shove", self._dice.choice((0.5, 1.0)))
        self._do(4000, "hand")

    def _beam_covered(self):
        self._fails("beam dirty")

    def _encoder_fails(self):
        fault = self._dice.choice(("encoder silent", "magnet lost"))
        self._fails(fault, 6 * HOUR)

    def _lid_left_open(self):
        self._for(self._span(2000, 3 * HOUR), ("lid", True), ("lid", False))

    def _clock_steps(self):
        self._do(
            0, "clock", self._dice.choice((-1, 1)) * self._span(MINUTE, 3 * HOUR), self._dice.gauss(0, 2)
        )
        self._do(1000, "brown_out", 3000)

    def _clock_dies(self):
        self._do(0, "clock_dead")
        self._do(1000, "brown_out", 3000)

    def _hub_lies(self):
        self._for(
            self._span(HOUR, 6 * HOUR), ("hub_clock", self._span(-3 * HOUR, 3 * HOUR)), ("hub_clock", 0)
        )

    def _cable_out(self):
        self._for(self._span(MINUTE, self._dice.choice((HOUR, 20 * DAY))), ("cable", False), ("cable", True))

    def _path_down(self):
        self._for(self._span(MINUTE, self._dice.choice((HOUR, 10 * DAY))), ("path", False), ("path", True))

    def _receipts_stop(self):
        self._for(self._span(DAY, 40 * DAY), ("receipts", False), ("receipts", True))

    def _senses_fail(self):
        fault = self._dice.choice(("tilt silent", "gauge silent", "rtc silent"))
        self._fails(fault)
