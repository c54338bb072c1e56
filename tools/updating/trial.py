"""After the restart: is it the new version, by the device's own signature, and has its centre answered?"""

from protocol.bundle import Bundle
from protocol.service_hello import Hello
from tools.centre_client import CentreClient
from tools.centre_events import carry_events
from tools.centre_session import log_in
from tools.exit_codes import NOT_VERIFIED
from tools.journal.reading import pages, rows_of
from tools.manners.talk import Talk
from tools.refusal import Refusal
from tools.workshop.service import Service


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
    """Carry what no receipt covers to the centre, and the receipts back, as the hub does within half an hour."""
    centre = CentreClient(url)
    log_in(centre, account)
    waiting = [row for page in pages(service, 1) for row in rows_of(page) if row.seq > page.receipted]
    carry_events(waiting, centre, service, talk)
