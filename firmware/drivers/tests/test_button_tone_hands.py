"""Button, lamp, speaker, beam and lid on the emulated board."""


def events(bench, name):
    return [event for event in bench.events if event["event"] == name]


def test_one_press_counts_once(trial):
    """A press of the button, with all its bouncing at both ends, is one press."""
    assert trial("presses").run((1000, "press", {"ms": 150}), for_ms=20_000) == [1, 1]


def test_a_long_press_counts_once(trial):
    """A thumb that stays on the button for three seconds has pressed once."""
    assert trial("presses").run((1000, "press", {"ms": 3000}), for_ms=20_000) == [1, 1]


def test_a_trembling_hand_presses_once(trial):
    """Three presses within 0.8 seconds are one wish."""
    acts = [(at_ms, "press", {"ms": 60}) for at_ms in (1000, 1250, 1500)]

    assert trial("presses").run(*acts, for_ms=20_000) == [1, 1]


def test_two_wishes_count_twice(trial):
    """A second press after a second counts."""
    acts = [(at_ms, "press", {"ms": 150}) for at_ms in (1000, 2500)]

    assert trial("presses").run(*acts, for_ms=20_000) == [2, 2]


def test_the_lamp_shows_the_level_it_was_given(trial):
    """The light in the button is dark, full, a quarter and dark when it was told so."""
    bench = trial("lamp")
    bench.run(for_ms=20_000)

    assert [event["level"] for event in events(bench, "light")] == [1000, 250, 0]


def test_the_reminder_is_heard_as_it_was_written_and_can_be_stopped(trial):
    """The reminder sounds 520 and 660 Hz in turn, four pulses every 15 seconds, and falls silent when stopped."""
    bench = trial("reminder")
    bench.run()

    heard = events(bench, "tone")
    pulses = [(tone["hz"], tone["t_ms"] - heard[0]["t_ms"]) for tone in heard if tone["on"]]
    assert [hz for hz, _ in pulses] == [520, 660, 520, 660, 520, 660]
    assert [round(at_ms / 100) for _, at_ms in pulses] == [0, 5, 10, 15, 150, 155]
    assert bench.facts["tone"] == {"on": False, "hz": 0}


def test_a_hand_in_the_opening_is_seen_once(trial):
    """A hand takes the cup: the beam reports one hand, and the pills are gone."""
    bench = trial("hands")

    assert bench.run((500, "take", {}), for_ms=30_000) == 1


def test_a_quick_hand_is_seen_although_nobody_looks_just_then(trial):
    """A hand that is in and out in 40 ms is seen, even when the board looks ten times a second."""
    assert trial("hands").run((500, "take", {"ms": 40}), for_ms=30_000) == 1


def test_a_fly_is_not_a_hand(trial):
    """Something that is in the beam for 20 ms is no hand."""
    assert trial("hands").run((500, "take", {"ms": 20}), for_ms=30_000) == 0


def test_a_hand_that_stays_is_one_hand(trial):
    """A hand that rests in the opening for three seconds is reported once."""
    assert trial("hands").run((500, "take", {"ms": 3000}), for_ms=30_000) == 1


def test_the_lid_is_seen_open_and_closed_again(trial):
    """The lid is opened and closed: the device sees closed, open, closed."""
    acts = [(1000, "lid", {"open": True}), (2000, "lid", {"open": False})]

    assert trial("lid").run(*acts, for_ms=30_000) == [False, True, False]


def test_a_rattling_lid_is_not_open(trial):
    """A lid that jumps for 20 ms when something is put down hard does not count as opened."""
    acts = [(1000, "lid", {"open": True}), (1020, "lid", {"open": False})]

    assert trial("lid").run(*acts, for_ms=30_000) == [False]
