"""What every page of the board works with, and how a request finds its session."""

from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Protocol

from fastapi import HTTPException, Request

from centre.board.words import spoken
from centre.config import Config
from centre.edges import accounts
from centre.edges.accounts import Session
from centre.edges.alarm_store import Who
from centre.edges.bell import Bell
from centre.edges.campaign_desk import CampaignDesk
from centre.edges.care_desk import CareDesk
from centre.edges.clock import Clock
from centre.edges.database import Database
from centre.edges.desk import Desk
from centre.edges.enrolment_desk import EnrolmentDesk
from centre.edges.firmware_release import Release
from centre.edges.ingest import Ingest
from centre.edges.refill_desk import RefillDesk

COOKIE = "dosevakt_session"
CSRF_HEADER = "X-CSRF-Token"


class Path(Protocol):
    """The way to the broker."""

    up: bool


class FirmwareShelf(Protocol):
    """The firmware repository (edges/firmware_repository.py), as people and hubs look into it."""

    fault: str | None

    def releases(self) -> list[Release]:
        """What hubs can fetch now, the newest first."""

    def file(self, kind: str, name: str) -> FilePath | None:
        """The file that a hub asks for, None when there is none."""


@dataclass(frozen=True)
class BoardContext:
    """The parts that the board is built on."""

    config: Config
    database: Database
    clock: Clock
    bell: Bell
    desk: Desk
    care: CareDesk
    refills: RefillDesk
    path: Path
    ingest: Ingest
    enrolment: EnrolmentDesk
    campaigns: CampaignDesk
    firmware: FirmwareShelf | None = None

    @property
    def tenant(self) -> str:
        """Every query of the board is about this tenant and no other."""
        return self.config.centre.tenant

    def session(self, request: Request) -> Session | None:
        """Who asks, None when nobody is logged in."""
        token = request.cookies.get(COOKIE, "")
        if not token:
            return None
        with self.database.read() as connection:
            return accounts.session(connection, self.tenant, token, self.clock.wall_s())

    def who(self, session: Session) -> Who:
        """This person, now, for the audit trail."""
        return Who(session.account, session.station, self.clock.utc_s(), self.clock.wall_s())


def context_of(request: Request) -> BoardContext:
    """The board's parts, as a FastAPI dependency."""
    context = request.app.state.context
    assert isinstance(context, BoardContext)
    return context


class LoginNeeded(Exception):
    """A page that needs a person was asked for by nobody."""


def person(request: Request) -> Session:
    """The logged-in person, or LoginNeeded."""
    session = context_of(request).session(request)
    if session is None:
        raise LoginNeeded
    asked = spoken(request.headers.get("accept-language", "")) if _is_for_programs(request) else None
    return session if asked is None else replace(session, language=asked)


def _is_for_programs(request: Request) -> bool:
    """A tool asks in the language of its own sentences; on the board a person has chosen one."""
    return request.url.path.startswith("/api/")


async def careful_person(request: Request) -> Session:
    """The logged-in person, for something that changes the world: another site must not be able to ask it.

    Proof is the session's token in a header or form field, or a JSON body: no foreign form can send either.
    """
    session = person(request)
    if request.headers.get("content-type", "").startswith("application/json"):
        return session
    token = request.headers.get(CSRF_HEADER)
    if token is None:
        token = str((await request.form()).get("csrf", ""))
    if not accounts.same(token, session.csrf):
        raise HTTPException(403, "This request did not come from the board; load the page again.")
    return session
