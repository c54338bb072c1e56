"""One installation for the whole bench: authority, broker, centre, one hub.  Made by the project's own tools."""

from dataclasses import dataclass
from pathlib import Path

from tools.authority.installation import HubKeys, Installation, add_hub, new_installation

TENANT = "bench"


@dataclass(frozen=True)
class Keys:
    """Who may speak to whom.  The other gateways show the hub's certificate when they use TLS."""

    installation: Installation
    hub: HubKeys


def new_keys(folder: Path) -> Keys:
    installation = new_installation(folder, ["127.0.0.1"])
    return Keys(installation, add_hub(installation, TENANT, "bench"))
