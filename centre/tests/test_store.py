"""What is kept: nothing of it is lost, rewritten, or seen by another municipality."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from centre.core.alarms import Refused
from centre.core.rules import Raise
from centre.edges import alarm_store, registry
from centre.edges.alarm_store import Who
from centre.edges.tables import metadata
from centre.tests.conftest import NOON, TENANT
from protocol.device_events import AlarmCleared, AlarmRaised
from protocol.dose_events import DoseMissed

ROOM = Path(__file__).parents[1]
MISSED = DoseMissed(bytes(16), 2, NOON)


def test_the_migrations_make_the_tables_that_the_code_uses(house):
    """A centre that was upgraded step by step has the same tables as the code expects."""
    with house.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    house.database.migrate()


def test_no_code_changes_what_was_written_down():
    """Events, evidence and the audit trail are only ever added to."""
    for path in [*ROOM.glob("edges/*.py"), *ROOM.glob("board/*.py"), *ROOM.glob("*.py")]:
        assert not re.search(r"\b(update|delete)\((events|evidence|audit)\b", path.read_text()), path


def test_another_municipality_sees_nothing(house):
    """Two municipalities in one database do not see, claim or close each other's alarms."""
    house.bring(house.device.event(MISSED))
    row = house.alarms()[0]
    with house.database.write() as connection:
        registry.ensure_tenant(connection, "storby")
        assert alarm_store.board_rows(connection, "storby") == []
        assert registry.device(connection, "storby", house.device.id) is None
        assert registry.public_point(connection, "storby", house.device.id) is None
        with pytest.raises(LookupError):
            alarm_store.act(connection, "storby", row.id, "claim", Who("ola", "-", NOON, NOON))


def test_the_loser_of_a_race_reads_the_winners_name(house):
    """Two operators press at the same time: one has the alarm, the other reads who."""
    house.bring(house.device.event(MISSED))
    row = house.alarms()[0]
    house.act(row, "claim", "kari")
    with pytest.raises(Refused) as refused:
        house.act(row, "claim", "ola")
    assert refused.value.holder == "kari"


def test_a_claim_that_ran_out_is_in_the_trail(house):
    """When nobody goes on with an alarm, it is new again, and the trail says who had it."""
    house.bring(house.device.event(MISSED))
    row = house.act(house.alarms()[0], "claim")
    later = Who("time", "", house.clock.utc_s(), house.clock.wall_s() + 901)
    with house.database.write() as connection:
        assert alarm_store.expire_leases(connection, TENANT, later) == 1
        trail = alarm_store.trail(connection, TENANT, row.id)
    assert [entry["verb"] for entry in trail] == ["raise", "claim", "lease_out"]
    assert trail[-1]["comment"] == "kari" and house.alarms()[0].alarm.handling == "new"


def test_every_change_says_what_was_before(house):
    """Each line of the trail holds who, where, when, the state before and the words."""
    house.bring(house.device.event(MISSED))
    row = house.act(house.alarms()[0], "claim")
    house.act(row, "close", reason="other", comment="Daughter was there.")
    with house.database.read() as connection:
        last = alarm_store.trail(connection, TENANT, row.id)[-1]
    assert (last["actor"], last["station"], last["was"]) == ("kari", "desk 1", "missed active claimed")
    assert last["became"] == "missed active closed" and last["comment"] == "other Daughter was there."


def test_a_failure_in_the_middle_leaves_nothing_behind(house):
    """When a batch cannot be stored whole, nothing of it is stored, and no receipt goes out."""
    news = Raise("missed", house.device.raw_id, "dose:1")
    with pytest.raises(ZeroDivisionError), house.database.write() as connection:
        alarm_store.raise_alarm(connection, TENANT, news, Who("device", "", NOON, NOON))
        raise ZeroDivisionError
    assert house.alarms() == []


def test_a_fault_that_follows_one_that_was_over_is_told_in_its_own_words(house):
    """The clock was set again and nobody closed the row: a new technical fault does not stand there as the old one."""
    events = (AlarmRaised(105, "clock not set"), AlarmCleared(105), AlarmRaised(105, "mechanism: stall"))
    for body in events:
        house.bring(house.device.event(body))
    (row,) = house.alarms()
    assert (row.alarm.condition, row.facts["detail"]) == ("active", "mechanism: stall")
