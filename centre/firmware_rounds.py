"""The centre's rounds about firmware: renew the repository, move campaigns on, tell hubs what to keep."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from centre.config import Firmware
from centre.edges.alarm_store import Who
from centre.edges.campaign_desk import CampaignDesk, Down
from centre.edges.database import Database

if TYPE_CHECKING:  # python-tuf takes 25 MB, which only a centre with a firmware repository needs
    from centre.edges.firmware_repository import FirmwareRepository

log = structlog.get_logger("centre.firmware")

REPOSITORY_EVERY_S = 30  # a person who copied a new list waits for it


def opened(settings: Firmware | None) -> "FirmwareRepository | None":
    """The repository of the settings."""
    if settings is None:
        return None
    from centre.edges.firmware_repository import FirmwareRepository

    return FirmwareRepository(settings.repository, settings.online_key)


class FirmwareRounds:
    """Blocking: call it in a thread.  who: someone that is no person, now."""

    def __init__(
        self,
        repository: "FirmwareRepository | None",
        database: Database,
        desk: CampaignDesk,
        who: Callable[[str], Who],
    ) -> None:
        self._repository = repository
        self._database = database
        self._desk = desk
        self._who = who
        self._looked_s = -float("inf")
        self._said: str | None = None

    def go(self, path_up: bool) -> tuple[list[Down], bool]:
        """What to tell hubs now, and whether a page has changed.  Without a repository there is nothing to do.

        path_up: hubs can be told.  While they cannot, their homes' silence is ours.
        """
        if self._repository is None:
            return [], False
        if time.monotonic() - self._looked_s >= REPOSITORY_EVERY_S:
            self._looked_s = time.monotonic()
            self._renew(self._repository)
        if not path_up:
            return [], False
        with self._database.write() as connection:
            return self._desk.tick(connection, self._who("centre"))

    def _renew(self, repository: "FirmwareRepository") -> None:
        repository.look(datetime.now(UTC))
        if repository.fault is not None and repository.fault != self._said:
            log.error("the firmware repository is not renewed", why=repository.fault)
        self._said = repository.fault
