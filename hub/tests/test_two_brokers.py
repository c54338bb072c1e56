"""Two brokers: the second serves while the first is away, and the hub goes home when it is back."""

import asyncio

import pytest
import structlog

from hub.config import read_config
from hub.core.broker_choice import RETURN_AFTER_MS
from hub.edges.credentials import tls_context
from hub.edges.ledger import Ledger
from hub.edges.outbox import Outbox
from hub.edges.system_clock import SystemClock
from hub.edges.uplink import Callbacks, Route, Uplink
from hub.tests.parts.broker import Mosquitto

PATIENCE_S = 30


class LateClock(SystemClock):
    """A clock that can be put forward."""

    late_ms = 0

    def real_monotonic_ms(self) -> int:
        return super().real_monotonic_ms() + self.late_ms


async def until(true):
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            await asyncio.sleep(0.05)


@pytest.fixture
def brokers(tmp_path, authority):
    server = authority.issue("server", "broker", host="127.0.0.1")
    both = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        both.append(Mosquitto(tmp_path / name, authority, server))
    yield both
    for broker in both:
        broker.kill()


async def test_a_hub_goes_to_the_second_broker_and_home_again(tmp_path, files, brokers):
    """With the preferred broker away the other carries the alarms; when it answers again the hub goes back to it."""
    first, second = brokers
    second.start()
    files.broker_port = first.port
    config = read_config(files.write())
    clock, paths = LateClock(), []
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    outbox.open()
    ledger = Ledger(outbox)

    async def session() -> int:
        return 1

    callbacks = Callbacks(
        lambda: tls_context(config), lambda: None, session, list, lambda _: None, paths.append, lambda: 0
    )
    route = Route([("127.0.0.1", first.port), ("127.0.0.1", second.port)], files.tenant, files.hub_id)
    uplink = Uplink(route, ledger, clock, callbacks, structlog.get_logger())
    tasks = [asyncio.create_task(ledger.run()), asyncio.create_task(uplink.run())]
    await until(lambda: uplink.sentence == "Connected to the second broker.")
    clock.late_ms = RETURN_AFTER_MS
    uplink.events_waiting()
    await asyncio.sleep(0.5)  # it looked, and the first was not there
    assert uplink.up
    first.start()
    clock.late_ms = 2 * RETURN_AFTER_MS
    uplink.events_waiting()
    await until(lambda: uplink.sentence == "Connected.")
    assert paths == [True, False, True]
    for task in reversed(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    ledger.close()


def test_a_second_broker_that_is_the_first_is_refused(files):
    """Naming one broker twice is a mistake, and is said so."""
    files.broker_port = 8883
    folder = files.write()
    folder.write_text(folder.read_text().replace("[broker]\n", '[broker]\nsecond_host = "127.0.0.1"\n'))
    with pytest.raises(Exception, match="name the first broker again"):
        read_config(folder)
