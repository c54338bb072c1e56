"""The multidose dispenser's own chips and mechanics, driven by lines of firmware at register level."""

import pytest

from tools.emulator.bench_client import BenchError

# The expander and the feed stepper, after their data sheets; a half-step every 2 ms.
BOARD = """
bus = I2C(0, freq=400_000)
def put(register, *values): bus.writeto_mem(0x20, register, bytes(values))
def get(register): return bus.readfrom_mem(0x20, register, 1)[0]
put(0x0C, 0xFF)          # pull-ups on port A
put(0x01, 0x00)          # port B drives
CUTTER, LOCK, FLAP = 1, 2, 4
SHUT, WIDE, HOME, FULL, LID, DRAWER = 1, 2, 4, 8, 16, 32
def true(switch): return not get(0x12) & switch
coils = [Pin(pin, Pin.OUT, value=0) for pin in (6, 7, 26, 27)]
mark, beam = Pin(22, Pin.IN), Pin(21, Pin.IN)
WAVE = ((1, 0, 0, 0), (1, 1, 0, 0), (0, 1, 0, 0), (0, 1, 1, 0), (0, 0, 1, 0), (0, 0, 1, 1), (0, 0, 0, 1), (1, 0, 0, 1))
at = 0
def step(way):
    global at
    at = (at + way) % 8
    for coil, level in zip(coils, WAVE[at]): coil.value(level)
    time.sleep_ms(2)
step(0)
def feed(mm):
    for _ in range(round(abs(mm) * 20.48)): step(1 if mm > 0 else -1)
def to_mark(limit=90):
    "mm to the next perforation's near edge"
    steps = 0
    while mark.value(): step(1); steps += 1
    while not mark.value() and steps < limit * 20.48: step(1); steps += 1
    return round(steps / 20.48)
def cut():
    put(0x15, CUTTER)
    time.sleep_ms(100); left = not true(HOME)
    end = time.ticks_add(time.ticks_ms(), 1500)
    while not true(HOME) and time.ticks_diff(end, time.ticks_ms()) > 0: time.sleep_ms(5)
    put(0x15, 0)
    return left, true(HOME)
falls = []
beam.irq(lambda pin: falls.append(time.ticks_ms()), Pin.IRQ_RISING)
def retain(ms=1000):
    put(0x15, FLAP); time.sleep_ms(ms); put(0x15, 0)
"""
THREE = [{"label": f"4711-00{n}", "mm": 70, "pills": n} for n in (1, 2, 3)]
HEADED = [{"label": "", "pills": 0}, *THREE]


@pytest.fixture
def board(make, tmp_path):
    """Run lines of firmware on a board that holds a roll; the dispenser stays there to be looked at."""

    def run(code, roll=THREE, for_ms=20_000, acts=(), during=None):
        folder = tmp_path / "code"
        folder.mkdir(exist_ok=True)
        (folder / "main.py").write_text("import time\nfrom machine import *\n" + BOARD + code)
        dispenser = make(firmware=folder, model="multidose")
        if roll:
            dispenser.load_roll(roll)
        if during:
            during(dispenser)
        for at_ms, do, fields in acts:
            dispenser.run(until_ms=at_ms)
            dispenser.ask(do, **fields)
        dispenser.run(until_ms=for_ms)
        return dispenser

    return run


def lines(dispenser):
    return dispenser.console().splitlines()


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


READER = """
uart = UART(1, 9600, timeout=300)
def ask(*frame):
    uart.write(bytes((0x7E, 0) + frame)); time.sleep_ms(60)
    return uart.read()
BY_COMMAND = 8, 1, 0, 0, 0xD5, 0xAB, 0xCD
READ_NOW = 8, 1, 0, 2, 1, 0xAB, 0xCD
def label(ms=1500):
    print(ask(*READ_NOW)); time.sleep_ms(ms); print(uart.read())
"""
OK = repr(b"\x02\x00\x00\x01\x0031")


def test_the_label_reader_reads_the_pouch_at_the_line(board):
    """Told to read, the reader answers, and sends the label of the pouch that comes next; of each in its turn."""
    code = READER + "print(ask(*BY_COMMAND)); label(); to_mark(); cut(); label()"
    assert lines(board(code)) == [OK, OK, "b'4711-001\\r'", OK, "b'4711-002\\r'"]


@pytest.mark.parametrize("roll", [HEADED, [{**THREE[0], "unreadable": True}], None])
def test_a_label_that_cannot_be_read_is_silence(board, roll):
    """An empty pouch, a smudged label or no roll at all: the reader gives up after the time it was given."""
    code = (
        READER
        + "ask(*BY_COMMAND); ask(8, 1, 0, 6, 10, 0xAB, 0xCD); label()\nprint(ask(7, 1, 0, 2, 1, 0xAB, 0xCD)[4])"
    )
    answers = lines(board(code, roll))
    assert answers[:2] == [OK, "None"]
    assert answers[2] == "0"  # the trigger's zone: it has given up


def test_a_reader_that_is_told_to_stop_reads_nothing_later(board):
    """A read that was called off sends no label when a readable pouch comes: it would be taken for another one's."""
    code = READER + "ask(*BY_COMMAND); ask(*READ_NOW); print(ask(8, 1, 0, 2, 0, 0xAB, 0xCD))\n"
    code += "to_mark(); cut(); print(uart.read())"
    assert lines(board(code, HEADED)) == [OK, "None"]


def test_the_reader_wants_the_right_mode_sum_and_speed(board):
    """As delivered it reads nothing by command; a wrong sum is not answered; at another speed nobody understands."""
    code = READER + "label(); print(ask(8, 1, 0, 0, 0xD5, 1, 2)); print(ask(9, 1, 0, 0, 0, 0xDE, 0xC8))\n"
    code += "uart.init(115200); print(ask(*READ_NOW))"
    assert lines(board(code)) == [OK, "None", "None", OK, "None"]


def test_a_dead_reader_says_nothing(board):
    """A reader that is broken does not even answer."""
    assert lines(board(READER + "print(ask(*BY_COMMAND))", acts=[(0, "roll", {"reader": True})])) == ["None"]


def test_the_line_to_the_hub_works_beside_the_reader(board):
    """Both lines of the board are there at once."""
    code = READER + "hub = UART(0, 115200)\nprint(hub.write(b'hello'), ask(*BY_COMMAND), hub.any())"
    assert lines(board(code)) == [f"5 {OK} 0"]


def test_on_the_tablet_nothing_hangs_on_the_second_line(printed):
    """The tablet dispenser has no label reader; its second line is silent, and a third one does not exist."""
    code = "print(UART(1, 9600).write(b'hello'), UART(1, 9600, timeout=100).read())\ntry: UART(2)\n"
    code += "except ValueError as error: print(error)"
    assert printed(code, model="tablet") == ["5 None", "UART(2) doesn't exist"]


# ---- power


def test_roll_drawer_and_chamber_survive_a_power_cut(board):
    """Every pouch is after a power cut where it was before: on the roll, in the drawer, in the chamber."""
    dispenser = board("to_mark(); cut(); retain(); to_mark(); cut(); feed(20)")
    before = dispenser.read()
    dispenser.cut_power()
    off = dispenser.read()
    dispenser.power_on()
    for name in ("head", "drawer", "chamber", "door", "lock", "cuts", "moves"):
        assert before[name] == off[name] == dispenser.read()[name]
    assert [pouch["label"] for pouch in dispenser.cut_roll()] == ["4711-003"]


def test_a_blade_that_lost_its_current_stands_where_it_was(board):
    """After a cut in the middle of a revolution the blade is neither at home nor further; it goes on when told."""
    code = "print(true(HOME))\nif true(HOME):\n    to_mark(); put(0x15, CUTTER); time.sleep(99)\nput(0x15, CUTTER)\n"
    code += "while not true(HOME): time.sleep_ms(5)\nput(0x15, 0); print(time.ticks_ms() // 100)"
    # about 69 mm at 2 ms a half-step and more, 0.2 s of revolution
    dispenser = board(code, for_ms=10)
    dispenser.wait_for(lambda facts: True)
    while dispenser.read()["moves"] < 1400:
        dispenser.run(for_ms=100)
    dispenser.run(for_ms=300)
    dispenser.cut_power()
    dispenser.run(for_ms=60_000)
    assert dispenser.read()["drawer"] == []
    dispenser.power_on()
    dispenser.run(for_ms=3000)
    assert lines(dispenser)[:2] == ["True", "False"]
    assert dispenser.read()["drawer"] == ["4711-001"]


def test_the_flap_closes_when_the_power_fails(board):
    """Without current the flap is closed and the lid is locked: what has not fallen stays in the drawer."""
    code = "if true(DRAWER): time.sleep(99)\nfor _ in range(2): to_mark(); cut()\n"
    code += "put(0x15, FLAP | LOCK); time.sleep(99)"
    dispenser = board(code, for_ms=10)
    while dispenser.read()["lock"] == "locked":
        dispenser.run(for_ms=100)
    while not dispenser.read()["chamber"]:
        dispenser.run(for_ms=10)
    dispenser.cut_power()
    dispenser.run(for_ms=60_000)
    facts = dispenser.read()
    assert (facts["drawer"], facts["chamber"], facts["lock"]) == (["4711-002"], ["4711-001"], "locked")


def test_a_restart_of_the_processor_alone_does_not_stop_the_cutter(board):
    """The expander keeps its outputs when only the processor restarts: a blade that turns goes on turning."""
    code = "if reset_cause() == WDT_RESET: time.sleep(99)\nto_mark(); put(0x15, CUTTER); time.sleep_ms(100); reset()"
    dispenser = board(code, for_ms=9_000)
    assert dispenser.read()["cuts"] > 3


def test_a_cut_of_the_power_does_stop_it(board):
    """After a power cut the expander drives nothing."""
    dispenser = board("put(0x15, LOCK); time.sleep(99)", for_ms=1000)
    assert dispenser.read()["lock"] == "unlocked"
    dispenser.cut_power()
    assert dispenser.read()["lock"] == "locked"


def test_killed_at_any_moment_no_pouch_is_lost_or_doubled(make, tmp_path):
    """Cut off at eight moments of feeding, cutting and dropping, each pouch is in exactly one place."""
    (tmp_path / "main.py").write_text(
        "import time\nfrom machine import *\n" + BOARD + "while True:\n    to_mark(200); cut(); retain(300)\n"
    )
    roll = [{"label": f"7-{n:03d}", "mm": 20, "pills": 1} for n in range(1, 9)]
    dispenser = make(firmware=tmp_path, model="multidose", rate=50, hold=False)
    dispenser.load_roll(roll)
    for n in range(8):
        moves = dispenser.read()["moves"]
        dispenser.wait_for(
            lambda facts, n=n, moves=moves: facts["moves"] > moves + 67 * n % 200 or not facts["head"]
        )
        dispenser.cut_power()
        facts = dispenser.read()
        left = [pouch["label"] for pouch in dispenser.cut_roll()]
        whole = [label for label in facts["chamber"] + facts["drawer"] + left if label]
        assert whole == [pouch["label"] for pouch in roll], (n, facts)
        dispenser.empty_chamber()
        dispenser.force_shutter(1000)
        dispenser.take()
        dispenser.wait_for(lambda facts: not facts["drawer"])
        dispenser.load_roll(roll)
        dispenser.power_on()


# ---- what the bench refuses


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"do": "load_roll"}, "'load_roll' needs the field 'pouches'."),
        ({"do": "load_roll", "pouches": []}, "A roll has 1 to 128 pouches, not 0."),
        ({"do": "load_roll", "pouches": [{"label": "x"}]}, "'load_roll' needs the field 'pills'."),
        (
            {"do": "load_roll", "pouches": [{"label": "x" * 17, "pills": 1}]},
            "A label has at most 16 characters",
        ),
        (
            {"do": "load_roll", "pouches": [{"label": "x", "pills": 1, "mm": 5}]},
            "A pouch is 20 to 200 mm long",
        ),
        ({"do": "load_roll", "pouches": [{"label": "x", "pills": 1, "wet": True}]}, "but no 'wet'."),
        ({"do": "pull", "mm": 70}, "The strip can be pulled only under an open lid"),
        (
            {"do": "roll"},
            "Give at least one of: stuck, cutter, reader, chamber_beam, mark, drawer_sensor; true",
        ),
        (
            {"do": "lid", "open": True},
            "The lid is locked; a refill unlocks it, or break it open with 'force': true.",
        ),
        ({"do": "fill", "slots": {"1": 1}}, "This board does not know 'fill'; it knows "),
    ],
)
def test_what_no_hand_can_do_to_a_roll_is_refused_in_a_sentence(make, request_, sentence):
    """A wrong roll, a fault that does not exist and a locked lid are refused with what is wrong and what to do."""
    dispenser = make(model="multidose")
    with pytest.raises(BenchError) as refused:
        dispenser.ask(**request_)
    assert sentence in str(refused.value)


def test_there_is_room_for_one_roll(make):
    """A second roll goes in only when the first one is out; what was left of it is told."""
    dispenser = make(model="multidose")
    dispenser.load_roll(HEADED)
    with pytest.raises(
        BenchError, match="There is a roll in the dispenser; take it out first with 'cut_roll'."
    ):
        dispenser.load_roll(THREE)
    assert dispenser.cut_roll() == [{"label": "", "mm": 70, "pills": 0}, *THREE]
    assert dispenser.cut_roll() == []
    dispenser.load_roll(THREE)
    assert dispenser.read()["head"] == "4711-001"


def test_the_multidose_image_is_built_for_its_board(make, tmp_path):
    """The two images differ in the one file that names the board."""
    (tmp_path / "boards").mkdir()
    (tmp_path / "main.py").write_text("import firmware.boards.fitted")
    (tmp_path / "boards" / "fitted.py").write_text("from firmware.boards.tablet_pico import build\n")
    for board in ("tablet", "multidose"):
        (tmp_path / "boards" / f"{board}_pico.py").write_text(f"build = print('{board}')\n")
    for model in ("tablet", "multidose"):
        dispenser = make(model, firmware=tmp_path, model=model)
        dispenser.run(for_ms=1000)
        assert lines(dispenser) == [model]
