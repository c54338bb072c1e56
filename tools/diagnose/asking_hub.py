"""What the hub says of itself: its status socket, or the output of `dosevakt-hub status --json` in a file."""

import json
import re
from pathlib import Path
from typing import Any

from hub.edges.status_socket import NAME, fetch
from tools.diagnose.facts import HubFacts

OWN_HUB = Path("/run/dosevakt-hub") / NAME  # on the hub itself
MAX_BYTES = 1_000_000  # 16 ports and their dispensers are some 20 KB
_UNDER_VOLTAGE = re.compile(r"^dosevakt_hub_under_voltage ([01])\b", re.MULTILINE)


def ask_hub(where: Path | None) -> HubFacts:
    """The hub's facts.  where: a socket or a file; None: the hub on this machine, if there is one."""
    if where is None and not OWN_HUB.exists():
        return HubFacts(
            "No hub was asked; give --hub-status its socket or its status in a file.", skipped=True
        )
    where = where or OWN_HUB
    try:
        return _from_socket(where) if where.is_socket() else HubFacts(status=_checked(_text_of(where)))
    except OSError as error:
        return HubFacts(f"The hub's status at {where} cannot be read ({error.strerror or error}).")
    except ValueError as error:
        return HubFacts(f"{where} gives no status of a hub ({error}).")


def _from_socket(where: Path) -> HubFacts:
    if where.name != NAME:
        raise ValueError(f"a hub's socket is called {NAME}")
    _, status = fetch(where.parent, "/status")
    _, metrics = fetch(where.parent, "/metrics")
    found = _UNDER_VOLTAGE.search(metrics)
    return HubFacts(status=_checked(status), under_voltage=None if found is None else found.group(1) == "1")


def _text_of(where: Path) -> str:
    with where.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError("the file is too large")
    return data.decode()


def _checked(text: str) -> dict[str, Any]:
    try:
        status = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested without end") from error
    except ValueError as error:
        raise ValueError("it is no JSON") from error
    if not isinstance(status, dict) or "hub_id" not in status or "path" not in status:
        raise ValueError("it lacks hub_id and path")
    return status
