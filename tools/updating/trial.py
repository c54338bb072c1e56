"""After the restart: is it the new version, by the device's own signature, and has its centre answered?"""

from protocol import cbor
from protocol.bundle import Bundle
from protocol.service_hello import Hello
from protocol.service_journal import HOLE, JournalAsk, JournalPage
from protocol.service_messages import JOURNAL
from tools.centre_client import CentreClient
from tools.centre_session import log_in
from tools.exit_codes import NOT_VERIFIED
from tools.manners.talk import Talk
from tools.refusal import Refusal
from tools.workshop.service import Service

CARRIED_AT_ONCE = 200  # events; the centre takes 256 (centre/board/service_api.py)


def check_runs(hello: Hello, before: Hello, bundle: Bundle) -> None:
    """Raise Refusal unless the same device runs the new version."""
    if hello.public_point != before.public_point:
        raise Refusal(NOT_VERIFIED, "Another device answers at this port. Look: dosevakt list")
    if hello.sequence != bundle.manifest.sequence:
        raise Refusal(
            NOT_VERIFIED,
            f"{bundle.manifest.version} did not start; the device has gone back to {hello.version} and doses. "
            "Report it with: dosevakt diagnose --bundle",
        )


def ask_centre(service: Service, url: str, account: str | None, talk: Talk) -> None:
    """Carry the device's events to its centre and the receipt back: what its hub would do within the half hour.

    The centre proves each event as it does the hub's, and the device proves the receipt.
    """
    centre = CentreClient(url)
    log_in(centre, account)
    waiting = _waiting(service)
    for start in range(0, len(waiting), CARRIED_AT_ONCE):
        some = waiting[start : start + CARRIED_AT_ONCE]
        answer = centre.post("/api/service/events", {"coses": [cose.hex() for cose in some]})
        for receipt in answer["receipts"]:
            service.carry_receipt(bytes.fromhex(receipt))
        talk.progress("events", start + len(some), len(waiting))


def _waiting(service: Service) -> list[bytes]:
    """The device's events that no receipt covers, oldest first."""
    found: list[bytes] = []
    seq = 1
    while True:
        body = service.ask(JOURNAL, cbor.encode(JournalAsk(seq).to_map()))
        page = JournalPage.from_map(cbor.decode(body or b""))
        if not page.rows:
            return found
        for at, cose in enumerate(page.rows, page.first_seq):
            if at > page.receipted and cose != HOLE:
                found.append(cose)
        seq = max(seq + 1, page.first_seq + len(page.rows), page.receipted + 1)
