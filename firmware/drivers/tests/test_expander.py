"""The expander's driver on the emulated chip: door, lid, bolt and motors hang on it."""

from firmware.drivers.expander import Expander

OLAT_B, CUTTER = 0x15, 0


class Registers:
    """The chip's registers on a bus that can lose a write."""

    def __init__(self):
        self.all = bytearray(0x16)
        self.lose = 0

    def readfrom_mem(self, address, register, count):
        return bytes(self.all[register : register + count])

    def writeto_mem(self, address, register, data):
        if self.lose:
            self.lose -= 1
            raise OSError(5)
        self.all[register : register + len(data)] = data


def test_a_blade_whose_stop_got_lost_on_the_bus_stops_at_the_next_look():
    """The write that switches the cutter off is lost: the next look at any switch finds it turning and stops it."""
    chip = Registers()
    expander = Expander(chip)
    expander.inputs()
    blade = expander.line(CUTTER)
    blade.value(1)
    assert chip.all[OLAT_B] == 1
    chip.lose = 1
    blade.value(0)
    assert chip.all[OLAT_B] == 1 and expander.silent
    expander.line(2).value()
    assert chip.all[OLAT_B] == 0 and not expander.silent


def test_a_closed_and_empty_dispenser_reads_so(roll_trial):
    """Lid and door closed, drawer and chamber empty, and what is not there is taken once only when it has been away."""
    answer = roll_trial("lines").run(for_ms=3000)

    assert answer == [False, "closed", False, 1, [False] * 3, False]


def test_a_silent_expander_proves_nothing(roll_trial):
    """It does not answer: the lid counts as open, the door as nowhere, and nothing as taken."""
    answer = roll_trial("lines").run((500, "expander", {"ok": False}), for_ms=3000)

    assert answer[1:] == ["unknown", False, 1, [False] * 3, True]


def test_the_door_moves_and_proves_both_ends(roll_trial):
    """Opened and closed by the servo, proven by switches on the expander."""
    assert roll_trial("door").run(for_ms=5000) == ["open", "closed"]


def test_the_bolt_holds_the_lid(roll_trial):
    """While it is drawn the lid can be opened, also when it is out again; closed, it is locked."""
    bench = roll_trial("bolt")

    assert bench.run((500, "lid", {"open": True}), for_ms=4000) == [True, True]


def test_a_watchdog_restart_switches_off_what_was_on(roll_trial):
    """The firmware hangs while the bolt has current: after the restart it has none, though the chip was not reset."""
    bench = roll_trial("hang_with_current")

    assert bench.run(for_ms=20_000) is True
    assert bench.facts["lock"] == "locked"
