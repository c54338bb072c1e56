"""How long it takes: from the event's own time at the dispenser to the hub's disk, and to the centre's receipt."""

import sqlite3
import statistics
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass

from hil_tests.faults.stage import LID_EVERY_MS, Stage
from hil_tests.unit import Unit
from protocol.device_events import LidClosed, LidOpened

LOOK_EVERY_S = 0.02
APART_REAL_S = 1.0  # signing takes the virtual board a tenth of a real second, however fast its clock runs
DURABLE, RECEIPTED = 0, 1


@dataclass(frozen=True)
class Measured:
    """Seconds, in the dispensers' own time.  limits: what the numbers should keep to, None where nothing is said."""

    what: str
    count: int
    mean_s: float
    p95_s: float
    most_s: float
    target: str

    def cells(self) -> tuple[str, ...]:
        """For a table."""
        numbers = (self.mean_s, self.p95_s, self.most_s)
        return (self.what, str(self.count), *(f"{number:.2f}" for number in numbers), self.target)


HEADS = ("what", "n", "mean s", "p95 s", "most s", "target")


class Sampler(threading.Thread):
    """Looks into the hub's outbox: when which number of which device was durable there, and covered by a receipt."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(name="sampler", daemon=True)
        self._outbox = stage.town.hub_folder / "outbox.sqlite3"
        self._ended = threading.Event()
        self.seen: dict[tuple[str, int], list[tuple[float, int]]] = {}  # (device, which) -> [(real s, up to)]

    def run(self) -> None:
        while not self._ended.wait(LOOK_EVERY_S):
            with suppress(sqlite3.Error):
                self._look()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        self.join()

    def _look(self) -> None:
        with closing(sqlite3.connect(f"file:{self._outbox}?mode=ro", uri=True, timeout=1)) as outbox:
            rows = outbox.execute("SELECT device_id, last_seq, receipted_seq FROM devices").fetchall()
        now_s = time.time()
        for device_id, *reached in rows:
            for which in (DURABLE, RECEIPTED):
                marks = self.seen.setdefault((device_id.hex(), which), [])
                if not marks or marks[-1][1] < reached[which]:
                    marks.append((now_s, reached[which]))

    def when(self, device_id: str, which: int, seq: int) -> float | None:
        """The first look at which it was so, in real seconds since 1970."""
        marks = self.seen.get((device_id, which), [])
        return next((at_s for at_s, up_to in marks if up_to >= seq), None)


def measure(stage: Stage, moves: int) -> list[Measured]:
    """Let so many lids be moved on a good path, and look how long each took, from the move itself."""
    sampler = Sampler(stage)
    first = {unit.device_id: len(stage.auditor.rows(unit.device_id)) for unit in stage.units}
    every_ms = max(LID_EVERY_MS, int(stage.town.rate * APART_REAL_S * 1000))
    sampler.start()
    moved = stage.pour(moves, every_ms, uneven=0)
    stage.poured()
    stage.settle()
    stage.pause(0.5, 0.5)  # the last receipt reaches the hub
    sampler.stop()
    took: dict[int, list[float]] = {DURABLE: [], RECEIPTED: []}
    for unit in stage.units:
        rows = stage.auditor.rows(unit.device_id)[first[unit.device_id] :]
        seqs = [row.seq for row in rows if row.type in (LidOpened.TYPE, LidClosed.TYPE)]
        for seq, moved_ms in zip(seqs, moved, strict=False):
            moved_s = stage.real_s(moved_ms)
            for which, times in took.items():
                at_s = sampler.when(unit.device_id, which, seq)
                if at_s is not None:
                    times.append((at_s - moved_s) * stage.town.rate)
    return [
        _summed("lid moved -> durable at the hub", took[DURABLE], "p95 <= 2 s"),
        _summed(
            "lid moved -> centre's receipt at the hub", took[RECEIPTED], "mean <= 20, p95 <= 30, most <= 60 s"
        ),
    ]


def measure_losses(stage: Stage) -> list[Measured]:
    """How long a dispenser's and a hub's silence stay unnoticed.  In real seconds times the town's rate."""
    unit, rate = stage.units[0], stage.town.rate
    begun = time.monotonic()
    unit.device.pull_cable()
    stage.until(lambda: _lost_at_hub(stage, unit), "a lost device at the hub")
    at_hub = (time.monotonic() - begun) * rate
    unit.alarm(kind="device_lost", condition="active")
    at_centre = (time.monotonic() - begun) * rate
    unit.device.plug_cable()
    stage.settle()
    begun = time.monotonic()
    stage.town.kill("hub")
    stage.until(lambda: _hub_is_lost(stage), "a lost hub at the centre")
    hub_killed = time.monotonic() - begun
    stage.town.start_again("hub")
    stage.path_is(True)
    return [
        _summed("device silent -> known at the hub", [at_hub], "<= 30 s"),
        _summed("device silent -> alarm at the centre", [at_centre], "<= 90 s"),
        _summed("hub killed -> alarm at the centre (real s)", [hub_killed], "<= 180 s"),
    ]


def _lost_at_hub(stage: Stage, unit: Unit) -> bool:
    told = stage.town.status()
    return bool(told) and any(row["device_id"] == unit.device_id and row["lost"] for row in told["devices"])


def _hub_is_lost(stage: Stage) -> bool:
    rows = stage.town.centre.get("/api/alarms")
    return any(row["kind"] == "hub_lost" and row["condition"] == "active" for row in rows)


def _summed(what: str, times: list[float], target: str) -> Measured:
    if not times:
        return Measured(what, 0, float("nan"), float("nan"), float("nan"), target)
    p95 = sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]
    return Measured(what, len(times), statistics.fmean(times), p95, max(times), target)
