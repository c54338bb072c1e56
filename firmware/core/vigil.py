"""Is every task alive?  The watchdog is fed on this answer only.  Pure."""


class Vigil:
    """limits_ms: name -> the longest silence of that task.  Times are uptime ms, never wrapping."""

    def __init__(self, limits_ms: dict[str, int], now_ms: int) -> None:
        self._limits_ms = limits_ms
        self._last_ms = dict.fromkeys(limits_ms, now_ms)

    def beat(self, name: str, now_ms: int) -> None:
        """This task has just gone once round."""
        self._last_ms[name] = now_ms

    def silent(self, now_ms: int) -> str | None:
        """The name of a task that has been silent for too long, or None when all are alive."""
        for name, limit_ms in self._limits_ms.items():
            if now_ms - self._last_ms[name] > limit_ms:
                return name
        return None
