"""Two machines with one hub's keys: they would throw each other off the broker for ever."""

import asyncio
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from hub.config import read_config
from hub.core.takeover import ALONE_MS, DETAIL, SHORT_MS, TIMES, Takeovers
from hub.edges.credentials import tls_context
from hub.edges.ledger import Ledger
from hub.edges.outbox import Outbox
from hub.edges.system_clock import SystemClock
from hub.edges.uplink import Callbacks, Route, Uplink
from hub.tests.parts.broker import Mosquitto
from protocol.hub_events import TROUBLE_TWIN, HubTrouble

PATIENCE_S = 60


def thrown_off(takeovers: Takeovers, now_ms: int, life_ms: int) -> int:
    """One connection that was lost after so long; returns the time then."""
    takeovers.came_up(now_ms)
    takeovers.ended("lost", now_ms + life_ms)
    return now_ms + life_ms


def test_six_quick_losses_in_a_row_are_a_twin_and_ten_quiet_minutes_end_it():
    """Thrown off six times within five seconds each, the hub knows; ten minutes alone, and it is over."""
    takeovers, now_ms = Takeovers(), 0
    for number in range(TIMES):
        assert not takeovers.standing, number
        now_ms = thrown_off(takeovers, now_ms, SHORT_MS - 1)
    assert takeovers.standing
    now_ms = thrown_off(takeovers, now_ms, 40_000)  # the other waits longer now, too
    takeovers.came_up(now_ms)
    takeovers.look(now_ms + ALONE_MS - 1)
    assert takeovers.standing
    takeovers.look(now_ms + ALONE_MS)
    assert not takeovers.standing


def test_another_cause_is_told_as_what_it_is():
    """Once a twin is known, a broker that is away is said to be away, and a certificate that is shut out ends it."""
    takeovers, now_ms = Takeovers(), 0
    for _ in range(TIMES):
        now_ms = thrown_off(takeovers, now_ms, 100)
    assert takeovers.is_cause
    takeovers.ended("connect", now_ms)
    assert takeovers.standing and not takeovers.is_cause
    takeovers.ended("tls", now_ms)
    assert not takeovers.standing


@given(
    st.lists(st.sampled_from(["resolve", "connect", "tls", "return", "long"]), min_size=1),
    st.integers(0, TIMES - 1),
)
def test_a_broker_that_fails_is_no_twin(between, times):
    """Losses with a try in vain or a lasting connection between them, as of a broker that dies, are never a twin."""
    takeovers, now_ms = Takeovers(), 0
    for stage in between:
        for _ in range(times):
            now_ms = thrown_off(takeovers, now_ms, 100)
        if stage == "long":
            now_ms = thrown_off(takeovers, now_ms, SHORT_MS)
        else:
            takeovers.ended(stage, now_ms)
    assert not takeovers.standing
    assert len(HubTrouble(TROUBLE_TWIN, 0, DETAIL).detail) <= 64


class OneOfTwo:
    """An uplink of its own, with its own outbox, under the hub's one name."""

    def __init__(self, folder: Path, config, route: Route) -> None:
        outbox = Outbox(folder / "outbox.sqlite3")
        outbox.open()
        self.ledger = Ledger(outbox)
        self.sessions = 0
        callbacks = Callbacks(
            lambda: tls_context(config),
            lambda: None,
            self._session,
            list,
            lambda _: None,
            lambda _: None,
            lambda: 0,
        )
        self.uplink = Uplink(route, self.ledger, SystemClock(), callbacks, structlog.get_logger())
        self.tasks = [asyncio.create_task(self.ledger.run()), asyncio.create_task(self.uplink.run())]

    async def _session(self) -> int:
        self.sessions += 1
        return self.sessions

    async def close(self) -> None:
        for task in reversed(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.ledger.close()


@pytest.fixture
def broker(tmp_path, authority):
    found = Mosquitto(tmp_path, authority, authority.issue("server", "broker", host="127.0.0.1"))
    found.start()
    yield found
    found.kill()


async def test_two_machines_with_one_hubs_keys_notice_it_and_stop_quarrelling(
    tmp_path, files, broker, record_property
):
    """A copied hub is noticed by both machines; each says so and gives the other its turn instead of fighting."""
    files.broker_port = broker.port
    config = read_config(files.write())
    route = Route([("127.0.0.1", broker.port)], files.tenant, files.hub_id)
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    both = [OneOfTwo(folder, config, route) for folder in folders]
    async with asyncio.timeout(PATIENCE_S):
        while not any(one.uplink.takeovers.standing for one in both):
            await asyncio.sleep(0.05)
        told = next(one for one in both if one.uplink.takeovers.standing)
        while "Another machine with this hub's keys" not in told.uplink.sentence:
            await asyncio.sleep(0.05)
    connects = [one.sessions for one in both]
    assert max(connects) >= TIMES
    record_property("count", f"two machines with one hub's keys: noticed after {connects} connections")
    for one in both:
        await one.close()
