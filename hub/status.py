"""What `dosevakt-hub status --json` shows: facts, and the sentences that go with them.

docs/operations.md lists every key; a key is never given another meaning.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hub import VERSION
from hub.core.clock_trust import ClockTrust
from hub.courier import Courier
from hub.devices import Devices
from hub.edges.credentials import Validity
from hub.edges.ledger import Ledger, OutboxWriteError
from hub.edges.outbox import DeviceRow, Outbox
from hub.edges.system_clock import SystemClock
from hub.edges.uplink import Uplink
from hub.port_session import PortSession
from hub.ports import Ports
from hub.updates import Updates

_OUTBOX_LIMIT_S = 2.0  # an outbox that takes longer is a fault worth showing; the asker waits 5 s

# How the link's own clockwork stands now, beside the counts; null while no dispenser is linked.
GAUGES = ("srtt_ms", "resend_ms", "window", "peer_room")


@dataclass
class _Held:
    """What the outbox says of itself."""

    rows: list[DeviceRow] = field(default_factory=list)
    waiting: int | None = None
    oldest_s: int | None = None
    # Device -> events without receipt, urgent ones among them.
    of_device: dict[bytes, tuple[int, int]] | None = None
    fault: str | None = None


@dataclass(frozen=True)
class Reporter:
    """Gathers the status of a running hub."""

    hub_id: bytes
    tenant: str
    clock: SystemClock
    trust: ClockTrust
    validity: Callable[[], Validity]  # of the certificate on disk now; raises OSError or ValueError
    ledger: Ledger
    ports: Ports
    devices: Devices
    uplink: Uplink
    courier: Courier
    updates: Updates

    async def report(self) -> dict[str, Any]:
        """JSON values only."""
        held = await self._ask_outbox()
        now_s = self.clock.utc_s()
        return {
            "hub_id": self.hub_id.hex(),
            "tenant": self.tenant,
            "version": VERSION,
            "clock": {"utc_s": now_s, "trusted": self.trust.trusted},
            "path": {
                "up": self.uplink.up,
                "sentence": self.uplink.sentence,
                "taken_over": self.uplink.takeovers.standing,
                "refused_from_centre": self.courier.refused,
            },
            "certificate_days_left": self._days_left(),
            "outbox": {
                "waiting": held.waiting,
                "oldest_waits_s": None if held.oldest_s is None else max(0, now_s - held.oldest_s),
                "fault": held.fault,
            },
            "ports": [self._port(session) for session in self.ports.sessions],
            "firmware": self.updates.report(),
            "left_alone": [{"port": name, "sentence": why} for name, why in self.ports.left_alone],
            "devices": [self._device(row, held) for row in held.rows if row.device_id != self.hub_id],
        }

    async def _ask_outbox(self) -> _Held:
        try:
            async with asyncio.timeout(_OUTBOX_LIMIT_S):
                held = await self.ledger.do(_read)
                held.fault = self.ledger.fault
                return held
        except OutboxWriteError as error:
            return _Held(fault=str(error))
        except TimeoutError:
            fault = self.ledger.fault or "The outbox does not answer: the disk is stuck or very slow."
            return _Held(fault=fault)

    def _days_left(self) -> int | None:
        try:
            return self.validity().days_left(self.clock.real_utc_s())
        except (OSError, ValueError):  # the uplink says what is wrong with the file
            return None

    def _port(self, session: PortSession) -> dict[str, Any]:
        return {
            "port": session.path,
            "state": self._state(session),
            "sentence": session.sentence,
            "device_id": session.device_id.hex() if session.device_id else None,
            "copy_of": session.copy_of.hex() if session.copy_of else None,
            "openings": session.openings,
            **session.counts,
            **{name: _gauge(session, name) for name in GAUGES},
        }

    def _state(self, session: PortSession) -> str:
        """linked: a dispenser speaks; open; closed: tried again and again; unplugged: a found port that is gone."""
        if session.device_id is not None:
            return "linked"
        if session.is_open:
            return "open"
        return "closed" if self.ports.is_tried(session) else "unplugged"

    def _device(self, row: DeviceRow, held: _Held) -> dict[str, Any]:
        identity = self.devices.identity(row.device_id)
        port = next((one.path for one in self.ports.sessions if one.device_id == row.device_id), None)
        waiting, urgent = (
            (None, None) if held.of_device is None else held.of_device.get(row.device_id, (0, 0))
        )
        return {
            "device_id": row.device_id.hex(),
            "linked": port is not None,
            "port": port,
            "lost": row.lost,
            "last_seq": row.last_seq,
            "receipted_seq": row.receipted_seq,
            "waiting": waiting,
            "urgent_waiting": urgent,
            "version": identity.version if identity else None,
            "provisioned": identity.provisioned if identity else None,
        }


def _read(outbox: Outbox) -> _Held:
    return _Held(outbox.devices(), *outbox.waiting(), outbox.waiting_by_device())


def _gauge(session: PortSession, name: str) -> int | None:
    return getattr(session.link.stats, name, None) if session.device_id is not None else None
