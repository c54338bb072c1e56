"""The multidose dispenser's own chips and mechanics, driven by lines of firmware at register level."""

import pytest

from tools.emulator.bench_client import BenchError
from tools.emulator.tests.roll_lines import THREE, lines


def test_one_pitch_fed_and_cut_is_one_pouch_in_the_drawer(board):
    """From perforation to perforation, a cut, and exactly one pouch lies in the drawer, which feels it."""
    dispenser = board("print(to_mark(), true(DRAWER), cut(), true(DRAWER))")
    facts = dispenser.read()
    assert lines(dispenser) == ["69 False (True, True) True"]  # the sensor sees a perforation 1 mm early
    assert (facts["drawer"], facts["head"], facts["chamber"]) == (["4711-001"], "4711-002", [])
    assert dispenser.wait_event("dropped")["labels"] == ["4711-001"]


def test_the_feed_goes_as_far_as_its_steps_say(board):
    """20.48 half-steps feed 1 mm; backwards as well as forwards, and the head stays the head."""
    dispenser = board("feed(35); print(mark.value()); feed(-35); print(mark.value())")
    assert lines(dispenser) == ["0", "1"]
    assert dispenser.read()["moves"] == 2 * round(35 * 20.48)
    assert dispenser.read()["head"] == "4711-001"


def test_coils_that_are_switched_too_fast_do_not_feed(board):
    """Half-steps faster than the motor can follow are lost: the strip stays where it is."""
    dispenser = board("time.sleep_ms = time.sleep_us\nfeed(35); print(mark.value())")
    assert lines(dispenser) == ["1"]


def test_a_doubled_pouch_has_no_mark_and_falls_in_one_piece(board):
    """Where the perforation is missing the sensor sees none; what is cut is two pouches, one fall for the counter."""
    roll = [{**THREE[0], "doubled": True}, *THREE[1:]]
    dispenser = board("print(to_mark(), to_mark()); print(cut()[1]); retain(); print(len(falls))", roll)
    assert lines(dispenser) == ["90", "49", "True", "1"][0:0] + ["90 49", "True", "1"]
    assert dispenser.read()["chamber"] == ["4711-001", "4711-002"]
    assert dispenser.read()["head"] == "4711-003"


def test_a_torn_pouch_shows_its_mark_early(board):
    """A torn or short pouch is known by a mark that comes too soon."""
    dispenser = board("print(to_mark())", [{**THREE[0], "torn": True}, *THREE[1:]])
    assert lines(dispenser) == ["41"]


def test_a_cut_beside_the_mark_opens_a_pouch(board):
    """Cut in the middle, a pouch is two pieces: what is in it falls, and a rest without label stays on the roll."""
    dispenser = board("feed(30); cut()")
    facts = dispenser.read()
    assert facts["drawer"] == ["4711-001"] and facts["head"] == ""
    assert dispenser.cut_roll()[0] == {"label": "", "mm": 40, "pills": 0}


def test_nothing_comes_after_the_last_pouch(board):
    """The last pouch has a mark at its end; then there is none, the roll has ended."""
    dispenser = board("print(to_mark(), cut()[1], to_mark())", THREE[:1])
    assert lines(dispenser) == ["69 True 90"]
    assert dispenser.read()["head"] is None


def test_a_strip_that_has_run_out_falls_uncut(board):
    """Fed past its end, the strip hangs on nothing and lies in the drawer without any cut."""
    dispenser = board("feed(80)", THREE[:1])
    facts = dispenser.read()
    assert (facts["drawer"], facts["cuts"]) == (["4711-001"], 0)


def test_a_stuck_roll_stands_while_the_motor_turns(board):
    """A strip that is caught does not move, and no mark comes, however long the motor turns."""
    dispenser = board("print(to_mark())", acts=[(0, "roll", {"stuck": True})], for_ms=6000)
    assert lines(dispenser) == []  # it waits for the mark under the sensor to go
    assert dispenser.read()["moves"] > 2000


@pytest.mark.parametrize(("fault", "left"), [({"cutter": True}, "True"), ({}, "True")])
def test_a_jammed_cutter_leaves_home_and_does_not_come_back(board, fault, left):
    """The blade meets the strip and stays there: nothing is cut, and the switch says that it is not at home."""
    dispenser = board("to_mark(); print(cut())", acts=[(0, "roll", fault)] if fault else ())
    assert lines(dispenser) == [f"({left}, {not fault})"]
    assert dispenser.read()["drawer"] == ([] if fault else ["4711-001"])


def test_a_cut_takes_eight_tenths_of_a_second(board):
    """One revolution is one cut: 0.8 s with current, and the blade is at home again; a second one cuts nothing more."""
    code = "to_mark(); put(0x15, CUTTER); time.sleep_ms(800); put(0x15, 0); print(true(HOME))\n"
    code += "put(0x15, CUTTER); time.sleep_ms(800); put(0x15, 0)"
    dispenser = board(code)
    assert lines(dispenser) == ["True"]
    assert (dispenser.read()["cuts"], dispenser.read()["drawer"]) == (2, ["4711-001"])


def test_a_pouch_that_is_not_taken_falls_through_the_flap_and_is_counted(board):
    """Each of two pouches breaks the counter's beam once on its way into the chamber, for 40 ms."""
    code = "for _ in range(2): to_mark(); cut()\nretain(400); print(len(falls), beam.value(), true(DRAWER))"
    dispenser = board(code)
    facts = dispenser.read()
    assert lines(dispenser) == ["2 0 False"]
    assert (facts["drawer"], facts["chamber"]) == ([], ["4711-001", "4711-002"])


@pytest.mark.parametrize(("sensor", "seen"), [("mark", "0 True"), ("drawer_sensor", "1 False")])
def test_a_blind_sensor_sees_nothing(board, sensor, seen):
    """Mark and drawer's sensor can go blind: no perforation is seen, or an empty drawer where a pouch lies."""
    dispenser = board(
        "to_mark(); cut(); time.sleep_ms(3000); print(mark.value(), true(DRAWER))",
        for_ms=15_000,
        acts=[(6000, "roll", {sensor: True})],
    )
    assert lines(dispenser) == [seen]


def test_what_was_pulled_out_is_cut_off(board):
    """A cut after somebody pulled the strip on by one pouch takes that pouch off."""

    def pull(dispenser):
        dispenser.lid(True, force=True)
        dispenser.ask("pull", mm=70)

    dispenser = board("print(mark.value()); cut()", during=pull)
    assert lines(dispenser) == ["1"]
    assert (dispenser.read()["drawer"], dispenser.read()["head"]) == (["4711-001"], "4711-002")


def test_a_flap_that_closes_early_keeps_the_rest(board):
    """When the flap closes after the first pouch, the second one still lies in the drawer."""
    dispenser = board("for _ in range(2): to_mark(); cut()\nretain(200); print(len(falls), true(DRAWER))")
    assert lines(dispenser) == ["1 True"]
    assert (dispenser.read()["drawer"], dispenser.read()["chamber"]) == (["4711-002"], ["4711-001"])


def test_a_blind_counter_counts_nothing(board):
    """A counter that is broken says nothing while a pouch falls past it."""
    dispenser = board(
        "to_mark(); cut(); retain(); print(len(falls))", acts=[(0, "roll", {"chamber_beam": True})]
    )
    assert lines(dispenser) == ["0"]
    assert dispenser.read()["chamber"] == ["4711-001"]


def test_the_chamber_says_when_it_is_full(board):
    """Twenty retained pouches press the sensor; emptied by hand it is free, and the hand knows what lay there."""
    roll = [{"label": f"7-{n:03d}", "mm": 20, "pills": 1} for n in range(1, 24)]
    code = "for n in range(21):\n    to_mark(); cut(); retain(200); print(n + 1, true(FULL))\n"
    code += "time.sleep(60); print(true(FULL))"
    dispenser = board(code, roll, for_ms=60_000)
    assert [line for line in lines(dispenser) if line.endswith("True")] == ["20 True", "21 True"]
    assert [pouch["label"] for pouch in dispenser.empty_chamber()] == [pouch["label"] for pouch in roll[:21]]
    dispenser.run(for_ms=120_000)
    assert lines(dispenser)[-1] == "False"


SERVO = "servo = PWM(Pin(19), freq=50)\ndef door(us): servo.duty_ns(us * 1000); time.sleep_ms(600); servo.duty_ns(0)\n"


def test_what_lies_in_the_drawer_can_be_taken_while_the_door_is_open(board):
    """Through the open door a hand takes all that lies there; the sensor sees hand and pouches, then nothing."""
    code = SERVO + "for _ in range(2): to_mark(); cut()\ndoor(2000); print(true(WIDE), true(SHUT))\n"
    code += "time.sleep_ms(2200); print(true(DRAWER)); time.sleep_ms(500); print(true(DRAWER))\n"
    code += "door(1000); print(true(SHUT))"
    dispenser = board(code, acts=[(10_000, "take", {})])
    facts = dispenser.read()
    assert lines(dispenser)[0] == "True False" and lines(dispenser)[-2:] == ["False", "True"]
    assert (facts["taken"], facts["drawer"]) == ([["4711-001", 1], ["4711-002", 2]], [])
    assert facts["door"] == facts["shutter"] == "closed"


def test_nothing_can_be_taken_through_the_closed_door(board):
    """While the door is closed a hand reaches nothing, and a tilt spills nothing."""
    dispenser = board("to_mark(); cut()")
    assert dispenser.ask("take")["reached"] is False
    dispenser.tilt(120)
    assert dispenser.read()["drawer"] == ["4711-001"]


def test_what_hangs_into_an_open_drawer_can_be_torn_off(board):
    """A pouch that was fed and not cut can be torn off along its perforation by a hand in the open drawer."""
    dispenser = board(SERVO + "to_mark(); door(2000)")
    dispenser.take()
    dispenser.run(for_ms=1000)
    assert dispenser.read()["taken"] == [["4711-001", 1]]
    assert dispenser.read()["head"] == "4711-002"


def test_a_tilted_dispenser_loses_what_lies_behind_its_open_door(board):
    """Leant far over with the door open, the pouches fall out."""
    dispenser = board(SERVO + "to_mark(); cut(); door(2000)")
    dispenser.tilt(80)
    assert dispenser.wait_event("spilled")["labels"] == ["4711-001"]
    assert dispenser.read()["drawer"] == []


def test_the_lid_opens_only_when_its_lock_has_current(board):
    """Locked, the lid cannot be opened but by force; unlocked it can, and closed again it is locked."""
    dispenser = board(
        "print(true(LID)); put(0x15, LOCK); time.sleep(9); put(0x15, 0); print(true(LID))", for_ms=1000
    )
    assert dispenser.read()["lock"] == "unlocked"
    dispenser.lid(True)
    dispenser.run(until_ms=15_000)
    assert lines(dispenser) == ["True", "False"]
    dispenser.lid(False)
    with pytest.raises(BenchError, match="The lid is locked"):
        dispenser.lid(True)
    dispenser.lid(True, force=True)
    assert dispenser.read()["lid_open"] is True


def test_without_pull_ups_open_switches_cannot_be_told(board):
    """An input of the expander that nobody pulls up reads as if its switch were closed."""
    dispenser = board("put(0x0C, 0); print(true(WIDE)); put(0x0C, 0xFF); print(true(WIDE))")
    assert lines(dispenser) == ["True", "False"]


def test_the_expander_counts_its_registers_up(board):
    """Two ports are written and read in one go; with SEQOP the address stays within its pair."""
    code = "put(0x14, 0, 0x55); print(list(bus.readfrom_mem(0x20, 0x14, 4)))\n"
    code += "put(0x0A, 0x20); print(list(bus.readfrom_mem(0x20, 0x00, 4)), get(0x0B))"
    assert lines(board(code)) == ["[0, 85, 255, 0]", "[255, 0, 255, 0] 32"]
