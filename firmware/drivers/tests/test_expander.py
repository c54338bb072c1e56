"""The expander's driver on the emulated chip: door, lid, bolt and motors hang on it."""


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
