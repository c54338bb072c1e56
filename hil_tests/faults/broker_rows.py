"""The broker dies or forgets, the centre dies, and the network before them misbehaves."""

import shutil

from hil_tests.faults.proxy import HALF_OPEN, PASS, REFUSE, SLOW, STALL
from hil_tests.faults.rows import Row
from hil_tests.faults.stage import Stage


def _hurt(stage: Stage, kill: bool, forgets: bool) -> None:
    """Take the broker down while events come, and up again."""
    stage.pour(12)
    stage.pause(0.1, 0.8)
    if kill:
        stage.town.kill("broker")
    else:
        stage.town.end("broker")
    if forgets:
        shutil.rmtree(stage.town.folder / "mosquitto-state")
        (stage.town.folder / "mosquitto-state").mkdir()
    stage.pause(0.0, 1.0)
    stage.town.start_again("broker")


def killed(stage: Stage) -> str:
    """SIGKILL; it comes back with what it saved last."""
    for _ in range(stage.size):
        _hurt(stage, kill=True, forgets=False)
    stage.poured()
    return f"{stage.size} x SIGKILL, state kept"


def killed_without_persistence(stage: Stage) -> str:
    """SIGKILL of a broker that saves nothing."""
    stage.town.broker_keeps(its_sessions=False)
    for _ in range(stage.size):
        _hurt(stage, kill=True, forgets=False)
    stage.town.broker_keeps(its_sessions=True)
    stage.poured()
    return f"{stage.size} x SIGKILL, nothing kept"


def lost_sessions(stage: Stage) -> str:
    """Ended in order, but its files are gone: it knows no session and no queue."""
    for _ in range(stage.size):
        _hurt(stage, kill=False, forgets=True)
    stage.poured()
    return f"{stage.size} restarts, sessions lost"


def centre_killed(stage: Stage) -> str:
    """SIGKILL of the centre while events come: what it said it holds it still holds, and it gets the rest."""
    for _ in range(stage.size):
        stage.pour(12)
        stage.pause(0.1, 0.8)
        stage.town.kill("centre")
        stage.pause(0.0, 1.0)
        stage.town.start_again("centre")
    stage.poured()
    return f"{stage.size} x SIGKILL"


def stalled(stage: Stage) -> str:
    """Nothing moves for some seconds, then everything does."""
    for _ in range(stage.size):
        stage.pour(12)
        stage.pause(0.0, 0.5)
        stage.town.proxy.set(STALL)
        stage.pause(2, 6)
        stage.town.proxy.set(PASS)
    stage.poured()
    return f"{stage.size} stalls of 2 to 6 s"


def reset(stage: Stage) -> str:
    """RST on all connections; some new ones are refused for a while."""
    cut = 0
    for n in range(stage.size):
        stage.pour(10)
        stage.pause(0.2, 1.5)
        if n % 3 == 2:
            stage.town.proxy.set(REFUSE)
        cut += stage.town.proxy.reset()
        stage.pause(0.0, 1.0)
        stage.town.proxy.set(PASS)
    stage.poured()
    return f"{stage.size} x RST, {cut} connections cut"


def slow(stage: Stage) -> str:
    """4,000 bytes a second, from the connect on."""
    stage.town.proxy.set(SLOW)
    stage.town.proxy.reset()
    stage.pour(stage.size)
    stage.poured()
    return "4,000 bytes a second"


def half_open(stage: Stage) -> str:
    """A router forgets the connection: the hub talks to nobody until it notices, then it can connect again."""
    for _ in range(stage.size):
        stage.path_is(True)
        stage.pour(12)
        stage.pause(0.0, 0.5)
        stage.town.proxy.set(HALF_OPEN)
        stage.path_is(False)
        stage.town.proxy.set(PASS)
    stage.poured()
    return f"{stage.size} x half open until the hub noticed"


BROKER_ROWS = (
    Row("broker killed", killed, 2, 15, fills_later=True),
    Row("broker killed, no persistence", killed_without_persistence, 2, 15, fills_later=True),
    Row("broker loses its sessions", lost_sessions, 2, 15, fills_later=True),
    Row("centre killed", centre_killed, 2, 15, fills_later=True),  # it had taken what it had not stored yet
)
NETWORK_ROWS = (
    Row("network stalls", stalled, 2, 15),
    Row("network resets", reset, 4, 40),
    Row("network is slow", slow, 30, 150),
    Row("network half open", half_open, 1, 4),
)
