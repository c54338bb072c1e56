"""What dispensers and hubs say of new firmware, and what becomes of their campaigns by it."""

from sqlalchemy import Connection

from centre.core import campaign as core
from centre.core import update_life as life
from centre.core.campaign import Campaign
from centre.core.rules import Raise
from centre.edges import alarm_store, campaign_store, command_store
from centre.edges.alarm_store import Who
from centre.edges.campaign_store import Row
from protocol.errors import EXPIRED, OLD_COUNTER
from protocol.events import CommandAccepted, CommandRefused, Event
from protocol.path_updates import CARRIED, NOT_STAGED, STAGED, UpdateState
from protocol.service_commands import InstallFirmware
from protocol.service_events import DeviceErased, ServiceEnded, UpdateConfirmed, UpdateReverted, UpdateStarted

HUB_NEWS = {STAGED: life.STAGED, NOT_STAGED: life.NOT_STAGED, CARRIED: life.STARTED}


def hear_firmware(connection: Connection, tenant: str, believed: list[Event], who: Who) -> None:
    """What dispensers say of orders, services and their firmware."""
    for event in believed:
        news, sequence, reason = _news(event)
        device_id = event.device_id.hex()
        if news is None:
            continue
        rows = campaign_store.of_device(connection, tenant, device_id, sequence)
        for row in rows:
            keep(connection, tenant, row, core.heard(row.campaign, device_id, news, who.at_s, reason), who)
        if news == life.TOLD_REVERTED and not rows:  # a technician's cable brought it, and has gone
            _call(connection, tenant, device_id, f"update:{sequence}", f"#{sequence}", life.REVERTED, who)


def hear_hub(connection: Connection, tenant: str, said: UpdateState, who: Who) -> None:
    """How far a hub is with a dispenser's bundle."""
    news = HUB_NEWS.get(said.state, life.NOT_TAKEN)
    for row in campaign_store.alive(connection, tenant):
        if row.release.manifest_digest == said.manifest_digest.hex():
            became = core.heard(row.campaign, said.device_id.hex(), news, who.at_s, said.reason)
            keep(connection, tenant, row, became, who)


def keep(connection: Connection, tenant: str, row: Row, became: Campaign, who: Who) -> None:
    """Write it.  An order that is not wanted any more goes; what failed calls a technician."""
    campaign_store.save(connection, tenant, row, became)
    for device_id, part in became.parts.items():
        before = row.campaign.parts[device_id]
        if before.state == life.ORDERED and part.state != life.ORDERED:
            command_store.supersede(connection, tenant, device_id, InstallFirmware.TYPE)
        if part.state == life.FAILED and before.state != life.FAILED:
            cause = f"update:{row.campaign_id}"
            _call(connection, tenant, device_id, cause, row.release.version, part.reason or 0, who)
    if became.state != row.campaign.state:
        note(connection, tenant, row, f"campaign_{became.state}", who)


def _call(
    connection: Connection, tenant: str, device_id: str, cause: str, version: str, reason: int, who: Who
) -> None:
    """A technician."""
    facts = {"version": version, "reason": reason}
    news = Raise("update_failed", bytes.fromhex(device_id), cause, facts=facts)
    alarm_store.raise_alarm(connection, tenant, news, who)


def note(connection: Connection, tenant: str, row: Row, verb: str, who: Who) -> None:
    """A line in the trail."""
    words = f"campaign {row.campaign_id} {row.release.version} for {row.release.device_class}"
    alarm_store.note(connection, tenant, verb, who, words)


def _news(event: Event) -> tuple[str | None, int | None, int | None]:
    """(news, the firmware's number if it is about one, reason); (None, ...) when it is not about firmware."""
    body = event.body
    if isinstance(body, CommandAccepted) and body.command_type == InstallFirmware.TYPE:
        return life.ACCEPTED, None, None
    if isinstance(body, CommandRefused) and body.command_type == InstallFirmware.TYPE:
        copy = body.reason in (OLD_COUNTER, EXPIRED)  # of an order that was signed anew
        return (None if copy else life.REFUSED), None, body.reason
    if isinstance(body, ServiceEnded):
        return life.SERVICE_ENDED, None, None
    if isinstance(body, UpdateStarted):
        return life.STARTED, body.sequence, None
    if isinstance(body, UpdateConfirmed):
        return life.CONFIRMED, body.sequence, None
    if isinstance(body, DeviceErased):
        return life.GONE, None, None
    if isinstance(body, UpdateReverted):
        return life.TOLD_REVERTED, body.sequence, None
    return None, None, None
