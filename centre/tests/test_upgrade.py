"""A centre of an earlier version becomes one of this version, with all that it knew."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from centre.edges import device_state, dose_store
from centre.edges.database import Database
from centre.tests.conftest import NOON, TENANT
from centre.tests.signing import Sender
from protocol import cbor, cose
from protocol.device_events import LidOpened
from protocol.dose_events import DoseDue, DoseMissed, DoseTaken, ReleaseIntended
from protocol.envelope import decode_heading
from protocol.load_plan import TIME_CRITICAL, Dose, LoadPlan
from protocol.record import Message
from protocol.service_events import DeviceErased

PLAN = LoadPlan(
    bytes([7] * 16),
    1,
    1,
    [
        Dose(bytes([1] * 16), 1, NOON, 600, 3600, 1, TIME_CRITICAL, "Morning"),
        Dose(bytes([2] * 16), 2, NOON + 9000, 0, 3600, 1),
        Dose(bytes([3] * 16), 3, NOON + 19000, 0, 3600, 1),
    ],
    [(0, 3600)],
    None,
    "nb",
)


def old_centre(path: Path, *more: Message) -> tuple[Database, Sender]:
    """The database as version 0.1 left it: a plan in force, one dose taken, one missed; and what it said after that."""
    database, device = Database(f"sqlite:///{path}"), Sender()
    settings = Config()
    settings.set_main_option("script_location", "centre:migrations")
    with database.write() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
        row(connection, "tenants", name=TENANT)
        names = {"tenant": TENANT, "device_id": device.id}
        row(connection, "devices", public_point=device.point, model=1, hub_id="00" * 8, label="12", **names)
        plan = {"plan_id": PLAN.plan_id.hex(), "version": 1, "made_by": "kari", "made_s": NOON}
        row(connection, "plans", bytes=cbor.encode(PLAN.to_map()), active=True, **plan, **names)
        for body in (
            DoseDue(bytes([1] * 16), 1),
            ReleaseIntended(bytes([1] * 16), 1),
            DoseTaken(bytes([1] * 16), 1),
            DoseMissed(bytes([2] * 16), 2, NOON + 9000),
            *more,
        ):
            data = device.event(body)
            heading = decode_heading(cose.parse_sign1(data).payload)
            facts = {name: getattr(heading, name) for name in ("seq", "prev", "type", "utc_s", "clock")}
            proof = {"hash": cose.event_hash(data), "cose": data, "boot": 1, "uptime_ms": 1}
            row(connection, "events", hub_id="00" * 8, received_s=NOON, **facts, **proof, **names)
    return database, device


def row(connection: sa.Connection, table: str, **values: object) -> None:
    connection.execute(sa.table(table, *[sa.column(name) for name in values]).insert().values(**values))


def test_an_older_centre_keeps_its_plans_and_learns_what_became_of_its_doses(tmp_path):
    """After an upgrade the plan in force is still in force, and each dose is what the dispenser said of it."""
    database, device = old_centre(tmp_path / "old.db")
    database.migrate()
    with database.read() as connection:
        known = dose_store.known_doses(connection, TENANT, device.id)
        in_force = dose_store.plan_in_force(connection, TENANT, device.id)
        waits = dose_store.waiting_plan(connection, TENANT, device.id)
    assert [dose.life.state for dose in known] == ["taken", "missed", "planned"]
    assert [dose.life.released for dose in known] == [True, False, False]
    assert (known[0].opens_s, known[0].closes_s, known[0].late_until_s) == (NOON - 600, NOON + 3600, None)
    assert known[0].time_critical and known[0].in_force and in_force == (PLAN.plan_id.hex(), 1)
    assert not known[0].on_roll and waits is None
    database.close()


@pytest.mark.parametrize("after", [(), (LidOpened(),)])
def test_an_older_centre_learns_who_has_come_back(tmp_path, after):
    """After an upgrade a dispenser whose last word was its erase record is erased; one that spoke after it is not."""
    database, device = old_centre(tmp_path / "old.db", DeviceErased(1, 0, 0, 0, 0, 0), *after)
    database.migrate()
    with database.read() as connection:
        found = device_state.state_of(connection, TENANT, device.id)
    assert found is not None and found.erased is not bool(after)
    database.close()
