"""Everything that the twenty checks judge, gathered before any of them is asked.

A part that could not be had is None, and `missing` beside it says in a sentence why.
"""

from dataclasses import dataclass, field
from typing import Any

from protocol.service_hello import Hello
from protocol.service_state import (
    EventsState,
    FirmwareState,
    FlashState,
    PlanState,
    PowerState,
    SelfTested,
    TimeState,
)


@dataclass(frozen=True)
class MachineFacts:
    """This computer.

    port: path of the device's port, "" when none was chosen; no_port: the sentence that says why.
    refused: the sentence of open_port(), "" when it opened.  rules: path of the udev rules file, or None.
    has_udev: False on a system without it.  modem_manager: it runs.  ignored: udev told it to leave this port alone;
    None: udev knows nothing of the port (a virtual one).
    """

    port: str = ""
    no_port: str = ""
    refused: str = ""
    rules: str | None = None
    has_udev: bool = True
    modem_manager: bool = False
    ignored: bool | None = None


@dataclass(frozen=True)
class ChainFacts:
    """The links of all events that the device holds."""

    looked_at: int
    missing: int
    broken: int
    first_bad: int | None


@dataclass(frozen=True)
class DeviceFacts:
    """What the device said.  missing: why the rest was not asked; code: the exit code of that, 0 when nothing is.

    own_utc_s: this computer's UTC in the moment of `time`; None when nobody has synchronised this computer.
    tests: by part (protocol.service_state).  heard: a person heard the tone; None: nobody was asked.
    release_point: the release key that this computer believes, or None; console: what the device printed.
    """

    missing: str = ""
    code: int = 0
    hello: Hello | None = None
    time: TimeState | None = None
    own_utc_s: int | None = None
    power: PowerState | None = None
    flash: FlashState | None = None
    events: EventsState | None = None
    plan: PlanState | None = None
    chain: ChainFacts | None = None
    firmware: FirmwareState | None = None
    tests: dict[int, SelfTested] = field(default_factory=dict)
    heard: bool | None = None
    release_point: bytes | None = None
    console: bytes = b""


@dataclass(frozen=True)
class HubFacts:
    """What the hub's status says; status None: `missing` says why, skipped: nobody asked for it.

    under_voltage None: it does not tell.
    """

    missing: str = ""
    skipped: bool = False
    status: dict[str, Any] | None = None
    under_voltage: bool | None = None


@dataclass(frozen=True)
class Facts:
    """All of it."""

    machine: MachineFacts
    device: DeviceFacts
    hub: HubFacts
