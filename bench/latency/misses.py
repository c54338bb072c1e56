"""From the end of a window to the row on the board, as a browser gets it: the server-sent event."""

import json
import threading
import time

import httpx

from bench.latency.town import PATIENCE_S, load, say
from tools.demo.plans import plan
from tools.demo.town import ACCOUNT, PASSWORD, STATION, Home, Town

WINDOW_S = 300  # the shortest a plan may have
LEAD_S = 20
LOAD_S = 2  # for each plan to be signed, carried, stored and confirmed
APART_S = 1  # the windows end one after the other, as they do in a municipality


class Board:
    """A browser's ear: notes when each row came.  One thread, from start() to stop()."""

    def __init__(self, url: str) -> None:
        self.rows: list[tuple[float, int, str]] = []  # (Unix time, alarm id, what is said aloud)
        self._client = httpx.Client(base_url=url, timeout=PATIENCE_S, trust_env=False)
        self._client.post("/login", json={"name": ACCOUNT, "password": PASSWORD, "station": STATION})
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def start(self) -> None:
        """Open the stream."""
        self._thread.start()

    def stop(self) -> None:
        """Leave; the next beat, every 5 s, ends the thread."""
        self._ended.set()
        self._thread.join()
        self._client.close()

    def _listen(self) -> None:
        kind = ""
        with self._client.stream("GET", "/stream") as answer:
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data" and kind == "row":
                    row = json.loads(value)
                    self.rows.append((time.time(), row["id"], row["say"]))
                if self._ended.is_set():
                    return


def miss_all(town: Town, homes: list[Home]) -> list[float]:
    """One dose for each home that nobody takes.  Returns seconds from the window's end to the row, one for each."""
    board = Board(town.centre.url)
    board.start()
    closes: dict[str, float] = {}
    first_due_s = town.now_s() + LEAD_S + LOAD_S * len(homes)
    for number, home in enumerate(homes):
        say(f"a plan for {home.label}")
        due_s = first_due_s + number * APART_S
        load(town, home, plan(due_s, 1, WINDOW_S, WINDOW_S, "en"))
        closes[home.device_id] = _unix_s(town, due_s + WINDOW_S)
    say(f"the last window ends in {max(closes.values()) - time.time():.0f} s")
    _wait_for_misses(town, len(homes))
    board.stop()
    return _delays_s(town, board, closes)


def _wait_for_misses(town: Town, count: int) -> None:
    end = time.monotonic() + WINDOW_S + PATIENCE_S + count * (LOAD_S + APART_S)
    while len(_missed(town)) < count:
        if time.monotonic() > end:
            raise TimeoutError(f"only {len(_missed(town))} of {count} missed doses are on the board")
        town.check()
        time.sleep(1)


def _missed(town: Town) -> dict[int, str]:
    """Alarm id -> device id of the missed doses on the board."""
    rows = town.centre.get("/api/alarms")
    return {row["id"]: row["device_id"] for row in rows if row["kind"] == "missed"}


def _delays_s(town: Town, board: Board, closes: dict[str, float]) -> list[float]:
    """The pre-alarm is the same row: what counts is the first time it was said aloud after the window's end."""
    delays: dict[str, float] = {}
    for alarm_id, device_id in _missed(town).items():
        closed_s = closes[device_id]
        delays[device_id] = min(
            seen_s - closed_s
            for seen_s, number, said in board.rows
            if number == alarm_id and said and seen_s >= closed_s - WINDOW_S / 4
        )
    return list(delays.values())


def _unix_s(town: Town, shown_s: int) -> float:
    """When the town's clock shows this second, in this machine's time."""
    return town.clock.started_unix_s + (shown_s - town.clock.shows_utc_s) / town.clock.rate
