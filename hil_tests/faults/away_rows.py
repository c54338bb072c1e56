"""The centre, or the whole path, is away for 72 hours."""

from hil_tests.faults.proxy import PASS, REFUSE
from hil_tests.faults.rows import Row
from hil_tests.faults.stage import Stage

LEAP_HOURS = 24
TILT_SENSOR_S = 120  # virtual: what a broken sensor takes to be believed and told


def _three_days(stage: Stage) -> None:
    """Each day things happen, the second day something that calls a person; the nights are leapt over."""
    for day in range(3):
        stage.pour(stage.size)
        stage.poured()
        if day == 1:
            _alarm(stage)
        with stage.town.later(LEAP_HOURS):
            pass
        stage.forget_flow()


def _alarm(stage: Stage) -> None:
    for unit in stage.units:
        unit.device.ask("tilt_sensor", ok=False)
    for unit in stage.units:
        stage.lives(unit, TILT_SENSOR_S)
        unit.device.ask("tilt_sensor", ok=True)


def centre_away(stage: Stage) -> str:
    """The centre is down; the broker takes what it can."""
    stage.town.kill("centre")
    _three_days(stage)
    stage.pour(4)
    stage.poured()
    stage.town.start_again("centre")
    return "centre down for 72 h (three leaps of 24 h)"


def path_away(stage: Stage) -> str:
    """Nobody answers at the broker's address; the alarms of these days come first when somebody does."""
    stage.town.proxy.set(REFUSE)
    stage.town.proxy.reset()
    stage.town.kill("centre")  # its clock has to leap too
    _three_days(stage)
    stage.town.start_again("centre")
    stage.town.proxy.set(PASS)
    return "no path for 72 h (three leaps of 24 h)"


AWAY_ROWS = (
    Row("centre away 72 h", centre_away, 20, 150),
    Row("path away 72 h", path_away, 20, 150),
)
