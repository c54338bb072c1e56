"""New firmware at the hub: fetched and proven in a process of its own, given to who serves, taken up again."""

import asyncio

import pytest
import structlog

from hub.devices import Devices
from hub.edges.firmware_fetching import FirmwareFetching
from hub.edges.firmware_folder import FirmwareFolder
from hub.edges.ledger import Ledger
from hub.edges.outbox import Outbox
from hub.edges.system_clock import SystemClock
from hub.port_session import PortSession
from hub.settings import FirmwareSettings
from hub.surroundings import Surroundings
from hub.tests.parts.pty_device import PtyDevice
from hub.tests.parts.service_device import ServiceDevice
from hub.tests.parts.signing import DeviceJournal
from hub.updates import Updates
from protocol.errors import NOT_NOW, WRONG_DEVICE
from protocol.events import LidOpened
from protocol.path_messages import MAX_LINKED
from protocol.path_updates import (
    CARRIED,
    HUB_FAULT,
    NO_ANSWER,
    NO_REPOSITORY,
    NO_ROOM,
    NOT_STAGED,
    NOT_TAKEN,
    STAGED,
    DropUpdate,
    PrepareUpdate,
)
from protocol.service_messages import UPDATE_BEGIN, UPDATE_PIECE
from tools.release_repository.tests.bundles import release_key, signed_bundle
from tools.release_repository.tests.served import House, served

PATIENCE_S = 60
BUNDLE = signed_bundle(release_key(), "0.3.0", 8, bytes(range(256)) * 80)  # 20 KB: ten pieces


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A repository with one bundle, on a server."""
    folder = tmp_path_factory.mktemp("repository")
    (folder / "centre" / "metadata").mkdir(parents=True)
    with served(folder / "centre") as url:
        made = House(folder, url, folder / "centre")
        made.target = made.publish(BUNDLE)
        yield made


class Hub:
    """Two ports and the room for firmware; told: what the centre would hear."""

    def __init__(self, folder, house) -> None:
        self.folder, self.house = folder, house
        outbox = Outbox(folder / "outbox.sqlite3", max_bytes=1 << 20)
        outbox.open()
        self.ledger = Ledger(outbox)
        self.devices = Devices(lambda: None)
        self.device = ServiceDevice(folder, DeviceJournal())
        self.other = PtyDevice(folder, DeviceJournal(), "other")
        self.told = []
        self.tasks = []

    def start(self, settings: FirmwareSettings | None = None, limit_s: float = PATIENCE_S) -> None:
        log = structlog.wrap_logger(structlog.testing.CapturingLogger())
        folder = FirmwareFolder(self.folder / "firmware")
        fetching = FirmwareFetching(settings, folder.path, limit_s)
        self.updates = Updates(folder, fetching, self.devices, self.told.append, log)
        self.devices.on_session = self.updates.session_began
        around = Surroundings(
            hub_id=b"hub-one!",
            ledger=self.ledger,
            devices=self.devices,
            clock=SystemClock(None),
            log=log,
            clock_trusted=lambda: True,
            on_events=lambda: None,
            on_clock_proof=lambda device_id, nonce: None,
            on_heard=lambda device_id: None,
            dice_per_mille=lambda: 0,
            on_service_answer=self.updates.answered,
        )
        jobs = [PortSession(str(port.path), 115_200, around).run() for port in (self.device, self.other)]
        self.tasks = [asyncio.create_task(job) for job in (self.ledger.run(), self.updates.run(), *jobs)]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def wish(self) -> PrepareUpdate:
        return PrepareUpdate(self.device.journal.id, self.house.target, BUNDLE.manifest_digest())

    def heard(self) -> list[tuple[int, int]]:
        return [(state.state, state.reason) for state in self.told]

    async def until(self, true) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not true():
                self.device.turn()
                self.other.turn()
                await asyncio.sleep(0.002)


@pytest.fixture
async def hub(tmp_path, house):
    made = Hub(tmp_path, house)
    yield made
    await made.stop()
    made.ledger.close()


@pytest.fixture
def settings(house):
    return FirmwareSettings(house.url, house.root, None)


async def test_a_bundle_is_fetched_and_carried_beside_the_events(hub, settings):
    """The hub fetches what the centre names and gives it to the dispenser in service mode; events still come."""
    hub.start(settings)
    await hub.until(lambda: len(hub.devices.linked()) == 2)
    hub.updates.take(hub.wish())
    await hub.until(
        lambda: hub.heard() == [(STAGED, 0), (CARRIED, 0)] or hub.other.journal.add(LidOpened()) is None
    )
    assert bytes(hub.device.flash) == BUNDLE.pack and hub.device.stands
    await hub.until(hub.other.all_acked)
    assert hub.updates.report()[0]["done"] == len(BUNDLE.pack)
    hub.updates.take(hub.wish())  # the centre did not hear it
    assert hub.heard()[-1] == (CARRIED, 0)
    hub.updates.take(DropUpdate(hub.device.journal.id))
    assert hub.updates.report() == [] and FirmwareFolder(hub.folder / "firmware").wishes() == {}


async def test_a_dispenser_that_doses_is_not_disturbed_and_a_cut_is_taken_up(hub, settings):
    """Who doses is asked nothing; a cable pulled or a hub started anew halfway goes on where the dispenser stands."""
    hub.device.serves = False
    hub.start(settings)
    hub.updates.take(hub.wish())
    await hub.until(lambda: hub.heard() == [(STAGED, 0)] and hub.device.all_acked())
    assert hub.device.asked == []
    hub.device.serves, hub.device.deaf_after = True, 3  # it restarts into service mode, and the line is cut
    hub.device.pull()
    hub.device.plug()
    await hub.until(lambda: len(hub.device.flash) == 3 * 2048 and hub.device.asked.count(UPDATE_PIECE) == 4)
    await hub.stop()
    hub.device.deaf_after = None
    hub.ledger = Ledger(_reopened(hub))
    hub.start(settings)  # a hub that knows it only from its disk, fetches nothing anew but the lists
    before = hub.device.asked.count(UPDATE_PIECE)
    await hub.until(lambda: (CARRIED, 0) in hub.heard())
    assert hub.device.stands and hub.device.asked.count(UPDATE_PIECE) - before == 7


def _reopened(hub) -> Outbox:
    outbox = Outbox(hub.folder / "outbox.sqlite3", max_bytes=1 << 20)
    outbox.open()
    return outbox


async def test_a_refusal_is_told_and_a_later_is_not(hub, settings):
    """A dispenser that does not take it is told with its reason; one that cannot at this moment is asked again."""
    hub.device.refusal = NOT_NOW
    hub.start(settings)
    hub.updates.take(hub.wish())
    await hub.until(lambda: hub.device.asked == [UPDATE_BEGIN] and hub.heard() == [(STAGED, 0)])
    hub.device.refusal = WRONG_DEVICE
    hub.device.pull()
    hub.device.plug()
    await hub.until(lambda: hub.heard()[-1] == (NOT_TAKEN, WRONG_DEVICE))
    assert hub.heard().count((NOT_TAKEN, WRONG_DEVICE)) == 1


async def test_what_cannot_be_fetched_is_told_with_its_reason(hub, settings):
    """No repository, no answer, a fetch that takes too long and one wish too many: each has its reason."""
    hub.start(None)
    hub.updates.take(hub.wish())
    await hub.until(lambda: hub.heard() == [(NOT_STAGED, NO_REPOSITORY)])
    for change, limit_s, reason in (
        (FirmwareSettings("http://127.0.0.1:9", settings.root, None), PATIENCE_S, NO_ANSWER),
        (settings, 0.0, HUB_FAULT),
    ):
        fetching = FirmwareFetching(change, hub.folder / "firmware", limit_s)
        assert (await fetching.fetch(hub.wish())).reason == reason
    strangers = [number.to_bytes(8, "big") for number in range(1, MAX_LINKED + 1)]
    for device_id in strangers:
        hub.updates.take(PrepareUpdate(device_id, "a.dvb", bytes(32)))
    assert hub.told[-1].device_id == strangers[-1] and hub.heard()[-1] == (NOT_STAGED, NO_ROOM)
