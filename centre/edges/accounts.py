"""Who may use the board: accounts with argon2 passwords, sessions kept here and not in the cookie."""

import hashlib
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, delete, insert, select, update

from centre.core.kinds import OWNERS
from centre.edges.database import Database
from centre.edges.tables.people import accounts, sessions

HASHER = PasswordHasher()  # argon2id with the library's defaults (RFC 9106, low-memory profile)
TRIES = 5
LOCK_S = 60  # after TRIES wrong passwords; a person waits, a guessing machine gives up
DEMO = "demo"


class LoginError(Exception):
    """No entry; `why` is a word for the catalogue: wrong or locked."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Session:
    """Someone at a desk.  `token` is known only right after login."""

    account: str
    role: str
    station: str
    language: str
    csrf: str
    token: str = ""


def new_account(connection: Connection, tenant: str, name: str, role: str, password: str) -> None:
    """Make an account, or give it a new password.  Raises ValueError with a sentence."""
    if role not in OWNERS:
        raise ValueError(f"There is no role {role!r}; it must be one of {', '.join(OWNERS)}.")
    if name == DEMO:
        raise ValueError("The account 'demo' is reserved for demonstrations; choose another name.")
    if len(password) < 10:
        raise ValueError("The password needs at least 10 characters.")
    _write(connection, tenant, name, role, password)


def keep_demo_account(connection: Connection, tenant: str, allowed: bool) -> None:
    """Make demo / demo when the settings allow it, and take it away when they do not."""
    if allowed and tenant == DEMO:
        _write(connection, tenant, DEMO, "operator", DEMO)
        return
    connection.execute(delete(accounts).where(accounts.c.tenant == tenant, accounts.c.name == DEMO))
    connection.execute(delete(sessions).where(sessions.c.tenant == tenant, sessions.c.account == DEMO))


def check_password(database: Database, tenant: str, name: str, password: str, now_s: int) -> bool:
    """True if the password is right.  Raises LoginError(locked).  now_s: wall seconds.

    The slow part, argon2, runs between two transactions: events must not wait for a login.
    """
    mine = (accounts.c.tenant == tenant) & (accounts.c.name == name)
    with database.read() as connection:
        row = connection.execute(select(accounts).where(mine)).mappings().first()
    if row is None:
        HASHER.hash(password)  # an unknown name takes as long as a wrong password
        return False
    if row["locked_until_wall_s"] > now_s:
        raise LoginError("locked")
    right = _matches(row["password_hash"], password)
    if not right:
        with database.write() as connection:
            _count_failure(connection, tenant, name, row["failed"] + 1, now_s)
    return right


def open_session(
    connection: Connection, tenant: str, name: str, station: str, language: str, expires_s: int
) -> Session:
    """A new session for someone whose password was right.  expires_s: wall seconds."""
    mine = (accounts.c.tenant == tenant) & (accounts.c.name == name)
    role = str(connection.execute(select(accounts.c.role).where(mine)).scalar_one())
    connection.execute(update(accounts).where(mine).values(failed=0, locked_until_wall_s=0))
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    values = {"tenant": tenant, "account": name, "role": role, "station": station, "csrf": csrf}
    values |= {"token_hash": _hash(token), "language": language}
    connection.execute(insert(sessions).values(expires_wall_s=expires_s, **values))
    return Session(name, role, station, language, csrf, token)


def session(connection: Connection, tenant: str, token: str, now_s: int) -> Session | None:
    """The session of a cookie, None when it is unknown or over."""
    query = select(sessions).where(
        sessions.c.tenant == tenant,
        sessions.c.token_hash == _hash(token),
        sessions.c.expires_wall_s > now_s,
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return Session(row["account"], row["role"], row["station"], row["language"], row["csrf"])


def log_out(connection: Connection, tenant: str, token: str) -> None:
    """End a session."""
    mine = (sessions.c.tenant == tenant) & (sessions.c.token_hash == _hash(token))
    connection.execute(delete(sessions).where(mine))


def set_language(connection: Connection, tenant: str, token: str, language: str) -> None:
    """Speak another language from now on."""
    mine = (sessions.c.tenant == tenant) & (sessions.c.token_hash == _hash(token))
    connection.execute(update(sessions).where(mine).values(language=language))


def forget_old_sessions(connection: Connection, tenant: str, now_s: int) -> None:
    """Remove sessions that are over."""
    old = (sessions.c.tenant == tenant) & (sessions.c.expires_wall_s <= now_s)
    connection.execute(delete(sessions).where(old))


def _write(connection: Connection, tenant: str, name: str, role: str, password: str) -> None:
    mine = (accounts.c.tenant == tenant) & (accounts.c.name == name)
    connection.execute(delete(accounts).where(mine))
    values = {"name": name, "tenant": tenant, "role": role, "password_hash": HASHER.hash(password)}
    connection.execute(insert(accounts).values(failed=0, locked_until_wall_s=0, **values))


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _count_failure(connection: Connection, tenant: str, name: str, failed: int, now_s: int) -> None:
    mine = (accounts.c.tenant == tenant) & (accounts.c.name == name)
    locked = failed >= TRIES
    values = {"failed": 0 if locked else failed, "locked_until_wall_s": now_s + LOCK_S if locked else 0}
    connection.execute(update(accounts).where(mine).values(**values))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def same(given: str, right: str) -> bool:
    """Compare two tokens without telling by the time it takes where they differ."""
    return secrets.compare_digest(given.encode(), right.encode())
