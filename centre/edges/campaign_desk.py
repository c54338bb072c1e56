"""Campaigns at work: begin one, let a person steer it, and say what goes down to which hub now."""

from dataclasses import dataclass

from sqlalchemy import Connection

from centre.core import campaign as core
from centre.core import update_life as life
from centre.core.campaign import CampaignRefused
from centre.edges import campaign_store, command_store, firmware_running, registry
from centre.edges.alarm_store import Who
from centre.edges.campaign_hearing import keep, note
from centre.edges.campaign_store import Row
from centre.edges.desk import Desk
from centre.edges.firmware_release import Release
from protocol.manifest import CLASSES
from protocol.path_updates import DropUpdate, PrepareUpdate
from protocol.record import Message
from protocol.service_commands import InstallFirmware

PREPARE_AGAIN_S = 60  # a hub that did not answer, or has nothing ready yet


@dataclass(frozen=True)
class Down:
    """One message on its way to a hub."""

    hub_id: str
    message: Message


class CampaignDesk:
    """For one tenant, inside the caller's transaction."""

    def __init__(self, tenant: str, desk: Desk) -> None:
        self._tenant = tenant
        self._desk = desk

    def begin(self, connection: Connection, release: Release, who: Who) -> Row:
        """A campaign for all dispensers of the release's class that do not run it yet.  Raises CampaignRefused."""
        for row in campaign_store.alive(connection, self._tenant):
            if row.release.device_class == release.device_class and row.campaign.state in core.OPEN:
                raise CampaignRefused("another")
        models = [model for model, name in CLASSES.items() if name == release.device_class]
        device_ids = [
            device_id
            for device_id in registry.devices_of_models(connection, self._tenant, models)
            if firmware_running.needs(connection, self._tenant, device_id, release.sequence)
        ]
        row = campaign_store.begin(connection, self._tenant, release, device_ids, who)
        note(connection, self._tenant, row, "campaign_begin", who)
        return row

    def act(self, connection: Connection, campaign_id: str, verb: str, who: Who) -> Row:
        """A person pauses, resumes or aborts.  Raises CampaignRefused, LookupError."""
        row = campaign_store.get(connection, self._tenant, campaign_id)
        campaign_store.save(connection, self._tenant, row, core.act(row.campaign, verb))
        note(connection, self._tenant, row, f"campaign_{verb}", who)
        return campaign_store.get(connection, self._tenant, campaign_id)

    def tick(self, connection: Connection, who: Who) -> tuple[list[Down], bool]:
        """What is due now, and whether something has changed that a page shows."""
        rows = campaign_store.alive(connection, self._tenant)
        found: list[Down] = []
        changed = False
        for row in rows:
            others = [other for other in rows if other.campaign_id != row.campaign_id]
            became, actions = core.step(row.campaign, who.at_s, _busy(others))
            changed |= became != row.campaign
            keep(connection, self._tenant, row, became, who)
            found += self._drop(connection, row, _of_kind(actions, core.DROP))
            found += self._prepare(connection, row, _of_kind(actions, core.PREPARE), who)
            self._order(connection, row, _of_kind(actions, core.ORDER), who)
        for campaign_id, device_id in campaign_store.prepared_in_vain(connection, self._tenant):
            campaign_store.mark_prepared(connection, self._tenant, campaign_id, device_id, None)
            if device_id not in _busy(rows):
                found += self._down(connection, device_id, DropUpdate(bytes.fromhex(device_id)))
        return found, changed

    def _drop(self, connection: Connection, row: Row, device_ids: list[str]) -> list[Down]:
        found: list[Down] = []
        for device_id in device_ids:
            campaign_store.mark_prepared(connection, self._tenant, row.campaign_id, device_id, None)
            found += self._down(connection, device_id, DropUpdate(bytes.fromhex(device_id)))
        return found

    def _prepare(self, connection: Connection, row: Row, device_ids: list[str], who: Who) -> list[Down]:
        """Ask the hubs that hear us now, for each dispenser once a minute.  Two questions to the database for all."""
        if not device_ids:
            return []
        reached = registry.devices_reached(connection, self._tenant)
        since_wall_s = who.wall_s - PREPARE_AGAIN_S
        asked = campaign_store.prepared_since(connection, self._tenant, row.campaign_id, since_wall_s)
        digest, found = bytes.fromhex(row.release.manifest_digest), []
        for device_id in device_ids:
            if device_id in reached and device_id not in asked:
                campaign_store.mark_prepared(connection, self._tenant, row.campaign_id, device_id, who.wall_s)
                wish = PrepareUpdate(bytes.fromhex(device_id), row.release.target, digest)
                found.append(Down(reached[device_id], wish))
        return found

    def _order(self, connection: Connection, row: Row, device_ids: list[str], who: Who) -> None:
        """Sign the order for whom it does not wait already."""
        waiting = command_store.waiting(connection, self._tenant) if device_ids else {}
        body = InstallFirmware(row.release.sequence, bytes.fromhex(row.release.manifest_digest))
        for device_id in device_ids:
            if all(command.type != InstallFirmware.TYPE for command in waiting.get(device_id, [])):
                self._desk.queue(connection, device_id, body, life.ORDER_GOOD_S, who)

    def _down(self, connection: Connection, device_id: str, message: Message) -> list[Down]:
        hub_id = registry.home_hub(connection, self._tenant, device_id)
        return [Down(hub_id, message)] if hub_id is not None else []


def _of_kind(actions: list[core.Action], kind: str) -> list[str]:
    return [device_id for wanted, device_id in actions if wanted == kind]


def _busy(rows: list[Row]) -> frozenset[str]:
    """Dispensers that these campaigns have under way."""
    under_way = (life.STAGING, *life.IN_FLIGHT)
    return frozenset(
        device_id for row in rows for device_id, part in row.campaign.parts.items() if part.state in under_way
    )
