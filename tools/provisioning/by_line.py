"""First trust over a dispenser's own line (decision 7): for the emulator, and for boards without an enrolment key."""

from dataclasses import dataclass

from protocol.cose import device_id_of
from tools.centre_client import CentreClient
from tools.models import MODELS
from tools.workshop.cable import WorkshopCable


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
