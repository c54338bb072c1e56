"""A technician gives a new dispenser to the centre: request in, certificate out, registered at its hub."""

import pytest
from sqlalchemy import select

from centre.core.enrolment import DAY_S, DAYS, RENEW_DAYS, NotEnrolled, proven_certificate
from centre.edges import accounts, registry
from centre.edges.keys import signed_by
from centre.edges.tables.alarms import audit
from centre.tests.conftest import TENANT
from centre.tests.signing import Sender
from protocol import cose
from protocol.device_events import LidOpened
from protocol.service_enrol import CONTEXT_CERTIFICATE, CONTEXT_REQUEST, EnrolmentRequest
from protocol.tests import samples_enrol
from protocol.verification_word import word_of

NONCE = bytes(16)


class Bench:
    """A new dispenser on a technician's cable, and the centre's door."""

    def __init__(self, house) -> None:
        self.house = house
        self.new = Sender()
        self.client = house.client()

    def request(self, device: Sender | None = None, **more: object) -> str:
        """What the dispenser says of itself, signed."""
        device = device or self.new
        words = EnrolmentRequest(device.point, 1, "0.1.0", NONCE, **more)
        return device.key.seal(words.encode(), CONTEXT_REQUEST).hex()

    def ask(self, request: str | None = None, **more: str):
        """POST /api/enrol."""
        wish = {"request": request or self.request(), "hub": self.house.hub.id, "label": "Flat 7", **more}
        return self.client.post("/api/enrol", json=wish)

    def row(self) -> dict[str, object] | None:
        """The register's row of the new dispenser."""
        with self.house.database.read() as connection:
            return registry.device(connection, TENANT, self.new.id)


@pytest.fixture
def bench(house):
    return Bench(house)


def test_a_new_dispenser_gets_its_owner_and_its_place(bench):
    """The answer is a certificate by the enrolment key for this dispenser and this centre; it is registered at once."""
    answer = bench.ask()
    assert answer.status_code == 201
    key = bench.house.enrolment_key
    certificate = proven_certificate(
        bytes.fromhex(answer.json()["certificate"]), {key.kid: key.public_point}, signed_by
    )
    assert (certificate.public_point, certificate.model) == (bench.new.point, 1)
    assert (certificate.centre_point, certificate.tenant) == (bench.house.key.public_point, TENANT)
    assert certificate.expires_s - certificate.issued_s == DAYS * DAY_S
    assert answer.json()["word"] == word_of(bench.new.point)
    row = bench.row()
    assert row is not None and (row["hub_id"], row["label"]) == (bench.house.hub.id, "Flat 7")
    assert word_of(bench.new.point) in bench.client.get(f"/devices/{bench.new.id}").text
    assert bench.house.bring(bench.new.event(LidOpened())).receipts, "its first event is not believed"


def test_asked_again_the_same_certificate(bench):
    """Doing it again gives the same certificate, moves the dispenser to the place named now, and is on record twice.
    Whoever asks is told where it stood before; the trail names both places."""
    new = bench.ask().json()
    first = new["certificate"]
    owned = bench.request(centre=bench.house.key.kid, serial=bytes(8))
    assert (new["moved_from"], bench.ask().json()["moved_from"]) == (None, None)
    moved = bench.ask(owned, label="Flat 8").json()
    assert moved["certificate"] == first
    assert moved["moved_from"] == {"hub": bench.house.hub.id, "label": "Flat 7"}
    with bench.house.database.read() as connection:
        told = select(audit.c.comment).where(audit.c.tenant == TENANT, audit.c.verb == "enrol_device")
        trail = " ".join(connection.execute(told).scalars())
    assert f"at Flat 7 by hub {bench.house.hub.id}" in trail and "at Flat 8 by hub" in trail
    row = bench.row()
    assert row is not None and row["label"] == "Flat 8"
    # A year before its end a new one is made: the next visit may come too late.
    bench.house.clock.leap((DAYS - RENEW_DAYS) * DAY_S)
    renewed = bench.ask().json()["certificate"]
    assert renewed != first
    assert bench.ask().json()["certificate"] == renewed


def test_what_proves_nothing_gets_nothing(bench):
    """A request by another key, for another use, damaged, or of a dispenser that has an owner: no certificate."""
    words = EnrolmentRequest(bench.new.point, 1, "0.1.0", NONCE).encode()
    for wrong in (
        Sender().key.seal(words, CONTEXT_REQUEST).hex(),
        bench.new.key.seal(words, cose.CONTEXT_EVENT).hex(),
        bench.request()[:-2],
        "00",
    ):
        answer = bench.ask(wrong)
        assert (answer.status_code, "no request of a device" in answer.json()["error"]) == (409, True)
    other = bench.ask(bench.request(centre=bytes(8)))
    assert (other.status_code, "dosevakt return" in other.json()["error"]) == (409, True)
    assert bench.ask("no hex").status_code == 422
    assert bench.ask(hub="00" * 8).status_code == 422
    assert bench.row() is None


def test_only_a_technician_may(bench):
    """An operator's account is refused, a technician's is not; without an account there is no answer at all."""
    house = bench.house
    for name, role, status in (("ola", "operator", 403), ("kari", "technician", 201)):
        with house.database.write() as connection:
            accounts.new_account(connection, TENANT, name, role, "a long password")
            ends_s = house.clock.wall_s() + 3600
            opened = accounts.open_session(connection, TENANT, name, "Bench", "en", ends_s)
        bench.client.cookies.clear()
        bench.client.cookies.set("dosevakt_session", opened.token)
        assert bench.ask().status_code == status, name
    bench.client.cookies.clear()
    assert bench.ask().status_code == 401


def test_a_centre_without_the_key_says_where_it_is(house):
    """Where the enrolment key lies offline, the technician is told how to get the certificate instead."""
    house.enrolment_key = None
    answer = Bench(house).ask()
    assert (answer.status_code, "dosevakt authority enrol" in answer.json()["error"]) == (409, True)


def test_a_certificate_of_another_key_is_told_apart():
    """A certificate by a stranger's key, or by our key for another use, is no certificate."""
    ours, stranger = Sender(), Sender()
    words, roots = samples_enrol.CERTIFICATE.encode(), {ours.raw_id: ours.point}
    assert proven_certificate(ours.key.seal(words, CONTEXT_CERTIFICATE), roots, signed_by).tenant == "vadso"
    for signer, context in ((stranger, CONTEXT_CERTIFICATE), (ours, CONTEXT_REQUEST)):
        with pytest.raises(NotEnrolled):
            proven_certificate(signer.key.seal(words, context), roots, signed_by)
