"""The gauge and mains driver on the emulated chip, cell and adapter; and what an empty cell does to the board."""

from tools.emulator.dispenser import VirtualDispenser

HOUR_MS = 3_600_000


def test_on_mains_with_a_full_cell(trial):
    """On mains with a full battery, both are seen."""
    assert trial("supply").run(for_ms=5000) == {"mains": True, "mv": 4150, "per_mille": 1000, "healthy": True}


def test_a_half_empty_cell_without_mains(trial):
    """The plug is pulled and the battery half empty: the device knows both."""
    answer = trial("supply").run(
        (10, "battery", {"per_mille": 500}), (20, "mains", {"in": False}), for_ms=5000
    )

    assert answer["mains"] is False
    assert answer["per_mille"] in (499, 500)
    assert abs(answer["mv"] - 3750) <= 5


def test_without_mains_the_battery_drains(trial):
    """An hour without mains costs the battery about a fiftieth of its charge."""
    answer = trial("supply_later").run((10, "mains", {"in": False}), for_ms=HOUR_MS + 5000)

    assert 975 <= answer["per_mille"] <= 982


def test_with_mains_the_battery_charges(trial):
    """An hour on mains gives an empty battery a quarter of its charge."""
    answer = trial("supply_later").run((10, "battery", {"per_mille": 100}), for_ms=HOUR_MS + 5000)

    assert 345 <= answer["per_mille"] <= 351


def test_a_gauge_that_does_not_answer_gives_no_number(trial):
    """The gauge's solder joint breaks: the charge is unknown, not zero; the mains are still seen."""
    answer = trial("supply").run((10, "gauge", {"ok": False}), for_ms=5000)

    assert answer == {"mains": True, "mv": None, "per_mille": None, "healthy": False}


def test_an_empty_battery_ends_the_board_and_the_mains_bring_it_back(trial):
    """Without mains the board dies when the battery is empty, as in a power cut, and starts when the mains return."""
    bench = trial("supply")
    with VirtualDispenser(bench.folder, "supply", rate=0, hold=True, firmware=bench.firmware) as dispenser:
        dispenser.run(until_ms=2000)
        dispenser.ask("battery", per_mille=10)
        dispenser.ask("mains", **{"in": False})
        dispenser.run(until_ms=HOUR_MS)

        assert dispenser.read()["power"] is False
        assert dispenser.wait_event("exit")["t_ms"] == 2000 + 48 * HOUR_MS // 100
        dispenser.ask("mains", **{"in": True})
        dispenser.run(until_ms=HOUR_MS + 60_000)

        facts = dispenser.read()
        assert (facts["power"], facts["boots"]) == (True, 2)
        assert 0 < facts["battery_per_mille"] < 10


def test_an_empty_battery_does_not_start_the_board(trial):
    """Switched on with an empty battery and no mains, the board does not come up."""
    bench = trial("supply")
    with VirtualDispenser(bench.folder, "supply", rate=0, hold=True, firmware=bench.firmware) as dispenser:
        dispenser.run(until_ms=2000)
        dispenser.ask("mains", **{"in": False})
        dispenser.ask("battery", per_mille=0)
        dispenser.run(until_ms=3000)
        dispenser.power_on()
        dispenser.run(until_ms=4000)

        assert dispenser.read()["power"] is False


def test_a_cut_that_somebody_made_is_not_undone_by_the_mains(trial):
    """Switched off by hand, the device stays off when the plug is pulled and put back."""
    bench = trial("supply")
    with VirtualDispenser(bench.folder, "supply", rate=0, hold=True, firmware=bench.firmware) as dispenser:
        dispenser.run(until_ms=2000)
        dispenser.cut_power()
        for plugged in (False, True):
            dispenser.ask("mains", **{"in": plugged})
        dispenser.run(until_ms=3000)

        assert dispenser.read()["power"] is False
