"""Who gets in, and who does not."""

import sqlite3

import pytest

from centre.edges import accounts
from centre.edges.accounts import LoginError
from centre.tests.conftest import TENANT, House


def enter(house: House, name: str, password: str, now_s: int = 1000, tenant: str = TENANT):
    if not accounts.check_password(house.database, tenant, name, password, now_s):
        return None
    with house.database.write() as connection:
        return accounts.open_session(connection, tenant, name, "desk 1", "en", now_s + 3600)


def test_the_demo_account_exists_only_where_it_is_allowed(house):
    """demo / demo opens the demonstration, and nothing else ever."""
    assert enter(house, "demo", "demo") is not None
    with house.database.write() as connection:
        accounts.keep_demo_account(connection, TENANT, False)
    assert enter(house, "demo", "demo") is None
    with house.database.write() as connection:
        from centre.edges import registry

        registry.ensure_tenant(connection, "storby")
        accounts.keep_demo_account(connection, "storby", True)
    assert enter(house, "demo", "demo", tenant="storby") is None


def test_nobody_can_make_an_account_called_demo(house):
    """The name demo cannot be taken by a real account."""
    with house.database.write() as connection, pytest.raises(ValueError, match="reserved"):
        accounts.new_account(connection, TENANT, "demo", "operator", "a long password")


def test_five_wrong_passwords_lock_for_a_minute(house):
    """A guessing machine is stopped; the right password works again after a minute."""
    for _ in range(5):
        assert enter(house, "demo", "wrong") is None
    with pytest.raises(LoginError):
        enter(house, "demo", "demo")
    assert enter(house, "demo", "demo", now_s=1060) is not None


def test_a_session_ends_with_the_shift(house):
    """A cookie is worth nothing after the shift, after logging out, or in another municipality."""
    session = enter(house, "demo", "demo")
    with house.database.write() as connection:
        assert accounts.session(connection, TENANT, session.token, 4599) is not None
        assert accounts.session(connection, TENANT, session.token, 4600) is None
        assert accounts.session(connection, "storby", session.token, 2000) is None
        accounts.log_out(connection, TENANT, session.token)
        assert accounts.session(connection, TENANT, session.token, 2000) is None


def test_the_cookie_is_not_in_the_database(house):
    """Whoever reads the database cannot log in with what stands there."""
    session = enter(house, "demo", "demo")
    raw = sqlite3.connect(house.database.engine.url.database)
    assert session.token not in str(raw.execute("select * from sessions").fetchall())
    hashes = [row[0] for row in raw.execute("select password_hash from accounts")]
    assert len(hashes) == 1 and hashes[0].startswith("$argon2id$")
