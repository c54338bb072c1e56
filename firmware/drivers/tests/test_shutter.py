"""The shutter driver on the emulated servo, its switches and the hands before it."""


def shutter_events(bench):
    """What the shutter did after the bench had opened it."""
    return [event["state"] for event in bench.events if event["event"] == "shutter"][1:]


def test_the_shutter_closes_and_opens_and_proves_both(trial):
    """The shutter closes and opens, and its switches say so each time."""
    bench = trial("shut_open")

    assert bench.run(for_ms=10_000) == ["open", "closed", "open"]
    assert shutter_events(bench) == ["between", "closed", "between", "open"]


def test_a_closed_shutter_keeps_the_dose_and_the_hand_unseen(trial):
    """While the shutter is closed a hand reaches nothing, takes nothing, and no beam is broken."""
    bench = trial("shut_and_watch")
    turn = ("turn_by_hand", {"cdeg": 1241})

    hands = bench.run((5, "fill", {"slots": {"1": 2}}), (6, *turn), (3000, "take", {}), for_ms=30_000)

    assert hands == 0
    assert bench.answers[-1]["reached"] is False
    assert bench.facts["pills"] == {"1": 2}


def test_nothing_falls_out_of_a_closed_dispenser(trial):
    """Turned upside down with the shutter closed, the dispenser keeps its pills."""
    bench = trial("shut_and_watch")
    acts = [
        (5, "fill", {"slots": {"1": 2}}),
        (6, "turn_by_hand", {"cdeg": 1241}),
        (3000, "tilt", {"deg": 180}),
    ]

    bench.run(*acts, for_ms=30_000)

    assert bench.facts["pills"] == {"1": 2}


def test_a_jammed_shutter_is_noticed_within_a_second_and_let_go(trial):
    """The shutter is stuck: within a second the motion ends with an error, and the servo is without force."""
    bench = trial("shut")

    answer = bench.run(
        (500, "jam_shutter", {"on": True}), (5000, "jam_shutter", {"on": False}), for_ms=10_000
    )

    assert (answer["answer"], answer["state"]) == ("shutter jammed", "open")
    assert answer["ms"] <= 1000
    assert bench.facts["shutter"] == "open"  # freed later, it stays: no pulse moves it any more


def test_a_shutter_that_jams_half_way_is_nowhere(trial):
    """The shutter jams half way: it counts neither as open nor as closed."""
    answer = trial("shut").run((1190, "jam_shutter", {"on": True}), for_ms=10_000)

    assert (answer["answer"], answer["state"]) == ("shutter jammed", "unknown")


def test_fingers_are_not_crushed_for_long(trial):
    """A hand rests in the opening while the shutter closes: within a second it gives up and says so."""
    bench = trial("shut")

    answer = bench.run((900, "take", {"ms": 5000}), for_ms=10_000)

    assert (answer["answer"], answer["state"]) == ("shutter jammed", "unknown")
    assert answer["ms"] <= 1000


def test_switches_that_contradict_stop_the_motion(trial):
    """Both switches say reached at once: neither is believed, and the shutter is not moved."""
    bench = trial("shut")

    answer = bench.run((500, "shutter_switch", {"which": "closed", "stuck": 0}), for_ms=10_000)

    assert (answer["answer"], answer["state"]) == ("shutter switches contradict", "unknown")
    assert bench.facts["shutter"] == "open"


def test_a_stuck_open_switch_does_not_pass_for_a_proof(trial):
    """The switch for open is stuck: when the shutter arrives at closed the contradiction is noticed."""
    answer = trial("shut").run((500, "shutter_switch", {"which": "open", "stuck": 0}), for_ms=10_000)

    assert (answer["answer"], answer["state"]) == ("shutter switches contradict", "unknown")


def test_a_cut_wire_proves_nothing(trial):
    """The wire of the switch for closed is cut: the shutter is never called closed."""
    answer = trial("shut").run((500, "shutter_switch", {"which": "closed", "stuck": 1}), for_ms=10_000)

    assert (answer["answer"], answer["state"]) == ("shutter jammed", "unknown")


def test_a_shutter_pried_open_is_seen(trial):
    """Somebody pries the closed shutter half open: it no longer counts as closed."""
    bench = trial("shut_and_look")

    assert bench.run((2500, "force_shutter", {"per_mille": 500}), for_ms=10_000)[0] == "closed"
    assert bench.facts["shutter"] == "between"


def test_two_orders_at_once_are_one_motion(trial):
    """Asked to open while it closes, the shutter refuses the second order and finishes the first."""
    assert trial("shut_twice_at_once").run(for_ms=10_000) == ["closed", "shutter busy"]


def test_a_power_cut_leaves_the_shutter_where_it_is(trial):
    """The power fails while the shutter closes: after the restart it is neither open nor closed, and says so."""
    trial("shut").run_and_cut(1190)

    assert trial("shut_open").run(for_ms=10_000) == ["unknown", "closed", "open"]
