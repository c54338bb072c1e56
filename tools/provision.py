"""dosevakt provision: make a new dispenser known to its centre, and its centre known to it."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from protocol.cose import device_id_of
from tools.centre_client import CentreClient
from tools.exit_codes import USAGE
from tools.refusal import Refusal, told
from tools.workshop.cable import WorkshopCable
from tools.workshop.ports import candidates, choose, open_port

MODELS = {1: "tablet", 2: "multidose"}  # Identity.model, as protocol/device_events.py numbers them


@dataclass(frozen=True)
class Place:
    """Where a dispenser will stand, in words without a person's name."""

    tenant: str
    hub_id: str
    label: str


@dataclass(frozen=True)
class Provisioned:
    """What the technician gets to know."""

    device_id: str
    model: str
    version: str
    first_time: bool


def provision_device(
    cable: WorkshopCable, centre: CentreClient, centre_point: bytes, place: Place
) -> Provisioned:
    """Read the device's key, register it at the centre, give the device its centre.  Doing it again changes nothing.

    Raises Refusal with a sentence when device or centre says no.
    """
    identity = cable.identity()
    model = MODELS[identity.model]
    wish = {"public_point": identity.public_point.hex(), "model": model, "hub": place.hub_id}
    centre.post("/api/devices", {**wish, "label": place.label})
    cable.trust(centre_point, place.tenant)
    device_id = device_id_of(identity.public_point).hex()
    return Provisioned(device_id, model, identity.version, not identity.provisioned)


def read_centre_point(path: Path) -> bytes:
    """Return the 65-byte point of the centre's public key in PEM.  Raises Refusal."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Refusal(
            USAGE, f"{path} holds no public key in PEM form; ask the centre for its file."
        ) from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refusal(USAGE, f"{path} holds a key of another kind; the centre's is P-256.")
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def clock_at(rate: float) -> Callable[[], int]:
    """Return a millisecond clock that runs as fast as a virtual device does; rate 1 for a real one."""
    return lambda: int(time.monotonic() * 1000 * rate)


@told
def provision(
    centre_url: Annotated[str, typer.Option(help="The centre, as in https://centre.example.")],
    centre_key: Annotated[Path, typer.Option(help="The centre's public signing key, PEM.")],
    hub: Annotated[str, typer.Option(help="Id of the hub it will stand beside, hex.")],
    label: Annotated[str, typer.Option(help="A place, such as a flat number; never a person's name.")],
    tenant: Annotated[str, typer.Option(help="The municipality, as the centre calls it.")],
    account: Annotated[str, typer.Option(help="Your account at the centre.")],
    port: Annotated[
        Path | None, typer.Option(help="Its serial port; not needed when only one is there.")
    ] = None,
    password: Annotated[
        str,
        typer.Option(
            prompt=True, hide_input=True, envvar="DOSEVAKT_PASSWORD", help="Asked for when not given."
        ),
    ] = "",
    rate: Annotated[float, typer.Option(help="For a virtual dispenser that does not run at 1.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line on stdout.")] = False,
) -> None:
    """Register the connected dispenser at the centre and give it the centre's key.  Safe to run again.

    Exit codes: 0 done, 1 device or centre said no, 2 usage, 3 no device, 4 more than one, 5 port busy or not allowed,
    6 garbage on the line, 7 other version, 8 no answer, 9 centre not reached.
    """
    point = read_centre_point(centre_key)
    path = choose(port, candidates()).path
    client = CentreClient(centre_url)
    client.log_in(account, password, "workshop")
    with open_port(path) as wire:
        done = provision_device(WorkshopCable(wire, clock_at(rate)), client, point, Place(tenant, hub, label))
    if as_json:
        typer.echo(json.dumps(asdict(done)))
    else:
        state = "is provisioned" if done.first_time else "was provisioned before; nothing changed"
        typer.echo(f"Dispenser {done.device_id} ({done.model}, version {done.version}) {state}.")
