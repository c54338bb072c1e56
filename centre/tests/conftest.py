"""A centre on a real SQLite file, with one hub and one dispenser that sign with real keys."""

import asyncio
import re
import time
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Connection, event

from centre.board.app import create_app
from centre.board.context import COOKIE, BoardContext, FirmwareShelf
from centre.config import Broker as BrokerSettings
from centre.config import Centre as CentreSettings
from centre.config import Config
from centre.edges import accounts, alarm_store, registry, watch
from centre.edges.alarm_store import AlarmRow, Who
from centre.edges.bell import Bell
from centre.edges.campaign_desk import CampaignDesk
from centre.edges.care_desk import CareDesk
from centre.edges.clock import Clock
from centre.edges.database import Database
from centre.edges.desk import Desk
from centre.edges.enrolment_desk import EnrolmentDesk
from centre.edges.ingest import Ingest, Taken
from centre.edges.keys import CentreKey
from centre.edges.refill_desk import RefillDesk
from centre.edges.tables import metadata
from centre.edges.tables.people import accounts as accounts_table
from centre.tests.desk import ARGUMENTS, CHROMIUM
from centre.tests.live import Broker, LiveCentre, LiveHub, state_of, wait_for
from centre.tests.signing import Sender

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have httpx2, which nothing else here needs
    from starlette.testclient import TestClient

NOON = 1_795_000_000
TENANT = "demo"
SHARED = {"tenants"}  # names the tenants themselves


class LeapingClock(Clock):
    """A clock that stands, so that nothing depends on how long a test takes.  It is noon for the devices at first."""

    def __init__(self) -> None:
        super().__init__()
        self._wall_s = int(time.time())
        self.leapt_s = 0

    def leap(self, seconds: int) -> None:
        """So much time passes on the devices' clock."""
        self.leapt_s += seconds

    def utc_s(self) -> int:
        """Device time."""
        return NOON + self.leapt_s

    def wall_s(self) -> int:
        """The operators' time."""
        return self._wall_s


class PathUp:
    """A way to the hubs that stands."""

    up = True


@cache
def demo_hash() -> str:
    """The hash of the password "demo": a fifth of a second of computing."""
    return accounts.HASHER.hash("demo")


class House:
    """Everything of one tenant, without network."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'centre.db'}")
        self.database.migrate()
        guard_tenants(self.database)
        self.clock = LeapingClock()
        self.key = CentreKey(ec.generate_private_key(ec.SECP256R1()))
        self.enrolment_key: CentreKey | None = CentreKey(ec.generate_private_key(ec.SECP256R1()))
        self.ingest = Ingest(self.database, TENANT, self.key, self.clock)
        self.desk = Desk(TENANT, self.key)
        self.hub, self.device = Sender(), Sender()
        self.waited_s = 0
        self.firmware: FirmwareShelf | None = None  # a test may give it one
        with self.database.write() as connection:
            registry.ensure_tenant(connection, TENANT)
            registry.enrol_hub(connection, TENANT, self.hub.point, "Stair B")
            registry.enrol_device(connection, TENANT, self.device.point, "tablet", self.hub.id, "Flat 12")
            self._enrol_demo(connection)

    def client(self) -> TestClient:
        """Someone who has logged in, at the doors of this centre; speaks English."""
        centre = CentreSettings(tenant=TENANT, signing_key=Path("unused"))
        broker = BrokerSettings(host="unused", ca=Path("-"), certificate=Path("-"), key=Path("-"))
        config = Config(centre=centre, broker=broker)
        bell = Bell(asyncio.new_event_loop())
        care = CareDesk(TENANT, self.desk)
        refills = RefillDesk(TENANT, self.desk)
        enrolment = EnrolmentDesk(TENANT, self.key.public_point, self.enrolment_key)
        context = BoardContext(
            config,
            self.database,
            self.clock,
            bell,
            self.desk,
            care,
            refills,
            PathUp(),
            self.ingest,
            enrolment,
            CampaignDesk(TENANT, self.desk),
            self.firmware,
        )
        client = TestClient(create_app(context), base_url="http://127.0.0.1")
        ends_s = self.clock.wall_s() + 3600
        with self.database.write() as connection:
            opened = accounts.open_session(connection, TENANT, "demo", "Desk 1", "en", ends_s)
        client.cookies.set(COOKIE, opened.token)
        return client

    def _enrol_demo(self, connection: Connection) -> None:
        """The account demo with its true password, whose slow hash is made once for all tests."""
        names = {"name": "demo", "tenant": TENANT, "role": "operator", "password_hash": demo_hash()}
        connection.execute(accounts_table.insert().values(failed=0, locked_until_wall_s=0, **names))

    def bring(self, *events: bytes, hub: Sender | None = None) -> Taken:
        """A hub brings signed bytes."""
        return self.ingest.take_events((hub or self.hub).id, list(events))

    def wait(self, wall_s: int) -> None:
        """So many seconds pass for people and networks, and the centre looks at the time."""
        self.waited_s += wall_s
        later = Who("time", "", self.clock.utc_s(), self.clock.wall_s() + self.waited_s)
        with self.database.write() as connection:
            watch.look(connection, TENANT, later, path_stands=True)

    def alarms(self, closed: bool = True) -> list[AlarmRow]:
        """Every row of the board."""
        with self.database.read() as connection:
            return alarm_store.board_rows(connection, TENANT, 0 if closed else None)

    def kinds(self) -> list[str]:
        """Kinds of all alarms, sorted."""
        return sorted(row.alarm.kind for row in self.alarms())

    def act(
        self, row: AlarmRow, verb: str, name: str = "kari", reason: str = "", comment: str = ""
    ) -> AlarmRow:
        """A person acts."""
        who = Who(name, "desk 1", self.clock.utc_s(), self.clock.wall_s())
        with self.database.write() as connection:
            return alarm_store.act(connection, TENANT, row.id, verb, who, reason or None, comment)


def guard_tenants(database: Database) -> None:
    """Fail any statement that touches a tenant's table without saying which tenant."""
    names = [name for name in metadata.tables if name not in SHARED]

    @event.listens_for(database.engine, "before_cursor_execute")
    def check(_connection, _cursor, statement, _parameters, _context, _many):
        words = " ".join(statement.lower().split())
        if not re.match(r"(select|update|delete)\b", words):
            return
        touched = [name for name in names if re.search(rf"\b(from|update) {name}\b", words)]
        for name in touched:
            assert f"{name}.tenant = ?" in words, f"no tenant in: {words}"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A centre with one hub and one dispenser."""
    made = House(tmp_path)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real mosquitto with mutual TLS."""
    made = Broker(tmp_path_factory.mktemp("broker"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Iterator[LiveCentre]:
    """A running centre, shared by the tests of a file."""
    made = LiveCentre(tmp_path_factory.mktemp("centre"), broker)
    made.start()
    wait_for(lambda: state_of(made.client())["path_up"], "the centre's way to the broker")
    yield made
    made.stop()


@pytest.fixture
def centre(running: LiveCentre) -> Iterator[LiveCentre]:
    """The running centre with an empty board."""
    yield running
    running.close_all()


@pytest.fixture
def hub(broker: Broker, centre: LiveCentre) -> Iterator[LiveHub]:
    """A new hub on the broker, registered at the centre."""
    made = LiveHub(broker)
    centre.enrol(made)
    made.connect()
    yield made
    made.leave()


@pytest.fixture
def dispenser(centre: LiveCentre, hub: LiveHub) -> Sender:
    """A new dispenser in flat 12, registered on that hub."""
    made = Sender()
    centre.enrol(hub, made)
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium with a fresh profile."""
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield opened
        opened.close()
