"""The carousel driver on the emulated motor (63.684 : 1, not 64 : 1), encoder and mechanics."""

from hypothesis import given
from hypothesis import strategies as st

from firmware.drivers.carousel import COUNTS, POSITIONS, TOLERANCE_COUNTS, centre_counts, signed_counts

NEARLY_CDEG = 30  # 0.3 deg: the driver stops within 3 counts of 0.088 deg


def centre_cdeg(slot):
    return slot * 36000 / 29


def test_every_compartment_is_reached_and_proven(trial):
    """Whatever compartment is asked for, from wherever, it lies at the opening and the sensor says so."""
    bench = trial("every_slot")

    answers = bench.run(for_ms=120_000)

    assert all(asked == proven for asked, proven in answers)
    assert len(answers) == 34
    assert bench.facts["position"] == 0


def test_the_carousel_stands_in_the_middle_of_the_opening(trial):
    """The compartment stands within 0.3 degrees of the middle, although the gear is not what its label says."""
    bench = trial("turn_to_nine")

    answer = bench.run()

    assert answer == {"before": 0, "answer": 9, "after": 9}
    assert abs(bench.facts["angle_cdeg"] - centre_cdeg(9)) <= NEARLY_CDEG


def test_the_motor_is_without_current_when_it_rests(trial):
    """After a motion the motor is switched off: it starts once and ends once."""
    bench = trial("turn_to_nine")

    bench.run()

    assert [event["moving"] for event in bench.events if event["event"] == "motor"] == [True, False]


def test_a_stalled_motor_is_noticed_and_proves_nothing(trial):
    """The carousel is held: the motion ends with an error, and the position counts as unknown."""
    bench = trial("turn_to_nine")

    answer = bench.run((500, "stall", {"on": True}))

    assert answer == {"before": 0, "answer": "stall", "after": None}
    assert bench.facts["position"] == 0


def test_a_jam_on_the_way_is_noticed_before_a_neighbour_can_lie_at_the_opening(trial):
    """The carousel jams while turning: it is noticed within a quarter of a second."""
    bench = trial("turn_to_nine")

    answer = bench.run((1800, "stall", {"on": True}))

    motor = [event["t_ms"] for event in bench.events if event["event"] == "motor"]
    assert answer["answer"] == "stall"
    assert answer["after"] is None
    assert motor[-1] - 1800 < 250


def test_a_freed_carousel_works_again_and_is_proven_anew(trial):
    """After a jam the carousel must move and be seen to move before its position is believed again."""
    bench = trial("turn_twice")

    answer = bench.run((500, "stall", {"on": True}), (5000, "stall", {"on": False}))

    assert answer["first"]["after"] is None
    assert (answer["again"], answer["after"]) == (0, 0)
    assert bench.facts["moves"] >= 60  # it went 3 deg to and fro: 34 half-steps each way


def test_a_carousel_that_stays_jammed_stays_unproven(trial):
    """Asked again while still jammed at home, it does not call home proven."""
    answer = trial("turn_twice").run((500, "stall", {"on": True}))

    assert (answer["again"], answer["after"]) == ("stall", None)


def test_without_its_magnet_nothing_turns(trial):
    """The sensor has lost its magnet: the position is unknown and the motor does not move."""
    bench = trial("turn_to_nine")

    answer = bench.run((500, "magnet", {"ok": False}))

    assert answer == {"before": None, "answer": "magnet lost", "after": None}
    assert bench.facts["moves"] == 0


def test_a_magnet_lost_on_the_way_stops_the_motor(trial):
    """The sensor fails while turning: the motion ends at once, unproven."""
    bench = trial("turn_to_nine")

    answer = bench.run((1800, "magnet", {"ok": False}))

    assert (answer["answer"], answer["after"]) == ("magnet lost", None)


def test_a_hand_that_turns_the_carousel_on_the_way_is_noticed(trial):
    """Somebody turns the carousel by 20 degrees while it moves: the motion ends with an error."""
    answer = trial("turn_to_nine").run((1800, "turn_by_hand", {"cdeg": 2000}))

    assert answer["answer"] == "pushed"


def test_between_two_compartments_no_position_is_claimed(trial):
    """The carousel was turned by hand to a place between two compartments: the position is unknown."""
    assert trial("where").run((500, "turn_by_hand", {"cdeg": 620})) is None


def test_a_carousel_turned_by_hand_knows_where_it_stands(trial):
    """Turned by hand to compartment 3, with the power on or off, it knows that it stands at 3."""
    assert trial("where").run((500, "turn_by_hand", {"cdeg": round(centre_cdeg(3))})) == 3


def test_a_power_cut_while_turning_leaves_no_false_position(trial):
    """The power fails between two compartments: after the restart the position is unknown, not the last one."""
    trial("turn_to_nine").run_and_cut(1200)

    assert trial("where").run(for_ms=5000) is None


def test_after_a_power_cut_while_turning_the_carousel_finds_home(trial):
    """The power fails between two compartments: after the restart the carousel can be turned on and is proven."""
    trial("turn_to_nine").run_and_cut(1200)

    answer = trial("turn_to_nine").run()

    assert (answer["before"], answer["answer"]) == (None, 9)


@given(st.integers(0, POSITIONS - 1), st.integers(0, POSITIONS - 1))
def test_two_compartments_can_never_both_be_the_proven_one(one, other):
    """The places in which two compartments count as proven never touch."""
    apart = abs(signed_counts(centre_counts(one) - centre_counts(other)))

    assert one == other or apart > 6 * TOLERANCE_COUNTS


@given(st.integers(-(10**6), 10**6), st.integers(0, COUNTS - 1))
def test_the_shorter_way_is_shorter_and_leads_there(turns, start):
    """The way that is taken ends at the target and is never more than half a turn."""
    way = signed_counts(turns)

    assert abs(way) <= COUNTS // 2
    assert (start + way - start - turns) % COUNTS == 0
