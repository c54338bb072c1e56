"""What a running hub holds in memory: it shares a small computer with others for years."""

from pathlib import Path

from hub.tests.parts.hub_process import until

MIB = 1024
LIMIT_KIB = 64 * MIB  # over a day; the goal at rest is 50 MB (docs/performance.md)


def rss_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def test_what_judges_the_settings_never_enters_the_running_hub(room, record_property):
    """Settings are read in a process of their own: the hub that carries events stays small."""
    room.hub.start()
    until(lambda: (room.hub.status() or {}).get("path", {}).get("up"), room.device)
    assert "pydantic" not in Path(f"/proc/{room.hub.pid}/maps").read_text()
    used = rss_kib(room.hub.pid)
    record_property("count", f"{used // MIB} MiB resident in a hub with one dispenser and its path up")
    assert used < LIMIT_KIB
