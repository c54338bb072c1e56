"""The dispenser that staff ask something of from day to day."""

from sqlalchemy import Connection

from centre.core.care import CONFLICT, UNKNOWN, CareRefused
from centre.edges import device_state
from centre.edges.device_state import DeviceState


def asked_device(connection: Connection, tenant: str, device_id: str) -> DeviceState:
    """Its state.  Raises CareRefused: nobody has registered it, or it has forgotten its owner and serves nobody."""
    device = device_state.state_of(connection, tenant, device_id)
    if device is None:
        raise CareRefused(UNKNOWN, "no_such_device", device_id=device_id[:40])
    if device.erased_s is not None:
        raise CareRefused(CONFLICT, "erased", erased_s=device.erased_s)
    return device
