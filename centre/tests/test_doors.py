"""The doors of the board: closed to strangers, and to other sites that speak through an operator's browser."""

from collections.abc import Iterator

import httpx
import pytest

from centre.tests.live import LiveCentre


@pytest.fixture
def url(running: LiveCentre) -> str:
    """A running centre: none of these tests changes it."""
    return running.url


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    """Someone who has logged in."""
    with httpx.Client(base_url=url) as opened:
        opened.post("/login", json={"name": "demo", "password": "demo"}).raise_for_status()
        yield opened


@pytest.mark.parametrize("path", ["/", "/alarms/1", "/alarms/1/close", "/stream"])
def test_a_stranger_is_shown_the_login_page(url, path):
    """Without logging in there is nothing to see."""
    answer = httpx.get(url + path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("path", ["/api/alarms", "/api/alarms/1", "/api/devices/00/events", "/api/state"])
def test_a_strange_program_is_refused(url, path):
    """A program without a session gets nothing."""
    assert httpx.get(url + path).status_code == 401


def test_a_wrong_password_opens_nothing(url):
    """A wrong password or an unknown name gives the same answer and no session."""
    for wish in ({"name": "demo", "password": "demi"}, {"name": "nobody", "password": "demo"}, {}):
        answer = httpx.post(url + "/login", json=wish)
        assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert 'role="alert"' in httpx.post(url + "/login", data={"name": "x", "password": "y"}).text


def test_another_site_cannot_act_through_an_operators_browser(client):
    """A form on a foreign page can neither claim an alarm nor log the operator out."""
    assert client.post("/alarms/1/claim", data={}).status_code == 403
    assert client.post("/alarms/1/claim", data={"csrf": "guessed"}).status_code == 403
    assert client.post("/logout", data={}).status_code == 403
    assert (
        client.post("/api/alarms/1/claim", content=b"{}", headers={"content-type": "text/plain"}).status_code
        == 403
    )
    assert client.post("/api/alarms/1/claim", json={}).status_code == 404


def test_the_page_runs_only_our_own_scripts(client):
    """The board loads nothing from elsewhere, cannot be framed, is not kept by the browser; the cookie is closed."""
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store" and "<script>" not in page.text
    cookie = client.post("/login", json={"name": "demo", "password": "demo"}).headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie


@pytest.mark.parametrize("verb", ["explode", "lease_out", "worse"])
def test_there_are_no_other_actions(client, verb):
    """What only time or a device may do, no person can ask for."""
    assert client.post(f"/api/alarms/1/{verb}", json={}).status_code == 404


def test_what_does_not_exist_is_not_found(client):
    """A missing alarm, device or plan is answered in words, not with a failure."""
    assert client.get("/alarms/999").status_code == 404
    assert client.get("/api/alarms/999").status_code == 404
    plan = {"doses": [{"slot": 1, "due_s": 4_000_000_000}]}
    answer = client.post("/api/devices/0011223344556677/plans", json=plan)
    assert (answer.status_code, "There is no device" in answer.json()["error"]) == (404, True)
    assert (
        client.post("/api/devices", json={"public_point": "00", "hub": "x", "label": "y"}).status_code == 422
    )
    bad = client.post("/api/devices/00/plans", content=b"{", headers={"content-type": "application/json"})
    assert bad.status_code == 422


def test_the_language_follows_the_browser_until_it_is_chosen(url):
    """The login page speaks the browser's language, and the one that is chosen instead."""
    assert '<html lang="nn">' in httpx.get(url + "/login", headers={"accept-language": "nn-NO"}).text
    assert '<html lang="se">' in httpx.get(url + "/login?lang=se", headers={"accept-language": "en"}).text
