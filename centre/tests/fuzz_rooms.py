"""A centre to be fuzzed: a ward with three doses, a daemon for the broker, somebody at its doors.

Senders have keys made from small numbers, and every case begins with the same database, so that a case stands alone.
"""

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from centre.board.context import COOKIE
from centre.config import Broker, Centre, Config
from centre.daemon import Daemon
from centre.edges import accounts, registry
from centre.edges.keys import CentreKey, point_of
from centre.tests.conftest import TENANT, House
from centre.tests.signing import Sender
from centre.tests.ward import Ward
from protocol import cose
from protocol.device_events import AlarmRaised
from protocol.path_messages import Events, encode_path_message, topic
from protocol.tests import samples


def sender(number: int) -> Sender:
    """A dispenser or hub whose key is this number."""
    made = Sender()
    made.private = ec.derive_private_key(number, ec.SECP256R1())
    made.key = CentreKey(made.private)
    made.point = point_of(made.private.public_key())
    made.raw_id = cose.device_id_of(made.point)
    made.id = made.raw_id.hex()
    return made


HUB, DEVICE, STRANGER = sender(100), sender(101), sender(102)


class FuzzedHouse(House):
    """A centre on a real file.  restore() puts its database back."""

    def __init__(self, folder: Path) -> None:
        structlog.configure(
            wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL)
        )  # each refusal
        super().__init__(folder)
        self._file = folder / "centre.db"
        self.hub, self.device = sender(100), sender(101)
        with self.database.write() as connection:
            registry.enrol_hub(connection, TENANT, self.hub.point, "Stair C")
            registry.enrol_device(connection, TENANT, self.device.point, "tablet", self.hub.id, "Flat 14")
        self.ward = Ward(self)
        self.bring(self.device.event(AlarmRaised(112, "lid")))
        self.person = self.client()
        token = self.person.cookies[COOKIE]
        with self.database.read() as connection:
            session = accounts.session(connection, TENANT, token, self.clock.wall_s())
        assert session is not None
        self.csrf = session.csrf
        self._loop = asyncio.new_event_loop()
        self._daemon = self._loop.run_until_complete(self._built())
        self._kept = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self._file)) as file:
            file.backup(self._kept)

    async def _built(self) -> Daemon:
        unused = Broker(host="unused", ca=Path("-"), certificate=Path("-"), key=Path("-"))
        settings = Config(centre=Centre(tenant=TENANT, signing_key=Path("unused")), broker=unused)
        return Daemon(settings, self.database, self.key)

    def restore(self) -> None:
        """The database as every case finds it."""
        with closing(sqlite3.connect(self._file)) as file:
            self._kept.backup(file)

    def named(self, data: bytes) -> bytes:
        """The ids of the samples, as text or as bytes, become those of the plan in force and of its second dose."""
        for sample, real in ((samples.PLAN, self.ward.plan_id), (samples.DOSE, self.ward.ids[1])):
            data = data.replace(sample.hex().encode(), real.encode()).replace(sample, bytes.fromhex(real))
        return data

    def say(self, leaf: str, payload: bytes) -> None:
        """The broker hands this over."""
        self._loop.run_until_complete(self._daemon.handle(topic(TENANT, self.hub.raw_id, leaf), payload))

    def bring_one(self, data: bytes) -> None:
        """The hub brings one event."""
        self.say("up", encode_path_message(Events([data])))

    def look(self, *paths: str) -> None:
        """Staff look at these pages; what fails inside a page is raised here."""
        for path in paths:
            answer = self.person.get(path)
            assert answer.status_code == 200, f"{path} says {answer.status_code}"

    def close(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self._kept.close()
        self.database.close()
        structlog.reset_defaults()
