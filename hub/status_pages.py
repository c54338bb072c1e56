"""Which path of the status socket answers what: /status, /healthz, /readyz, /metrics."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from hub.core.metrics import KIND, Machine, metrics
from hub.edges.status_socket import Answer

_TEXT = "text/plain; charset=utf-8"


class StatusPages:
    """answer(path) for StatusServer."""

    def __init__(
        self,
        report: Callable[[], Awaitable[dict[str, Any]]],
        alive: Callable[[], str | None],
        machine: Callable[[], Machine],
    ) -> None:
        """alive: a sentence when the hub is stuck, as systemd's watchdog sees it."""
        self._report = report
        self._alive = alive
        self._machine = machine

    async def answer(self, path: str) -> Answer | None:
        if path == "/healthz":
            return _verdict([fault] if (fault := self._alive()) else [], "alive")
        if path not in ("/status", "/readyz", "/metrics"):
            return None
        status = await self._report()
        if path == "/readyz":
            return _verdict(not_ready(status), "ready")
        if path == "/metrics":
            return Answer(200, KIND, metrics(status, self._machine()))
        return Answer(200, "application/json", json.dumps(status))


def _verdict(faults: list[str], good: str) -> Answer:
    return Answer(503 if faults else 200, _TEXT, "\n".join(faults or [good]) + "\n")


def not_ready(status: dict[str, Any]) -> list[str]:
    """Why a dispenser's events do not reach the centre soon: one sentence for each reason.  Pure."""
    faults = []
    if status["outbox"]["fault"]:
        faults.append(status["outbox"]["fault"])
    if not status["clock"]["trusted"]:
        faults.append("The clock is not synchronised yet.")
    if not status["path"]["up"]:
        faults.append(f"Path to the centre: {status['path']['sentence']}")
    return faults
