"""A tool reads refusals in the language that it asks for, whatever the session speaks, and by a word of code."""

import pytest

from centre.core.enrolment import NO_KEY, NO_REQUEST
from centre.edges import accounts
from centre.tests.conftest import TENANT, House

NORWEGIAN, ENGLISH = "har ikke sagt", "has not said"


@pytest.fixture
def client(house: House):
    """Somebody whose session speaks Bokmål."""
    with house.client() as someone:
        with house.database.write() as connection:
            ends_s = house.clock.wall_s() + 60
            opened = accounts.open_session(connection, TENANT, "demo", "Van 3", "nb", ends_s)
        someone.cookies.set("dosevakt_session", opened.token)
        yield someone


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (None, NORWEGIAN),
        ("en", ENGLISH),
        ("fi, en-GB;q=0.5", ENGLISH),
        ("nb", NORWEGIAN),
        ("fi", NORWEGIAN),
        ("*", NORWEGIAN),
        (";;, ,", NORWEGIAN),
    ],
)
def test_a_refusal_comes_in_the_language_asked_for(house: House, client, asked, words):
    """Accept-Language names the language of the sentence; without one that we speak it is the session's."""
    headers = {} if asked is None else {"Accept-Language": asked}
    path = f"/api/devices/{house.device.id}/resume"
    answer = client.post(path, json={"from_s": house.clock.utc_s()}, headers=headers)
    assert answer.status_code == 409
    assert words in answer.json()["error"] and answer.json()["why"] == "not_paused"


def test_the_board_speaks_the_chosen_language(house: House, client):
    """On the board a person has chosen: the browser's own wish changes nothing there."""
    assert '<html lang="nb"' in client.get("/devices", headers={"Accept-Language": "en"}).text


def test_a_certificate_that_is_refused_has_a_word_of_code(house: House, client):
    """Beside its sentence each refusal of enrolment has a word that a program can tell it by."""
    wish = {"request": "00", "hub": house.hub.id, "label": "Flat 7"}
    answer = client.post("/api/enrol", json=wish)
    assert (answer.status_code, answer.json()["why"]) == (409, NO_REQUEST)
    assert NO_KEY != NO_REQUEST
