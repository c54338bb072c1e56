"""The cable between dispenser and hub, and the dispenser's own power."""

from collections.abc import Callable

from hil_tests.faults.rows import Row
from hil_tests.faults.stage import Stage
from hil_tests.unit import Unit
from tools.emulator.bench_client import BenchError

MIXED = {"flip": 0.0008, "drop": 0.0006, "dup": 0.0006, "split": 0.01, "stall": 0.0002}
DRIBBLE = {
    "stall": 0.02
}  # a frame of 200 bytes then takes some three virtual seconds, so a pull is likely to cut one
TILT_SENSOR_S = 120  # virtual: what a broken sensor takes to be believed and told


def noise(**chances: float) -> Callable[[Stage], str]:
    """A row's act: the line is so bad until everything is through."""

    def act(stage: Stage) -> str:
        for unit in stage.units:
            unit.device.line(seed=stage.dice.randrange(1 << 30), **chances)
        stage.pour(stage.size)
        stage.poured()
        return ", ".join(f"{kind} {chance:g}" for kind, chance in chances.items()) + " per byte, both ways"

    return act


def unplugged(stage: Stage) -> str:
    """Bytes dribble, and the plug comes out while a frame is under way."""
    cut = 0
    for _ in range(stage.size):
        unit = stage.dice.choice(stage.units)
        unit.device.line(seed=stage.dice.randrange(1 << 30), **DRIBBLE)
        stage.pour(4)
        stage.pause(0.05, 0.4)
        before = unit.device.read()["line"]["lost"]
        unit.device.pull_cable()
        stage.pause(0.05, 0.6)
        cut += unit.device.read()["line"]["lost"] > before
        unit.device.line()
        unit.device.plug_cable()
    stage.poured()
    return f"{stage.size} pulls, {cut} with bytes under way"


def power_cut(stage: Stage) -> str:
    """The dispenser loses its power: at any moment, or in the middle of a write to its flash, whole or torn."""
    in_write = torn = 0
    for _ in range(stage.size):
        unit = stage.dice.choice(stage.units)
        stage.pour(5)
        if stage.dice.random() < 0.5:
            is_torn = stage.dice.random() < 0.5
            in_write, torn = in_write + 1, torn + is_torn
            unit.device.cut_at_flash_write(stage.dice.randint(1, 12), torn=is_torn)
            stage.pour(6)
            stage.until(lambda unit=unit: _is_dark(unit), "a cut in a write")
        else:
            stage.pause(0.0, 0.6)
            unit.device.cut_power()
        stage.pause(0.0, 0.3)
        unit.device.power_on()
    stage.poured()
    return f"{stage.size} cuts, {in_write} in a write to flash ({torn} torn)"


def _is_dark(unit: Unit) -> bool:
    try:
        return not unit.device.read()["power"]
    except BenchError:  # it lost its power over the question
        return False


def backlog(stage: Stage) -> str:
    """Unplugged while much happens; then something breaks that calls a person; then the cable is in again."""
    for unit in stage.units:
        unit.device.pull_cable()
    stage.pour(stage.size)
    stage.poured()
    for unit in stage.units:
        unit.device.ask("tilt_sensor", ok=False)
    for unit in stage.units:
        stage.lives(unit, TILT_SENSOR_S)
    for unit in stage.units:
        unit.device.plug_cable()
    stage.settle()
    for unit in stage.units:
        unit.device.ask("tilt_sensor", ok=True)
    return f"cable out over {stage.size} events, then an alarm"


CABLE_ROWS = (
    Row("noise 1e-4", noise(flip=1e-4), 40, 200),
    Row("noise 1e-3", noise(flip=1e-3), 30, 150),
    Row("noise 1e-2", noise(flip=1e-2), 8, 40),
    Row("noise, all kinds", noise(**MIXED), 25, 150),
    Row("unplugged mid-frame", unplugged, 5, 40),
    Row("power cut", power_cut, 5, 40),
    Row("backlog and alarm", backlog, 60, 400),
)
