"""Feed, cutter, drawer and chamber drivers on the emulated roll."""

WAIT_MS = 1000  # roll_trials.py


def pouches(count=4, **spoiled):
    """A bench act that loads so many pouches of 70 mm; n2={...} changes the second."""
    roll = [{"label": f"4711-{n:03d}", "mm": 70, "pills": 2} for n in range(1, count + 1)]
    for name, change in spoiled.items():
        roll[int(name[1:]) - 1].update(change)
    return (10, "load_roll", {"pouches": roll})


def test_each_pouch_is_fed_cut_off_and_seen_in_the_drawer(roll_trial):
    """Two pouches lie in the drawer, whole, and the third lies ready at the cutting line."""
    bench = roll_trial("feed_and_cut_two")

    assert bench.run(pouches(), for_ms=30_000) == [[None, None, True]] * 2
    assert bench.facts["drawer"] == ["4711-001", "4711-002"]
    assert bench.facts["head"] == "4711-003"


def test_pouches_that_are_longer_or_shorter_within_the_roll_s_tolerance_are_fed(roll_trial):
    """3 mm too long, 3 mm too short: whole pouches all the same."""
    bench = roll_trial("feed_and_cut_two")

    assert bench.run(pouches(n1={"mm": 73}, n2={"mm": 67}), for_ms=30_000) == [[None, None, True]] * 2
    assert bench.facts["drawer"] == ["4711-001", "4711-002"]


def test_a_torn_pouch_is_not_cut(roll_trial):
    """Its mark comes much too early: the motion ends there, and nothing is cut off."""
    bench = roll_trial("feed_and_cut")

    assert bench.run(pouches(n1={"torn": True}), for_ms=10_000) == [["torn or short pouch", None, False]]


def test_two_pouches_that_hang_together_are_not_cut(roll_trial):
    """No mark where the first should end: not a millimetre more is fed than a pouch may be long."""
    bench = roll_trial("feed_and_cut")

    assert (
        bench.run(pouches(n1={"doubled": True}), for_ms=10_000)[0][0]
        == "no mark: doubled pouch or end of roll"
    )
    assert bench.facts["drawer"] == []


def test_the_end_of_the_roll_is_no_pouch(roll_trial):
    """After the last pouch nothing is fed: no perforation lies at the line."""
    bench = roll_trial("feed_and_cut_two")

    answers = bench.run(pouches(1), for_ms=30_000)

    assert answers[0] == [None, None, True]
    assert answers[1][0] == "head not proven"


def test_a_stuck_roll_is_noticed_within_five_millimetres(roll_trial):
    """The roller turns and the perforation does not move: the motor stops."""
    bench = roll_trial("feed_and_cut")

    answer = bench.run(pouches(), (20, "roll", {"stuck": True}), for_ms=10_000)

    assert answer == [["roll stuck", None, False]]
    assert bench.facts["moves"] <= 103


def test_a_jammed_cutter_is_let_go_and_nothing_falls(roll_trial):
    """The blade does not come home: current off within two seconds, and said."""
    bench = roll_trial("feed_and_cut")

    assert bench.run(pouches(), (20, "roll", {"cutter": True}), for_ms=10_000) == [
        [None, "cutter stuck", False]
    ]


def test_a_cut_that_the_power_ended_is_finished_first(roll_trial):
    """The blade stands in the roll when the power is back: nothing is cut before it has been brought home."""
    roll_trial("cut_and_go_on").run_and_cut(WAIT_MS + 300)

    assert roll_trial("cut_and_go_on").run(for_ms=10_000) == ["cutter stuck", None, None]


def test_a_quarter_forward_and_back_proves_that_the_roll_follows(roll_trial):
    """Back at the same perforation, and the pouch that is fed then is whole."""
    bench = roll_trial("nudge")

    assert bench.run(pouches(), for_ms=10_000) == [None, 1, None]
    assert bench.facts["drawer"] == []


def test_what_falls_into_the_chamber_is_counted(roll_trial):
    """Two pouches through the drawer's floor are two, and the drawer is empty."""
    bench = roll_trial("feed_and_retain")

    assert bench.run(pouches(), for_ms=30_000) == [[None, None, True], 2, False, 1]
    assert bench.facts["chamber"] == ["4711-001", "4711-002"]


def test_nothing_falls_and_nothing_is_counted(roll_trial):
    """The floor of an empty drawer opens: none."""
    assert roll_trial("retain_at_once").run(for_ms=10_000) == 0


def test_a_blind_counter_counts_nothing(roll_trial):
    """The chamber's beam is dead: pouches fall and none is counted, so that the count does not agree."""
    bench = roll_trial("feed_and_retain")

    answer = bench.run(pouches(), (20, "roll", {"chamber_beam": True}), for_ms=30_000)

    assert answer[1:3] == [0, False]


def test_a_pouch_is_taken_once_and_only_when_it_stays_away(roll_trial):
    """The drawer is emptied by a hand: told once; before that it is not."""
    bench = roll_trial("hands_in_the_drawer")

    assert bench.run(pouches(), (9000, "take", {}), for_ms=30_000) == [1, False, False]
    assert bench.answers[-1]["reached"] is True


def test_a_pouch_that_nobody_takes_is_not_told_as_taken(roll_trial):
    """It lies there for ten seconds: nobody has taken it."""
    assert roll_trial("hands_in_the_drawer").run(pouches(), for_ms=30_000) == [0, True, True]


def test_the_label_at_the_line_is_read_as_often_as_one_likes(roll_trial):
    """Twice the same; after that pouch is fed, the next one's."""
    assert roll_trial("read").run(pouches(), for_ms=20_000) == ["4711-001", "4711-001", "4711-002"]


def test_a_label_that_cannot_be_read_is_none(roll_trial):
    """A smeared code, or an empty pouch: nothing is read, and nothing of another pouch comes late."""
    assert roll_trial("read").run(pouches(n1={"unreadable": True}), for_ms=20_000) == [None, None, "4711-002"]


def test_a_dead_reader_reads_nothing(roll_trial):
    """The module does not answer: none, within a second."""
    assert roll_trial("read_one").run(pouches(), (20, "roll", {"reader": True}), for_ms=2000) is None
