"""Three days without a centre, for sixteen dispensers on one hub: then everything arrives, alarms first.

The hub, its outbox, mosquitto with mutual TLS and the centre's own door are real; the three days are in the events'
times.  What the dispensers journalled lies in the outbox, as it does after three days.
"""

from types import SimpleNamespace

import pytest

from centre.edges import alarm_store, event_store, registry
from centre.edges.clock import Clock
from centre.edges.database import Database
from centre.edges.ingest import Ingest
from centre.edges.keys import CentreKey, point_of
from hub.core.arrival import Arrival
from hub.core.envelope import address_of, is_urgent_event
from hub.edges.outbox import Outbox
from hub.tests.parts.authority import Authority
from hub.tests.parts.broker import Centre, Mosquitto
from hub.tests.parts.hub_process import HubFolder, HubProcess, until
from hub.tests.parts.signing import CentreSigner, DeviceJournal
from protocol.cose import event_hash
from protocol.device_events import AlarmCleared, AlarmRaised, LidClosed, LidOpened
from protocol.path_messages import CarriedReceipt

DEVICES, EVENTS, ALARM_EVERY = 16, 300, 20
BEGAN_S, LASTED_S = 1_800_000_000, 72 * 3600
STALL = (105, "stall")


class RealCentre(Centre):
    """The centre's own door behind a real broker; `came`: (device_id, seq) of every event, as it arrived."""

    def __init__(self, database, *where) -> None:
        super().__init__(*where)
        self.ingest = Ingest(database, self.tenant, CentreKey(self.signer.private), Clock())
        self.came: list[tuple[bytes, int]] = []
        self.urgent: set[tuple[bytes, int]] = set()

    def _take_events(self, hub_id, up) -> None:
        addresses = [address_of(cose) for cose in up.coses]
        self.came += addresses
        self.urgent |= {
            address for address, cose in zip(addresses, up.coses, strict=True) if is_urgent_event(cose)
        }
        for data in self.ingest.take_events(hub_id.hex(), up.coses).receipts:
            self.down(hub_id, CarriedReceipt(data))


@pytest.fixture
def house(tmp_path):
    authority, signer = Authority(tmp_path), CentreSigner()
    broker = Mosquitto(tmp_path, authority, authority.issue("server", "broker", host="127.0.0.1"))
    broker.start()
    files = HubFolder(tmp_path, authority, signer)
    files.broker_port = broker.port
    database = Database(f"sqlite:///{tmp_path / 'centre.db'}")
    database.migrate()
    where = (signer, files.tenant, broker.port, authority.root, authority.issue("centre-client", "centre"))
    centre = RealCentre(database, *where)
    hub = HubProcess(files)
    yield SimpleNamespace(centre=centre, files=files, hub=hub, database=database)
    hub.kill()
    centre.close()
    broker.kill()


def enrol(house, journals):
    tenant = house.files.tenant
    with house.database.write() as connection:
        registry.ensure_tenant(connection, tenant)
        registry.enrol_hub(connection, tenant, point_of(house.files.event_private.public_key()), "Stair B")
        for number, journal in enumerate(journals):
            place = (
                point_of(journal.private.public_key()),
                "tablet",
                house.files.hub_id.hex(),
                f"Flat {number}",
            )
            registry.enrol_device(connection, tenant, *place)


def journalled(number):
    """The body of a dispenser's event: now and then a fault begins, and later ends; the last one stands."""
    if number % ALARM_EVERY == 0:
        return AlarmRaised(*STALL)
    if number % ALARM_EVERY == ALARM_EVERY // 2 and number > ALARM_EVERY:
        return AlarmCleared(*STALL)
    return LidOpened() if number % 2 else LidClosed()


def three_days(house, journals):
    """What the hub took in the meantime, in the order of the events' times."""
    house.files.state_dir.mkdir()
    outbox = Outbox(house.files.state_dir / "outbox.sqlite3")
    outbox.open()
    outbox.begin()
    for seq in range(1, EVENTS + 1):
        for journal in journals:
            at_s = BEGAN_S + LASTED_S * seq // EVENTS
            cose = journal.add(journalled(seq), at_s)
            urgent = is_urgent_event(cose)
            outbox.store([Arrival(journal.id, seq, event_hash(cose), cose, urgent=urgent)], at_s)
    outbox.commit()
    outbox.close()


def test_after_three_days_without_a_centre_everything_arrives_alarms_first(house, record_property):
    """16 dispensers' three days come up whole: alarms first, each one's story in order, nothing lost or doubled."""
    journals = [DeviceJournal() for _ in range(DEVICES)]
    enrol(house, journals)
    three_days(house, journals)
    house.hub.start()
    until(lambda: len(house.centre.came) >= DEVICES * EVENTS, limit_s=120)
    until(lambda: (house.hub.status() or {}).get("outbox", {}).get("waiting") == 0, limit_s=120)

    centre, tenant = house.centre, house.files.tenant
    first_times = [address for address in dict.fromkeys(centre.came) if address[0] != house.files.hub_id]
    alarms = DEVICES * EVENTS // ALARM_EVERY
    assert len(first_times) == DEVICES * EVENTS
    assert set(first_times[:alarms]) == {
        address for address in centre.urgent if address[0] != house.files.hub_id
    }
    for journal in journals:
        mine = [seq for device, seq in first_times if device == journal.id]
        calling = [seq for seq in mine if (journal.id, seq) in centre.urgent]
        assert calling == sorted(calling) == mine[: len(calling)]
        assert mine[len(calling) :] == sorted(mine[len(calling) :])
        with house.database.read() as connection:
            history = event_store.history(connection, tenant, journal.id.hex(), 0)
            assert [row["cose"] for row in history][::-1] == journal.coses
            assert event_store.chain(connection, tenant, journal.id.hex()).last_seq == EVENTS
    with house.database.read() as connection:
        board = alarm_store.board_rows(connection, tenant, 0)
    rows = [
        row for row in board if row.alarm.kind != "device_lost"
    ]  # true as well: no dispenser is plugged in here
    assert {(row.alarm.kind, row.alarm.condition) for row in rows} == {("technical", "active")}
    assert len(rows) == DEVICES
    again = len(centre.came) - len(set(centre.came))
    record_property(
        "count",
        f"after 72 h without a centre: {DEVICES} x {EVENTS} events, the {alarms} alarms first, all once and in order;"
        f" {again} were sent twice on the way",
    )
