"""What a power cut, a restart and a kill leave of a roll."""

from tools.emulator.tests.roll_lines import BOARD, lines


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
