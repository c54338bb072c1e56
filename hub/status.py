"""What `dosevakt-hub status` shows: facts as JSON, and for people the sentences in them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hub import VERSION
from hub.core.clock_trust import ClockTrust
from hub.courier import Courier
from hub.devices import Devices
from hub.edges.credentials import Validity
from hub.edges.ledger import Ledger, OutboxWriteError
from hub.edges.outbox import DeviceRow
from hub.edges.system_clock import SystemClock
from hub.edges.uplink import Uplink
from hub.port_session import PortSession

_OUTBOX_LIMIT_S = 2.0  # an outbox that takes longer is a fault worth showing; the asker waits 5 s


@dataclass(frozen=True)
class Reporter:
    """Gathers the status of a running hub."""

    hub_id: bytes
    tenant: str
    clock: SystemClock
    trust: ClockTrust
    validity: Callable[[], Validity]  # of the certificate on disk now; raises OSError or ValueError
    ledger: Ledger
    ports: list[PortSession]
    devices: Devices
    uplink: Uplink
    courier: Courier

    async def report(self) -> dict[str, Any]:
        """JSON values only."""
        rows: list[DeviceRow] = []
        waiting: int | None = None
        oldest_s: int | None = None
        fault = self.ledger.fault
        try:
            async with asyncio.timeout(_OUTBOX_LIMIT_S):
                rows, (waiting, oldest_s) = await self.ledger.do(
                    lambda outbox: (outbox.devices(), outbox.waiting())
                )
        except OutboxWriteError as error:
            fault = str(error)
        except TimeoutError:
            fault = fault or "The outbox does not answer: the disk is stuck or very slow."
        now_s = self.clock.utc_s()
        return {
            "hub_id": self.hub_id.hex(),
            "tenant": self.tenant,
            "version": VERSION,
            "clock": {"utc_s": now_s, "trusted": self.trust.trusted},
            "path": {
                "up": self.uplink.up,
                "sentence": self.uplink.sentence,
                "refused_from_centre": self.courier.refused,
            },
            "certificate_days_left": self._days_left(),
            "outbox": {
                "waiting": waiting,
                "oldest_waits_s": None if oldest_s is None else max(0, now_s - oldest_s),
                "fault": fault,
            },
            "ports": [_port(port) for port in self.ports],
            "devices": [self._device(row) for row in rows if row.device_id != self.hub_id],
        }

    def _days_left(self) -> int | None:
        try:
            return self.validity().days_left(self.clock.real_utc_s())
        except (OSError, ValueError):  # the uplink says what is wrong with the file
            return None

    def _device(self, row: DeviceRow) -> dict[str, Any]:
        identity = self.devices.identity(row.device_id)
        return {
            "device_id": row.device_id.hex(),
            "linked": row.device_id in self.devices.linked(),
            "lost": row.lost,
            "last_seq": row.last_seq,
            "receipted_seq": row.receipted_seq,
            "version": identity.version if identity else None,
            "provisioned": identity.provisioned if identity else None,
        }


def _port(port: PortSession) -> dict[str, Any]:
    stats = port.link.stats
    return {
        "port": port.path,
        "sentence": port.sentence,
        "device_id": port.device_id.hex() if port.device_id else None,
        "frames_in": stats.frames_in,
        "bad_frames": stats.bad_frames,
        "resends": stats.resends,
    }


def in_words(status: dict[str, Any]) -> list[str]:
    """The status as sentences for a technician."""
    lines = [f"Hub {status['hub_id']} of {status['tenant']}, version {status['version']}."]
    lines.append(
        "The clock is trusted."
        if status["clock"]["trusted"]
        else "The clock is not synchronised yet; devices do not take it."
    )
    lines.append(f"Path to the centre: {status['path']['sentence']}")
    days = status["certificate_days_left"]
    lines.append(
        "The certificate cannot be read."
        if days is None
        else f"The certificate is good for {days} more days."
    )
    outbox = status["outbox"]
    lines.append(outbox["fault"] or f"{outbox['waiting']} events wait for the centre's receipt.")
    for port in status["ports"]:
        linked = (
            f" Dispenser {port['device_id']} is linked." if port["device_id"] else " No dispenser is linked."
        )
        lines.append(port["sentence"] + linked)
    lines += [f"Dispenser {device['device_id']} is silent." for device in status["devices"] if device["lost"]]
    return lines
