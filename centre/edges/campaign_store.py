"""Campaigns as rows: the pure core reads and writes them as a whole, inside the caller's transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from centre.core import campaign as core
from centre.core import update_life as life
from centre.core.campaign import Campaign
from centre.core.update_life import Part
from centre.edges.alarm_store import Who
from centre.edges.firmware_release import Release
from centre.edges.tables.firmware import campaign_parts, campaigns

PART_NAMES = ("device_id", "wave", "state", "since_s", "begun_s", "tries", "reason")
NAMES = ("state", "why", "wave", "forgiven", "pardoned")
LISTED = 50  # newest campaigns on the page


@dataclass(frozen=True)
class Row:
    """A campaign with what it brings."""

    campaign_id: str
    release: Release
    campaign: Campaign
    made_by: str
    made_s: int


def begin(connection: Connection, tenant: str, release: Release, device_ids: Sequence[str], who: Who) -> Row:
    """Keep a new campaign.  Raises CampaignRefused: there is nobody to update."""
    campaign_id = uuid.uuid4().hex
    made = core.planned(device_ids, campaign_id)
    names = ("target", "version", "sequence", "device_class", "manifest_digest")
    values: dict[str, object] = {name: getattr(release, name) for name in names}
    values |= {name: getattr(made, name) for name in NAMES}
    values |= {"campaign_id": campaign_id, "tenant": tenant, "made_by": who.name, "made_s": who.at_s}
    connection.execute(insert(campaigns).values(**values))
    for part in made.parts.values():
        row = {name: getattr(part, name) for name in PART_NAMES}
        connection.execute(insert(campaign_parts).values(campaign_id=campaign_id, tenant=tenant, **row))
    return Row(campaign_id, release, made, who.name, who.at_s)


def get(connection: Connection, tenant: str, campaign_id: str) -> Row:
    """Raises LookupError."""
    query = select(campaigns).where(campaigns.c.tenant == tenant, campaigns.c.campaign_id == campaign_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise LookupError(f"There is no campaign {campaign_id[:40]}.")
    return _row(connection, tenant, row)


def listing(connection: Connection, tenant: str) -> list[Row]:
    """The newest first."""
    query = (
        select(campaigns)
        .where(campaigns.c.tenant == tenant)
        .order_by(campaigns.c.made_s.desc())
        .limit(LISTED)
    )
    return [_row(connection, tenant, row) for row in connection.execute(query).mappings().all()]


def alive(connection: Connection, tenant: str) -> list[Row]:
    """Those in which something may still happen: open ones, and ended ones with dispensers in flight."""
    flying = select(campaign_parts.c.campaign_id).where(
        campaign_parts.c.tenant == tenant, campaign_parts.c.state.in_(life.IN_FLIGHT)
    )
    wanted = campaigns.c.state.in_(core.OPEN) | campaigns.c.campaign_id.in_(flying)
    query = select(campaigns).where(campaigns.c.tenant == tenant, wanted).order_by(campaigns.c.made_s)
    return [_row(connection, tenant, row) for row in connection.execute(query).mappings().all()]


def of_device(connection: Connection, tenant: str, device_id: str, sequence: int | None) -> list[Row]:
    """The campaigns that a word of this device may be about, the newest first: alive, or of this firmware's number."""
    mine = select(campaign_parts.c.campaign_id).where(
        campaign_parts.c.tenant == tenant, campaign_parts.c.device_id == device_id
    )
    query = select(campaigns).where(campaigns.c.tenant == tenant, campaigns.c.campaign_id.in_(mine))
    if sequence is not None:
        query = query.where(campaigns.c.sequence == sequence)
    rows = connection.execute(query.order_by(campaigns.c.made_s.desc()).limit(LISTED)).mappings().all()
    return [_row(connection, tenant, row) for row in rows]


def save(connection: Connection, tenant: str, row: Row, became: Campaign) -> None:
    """Write what has changed."""
    before = row.campaign
    if any(getattr(before, name) != getattr(became, name) for name in NAMES):
        mine = (campaigns.c.tenant == tenant) & (campaigns.c.campaign_id == row.campaign_id)
        values = {name: getattr(became, name) for name in NAMES}
        connection.execute(update(campaigns).where(mine).values(**values))
    for device_id, part in became.parts.items():
        if part != before.parts[device_id]:
            values = {name: getattr(part, name) for name in PART_NAMES}
            connection.execute(
                update(campaign_parts).where(_one(tenant, row.campaign_id, device_id)).values(**values)
            )


def prepared_since(connection: Connection, tenant: str, campaign_id: str, since_wall_s: int) -> set[str]:
    """The devices whose hubs were asked since then."""
    query = select(campaign_parts.c.device_id).where(
        campaign_parts.c.tenant == tenant,
        campaign_parts.c.campaign_id == campaign_id,
        campaign_parts.c.prepared_wall_s > since_wall_s,
    )
    return {str(row[0]) for row in connection.execute(query)}


def mark_prepared(
    connection: Connection, tenant: str, campaign_id: str, device_id: str, wall_s: int | None
) -> None:
    """Its hub is asked now; None: it is told to drop it."""
    mine = _one(tenant, campaign_id, device_id)
    connection.execute(update(campaign_parts).where(mine).values(prepared_wall_s=wall_s))


def prepared_in_vain(connection: Connection, tenant: str) -> list[tuple[str, str]]:
    """(campaign, device) whose hub still keeps a bundle ready although it has come to an end."""
    query = select(campaign_parts.c.campaign_id, campaign_parts.c.device_id).where(
        campaign_parts.c.tenant == tenant,
        campaign_parts.c.state.in_(life.ENDED),
        campaign_parts.c.prepared_wall_s.is_not(None),
    )
    return [(str(row[0]), str(row[1])) for row in connection.execute(query)]


def _one(tenant: str, campaign_id: str, device_id: str) -> ColumnElement[bool]:
    mine = (campaign_parts.c.tenant == tenant) & (campaign_parts.c.campaign_id == campaign_id)
    return mine & (campaign_parts.c.device_id == device_id)


def _row(connection: Connection, tenant: str, row: RowMapping) -> Row:
    query = select(campaign_parts).where(
        campaign_parts.c.tenant == tenant, campaign_parts.c.campaign_id == row["campaign_id"]
    )
    found = connection.execute(query.order_by(campaign_parts.c.device_id)).mappings()
    parts = {part["device_id"]: Part(**{name: part[name] for name in PART_NAMES}) for part in found}
    names = ("target", "version", "sequence", "device_class", "manifest_digest")
    release = Release(**{name: row[name] for name in names})
    campaign = Campaign(parts, **{name: row[name] for name in NAMES})
    return Row(row["campaign_id"], release, campaign, row["made_by"], row["made_s"])
