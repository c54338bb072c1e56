"""The ways to provision: by the centre, by files carried by hand, many at once, or over a board's own line."""

from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from protocol.service_enrol import MAX_COSE
from tools.centre_client import CentreClient
from tools.centre_session import log_in
from tools.exit_codes import USAGE
from tools.manners.named_file import read_named
from tools.manners.talk import Talk
from tools.provisioning import label as labels
from tools.provisioning.batch import Batch
from tools.provisioning.by_line import Place, provision_device
from tools.provisioning.centre_point import read_centre_point
from tools.provisioning.enrolling import Asked, Owned, ask_request, fits, give
from tools.provisioning.place import fault_of
from tools.provisioning.telling import tell_owned
from tools.refusal import Refusal
from tools.workshop.cable import WorkshopCable, clock_at
from tools.workshop.ports import Candidate, connected, open_port
from tools.workshop.service import Service, open_service


@dataclass(frozen=True)
class Wish:
    """The words of the command line."""

    device: str | None
    centre_url: str | None
    account: str | None
    hub: str | None
    label: str | None
    request_out: Path | None
    certificate: Path | None
    qr: Path | None
    batch: Path | None
    report: Path | None
    wait_s: float
    port: Path | None
    centre_key: Path | None
    tenant: str | None
    rate: float


def provisioned(wish: Wish, talk: Talk) -> None:
    """Do what is wished.  Raises Refusal."""
    one_of = [wish.request_out, wish.certificate, wish.batch, wish.port]
    if sum(way is not None for way in one_of) > 1:
        raise Refusal(USAGE, "Say only one of --request-out, --certificate, --batch and --port.")
    if talk.dry_run and (wish.batch or wish.port):
        raise Refusal(USAGE, "--dry-run looks at one device by USB; leave --batch and --port out.")
    if wish.qr is not None and wish.batch is None:
        labels.check_name(wish.qr)  # before anybody is disturbed
    if wish.port is not None:
        by_line(wish, wish.port, talk)
    elif wish.batch is not None:
        by_list(wish, wish.batch, talk)
    elif wish.request_out is not None:
        write_request(wish, wish.request_out, talk)
    elif wish.certificate is not None:
        bring_certificate(wish, wish.certificate, talk)
    else:
        by_centre(wish, talk)


def by_centre(wish: Wish, talk: Talk) -> None:
    """One device; the centre signs."""
    hub, label = _said(wish.hub, "--hub").lower(), _said(wish.label, "--label")
    if fault := fault_of(hub, label):  # before anybody is disturbed
        raise Refusal(USAGE, f"{fault[0].upper()}{fault[1:]}.")
    found = connected(wish.device)
    centre = logged_in(wish)
    with _service(found, wish, talk) as service:
        asked = ask_request(service)
        _tell_request(asked, talk)
        if talk.dry_run:
            _tell_dry(asked, talk)
            return
        owned = give(service, enrolled_by(centre, asked, hub, label, talk), asked)
        tell_owned(asked, owned, talk, wish.qr, found.serial_number)


def by_list(wish: Wish, path: Path, talk: Talk) -> None:
    """Many devices; the centre signs."""
    report = wish.report or path.with_suffix(".report.csv")
    batch = Batch(path, report, talk)
    centre = logged_in(wish) if batch.left else None

    def enrol(found: Candidate, hub: str, label: str) -> tuple[Asked, Owned]:
        assert centre is not None
        with _service(found, wish, talk) as service:
            asked = ask_request(service)
            return asked, give(service, enrolled_by(centre, asked, hub, label, talk), asked)

    batch.run(enrol, wish.wait_s, wish.qr)


def write_request(wish: Wish, out: Path, talk: Talk) -> None:
    """The device's request into a file, for an authority without a network."""
    found = connected(wish.device)
    with _service(found, wish, talk) as service:
        asked = ask_request(service)
    try:
        out.write_bytes(asked.cose)
    except OSError as error:
        raise Refusal(USAGE, f"{out} cannot be written: {error.strerror}.") from error
    _tell_request(asked, talk)
    facts = {"device_id": asked.device_id, "model": asked.model, "word": asked.word, "file": str(out)}
    talk.result(f"{out}: the request of device {asked.device_id} ({asked.model}).", **facts)
    key = "--key enrolment.key --tenant TENANT --centre-key centre-signing.pub"
    talk.next(f"dosevakt authority enrol {out.name} {key} --out {asked.device_id}.cert")


def bring_certificate(wish: Wish, path: Path, talk: Talk) -> None:
    """A certificate from a file into the device."""
    cose = read_named(path, MAX_COSE, "The certificate")
    found = connected(wish.device)
    with _service(found, wish, talk) as service:
        asked = ask_request(service)
        if talk.dry_run:
            fits(cose, asked)
            _tell_dry(asked, talk)
            return
        tell_owned(asked, give(service, cose, asked), talk, wish.qr, found.serial_number)


def by_line(wish: Wish, port: Path, talk: Talk) -> None:
    """First trust over the board's own line (decision 7); nothing is signed."""
    point = read_centre_point(Path(_said(wish.centre_key, "--centre-key")))
    place = Place(_said(wish.tenant, "--tenant"), _said(wish.hub, "--hub"), _said(wish.label, "--label"))
    centre = logged_in(wish)
    with open_port(port) as wire:
        done = provision_device(WorkshopCable(wire, clock_at(wish.rate)), centre, point, place)
    state = "is provisioned" if done.first_time else "was provisioned before; nothing changed"
    sentence = f"Dispenser {done.device_id} ({done.model}, version {done.version}) {state}."
    talk.result(sentence, **asdict(done))


def logged_in(wish: Wish) -> CentreClient:
    """A session at the centre.  Raises Refusal: NO_AUTHORITY when it cannot be reached."""
    centre = CentreClient(_said(wish.centre_url, "--centre-url"))
    log_in(centre, wish.account)
    return centre


def enrolled_by(centre: CentreClient, asked: Asked, hub: str, label: str, talk: Talk) -> bytes:
    """The centre's certificate for this request; it registers the device in the same step.  Raises Refusal.

    A device that stood elsewhere is moved by that, which is said: its alarms go to the new place from now on.
    """
    answer = centre.post("/api/enrol", {"request": asked.cose.hex(), "hub": hub, "label": label})
    if before := answer.get("moved_from"):
        talk.warn(
            f"The centre had {asked.device_id} at {before['label']}, hub {before['hub']}; it is moved to {label}, "
            f"hub {hub}. Wrong? Run this again with the right --label and --hub."
        )
    return bytes.fromhex(answer["certificate"])


def _service(found: Candidate, wish: Wish, talk: Talk) -> AbstractContextManager[Service]:
    return open_service(found, talk, clock_at(wish.rate))


def _tell_request(asked: Asked, talk: Talk) -> None:
    talk.say(f"Device {asked.device_id} ({asked.model}, version {asked.request.version}): {asked.word}.")


def _tell_dry(asked: Asked, talk: Talk) -> None:
    """What would be done, and that nothing was."""
    owner = "is nobody's yet" if asked.request.centre is None else "has an owner already"
    facts = {"device_id": asked.device_id, "model": asked.model, "word": asked.word}
    talk.result(f"Device {asked.device_id} {owner}. Nothing was changed.", **facts)


def _said(value: str | Path | None, option: str) -> str:
    """What must be given on the command line for this way."""
    if value is None or not str(value):
        raise Refusal(USAGE, f"{option} is missing. See: dosevakt provision --help")
    return str(value)
