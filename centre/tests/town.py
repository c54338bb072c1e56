"""A town of twenty dispensers below one hub, for campaigns: what people ask, what hubs and dispensers say."""

from pathlib import Path

from centre.edges import command_store, registry
from centre.edges.campaign_desk import CampaignDesk
from centre.edges.firmware_release import Release
from centre.tests.conftest import TENANT, House
from centre.tests.signing import Sender
from protocol.path_messages import HubState
from protocol.path_updates import PrepareUpdate, UpdateState
from protocol.service_commands import InstallFirmware

DIGEST = bytes(range(32))
RELEASE = Release("dosevakt-tablet-pico-0.3.0.dvb", "0.3.0", 8, "tablet-pico", DIGEST.hex())


class Shelf:
    """A firmware repository with one release; python-tuf's part of it is tested beside the hub's."""

    fault: str | None = None

    def releases(self) -> list[Release]:
        return [RELEASE]

    def file(self, _kind: str, _name: str) -> Path | None:
        """Nothing to fetch."""
        return None


class Town:
    """A house with twenty dispensers, somebody at its doors, and what goes down to hubs."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._session = 0
        house.firmware = Shelf()
        self.client = house.client()
        self.desk = CampaignDesk(TENANT, house.desk)
        self.devices = {house.device.id: house.device}
        with house.database.write() as connection:
            for number in range(19):
                device = Sender()
                self.devices[device.id] = device
                place = f"Flat {20 + number}"
                registry.enrol_device(connection, TENANT, device.point, "tablet", house.hub.id, place)
            roll = Sender().point
            registry.enrol_device(connection, TENANT, roll, "multidose", house.hub.id, "Flat 99")

        self.hub_is(online=True)

    def hub_is(self, online: bool) -> None:
        """The hub connects, or its will says that it is gone."""
        self._session += online
        said = HubState(online, self._session, "test", [], self.house.clock.utc_s())
        self.house.ingest.take_state(self.house.hub.id, said)

    def begin(self) -> str:
        answer = self.client.post("/api/campaigns", json={"target": RELEASE.target})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["campaign_id"])

    def tick(self) -> list:
        """What goes down now."""
        with self.house.database.write() as connection:
            found, _ = self.desk.tick(connection, self.house.ingest.who("centre"))
        assert {down.hub_id for down in found} <= {self.house.hub.id}
        return [down.message for down in found]

    def hub_says(self, device: Sender, state: int, reason: int = 0, hub: Sender | None = None) -> bool:
        said = UpdateState(device.raw_id, DIGEST, state, reason)
        return self.house.ingest.take_update((hub or self.house.hub).id, said)

    def says(self, device: Sender, *bodies) -> None:
        self.house.bring(*[device.event(body, self.house.clock.utc_s()) for body in bodies])

    def steps(self, campaign_id: str) -> dict[str, str]:
        shown = self.client.get(f"/api/campaigns/{campaign_id}").json()
        return {row["device_id"]: row["state"] for row in shown["devices"]}

    def order(self, device: Sender) -> int | None:
        """Counter of the install order that waits for this dispenser."""
        with self.house.database.read() as connection:
            waiting = command_store.waiting(connection, TENANT).get(device.id, [])
        orders = [command.counter for command in waiting if command.type == InstallFirmware.TYPE]
        return orders[0] if orders else None

    def first(self) -> Sender:
        """The dispenser whose hub is asked to keep the bundle ready."""
        (wish,) = self.tick()
        assert isinstance(wish, PrepareUpdate) and (wish.target, wish.manifest_digest) == (
            RELEASE.target,
            DIGEST,
        )
        return self.devices[wish.device_id.hex()]
