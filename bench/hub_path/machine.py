"""What the figures belong to: the machine and the versions."""

import os
import platform
import re
import subprocess
from pathlib import Path


def lines(peers: Path | None) -> list[str]:
    """Markdown sentences."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return [
        f"Machine: {os.cpu_count()} cores of {_processor()}, Linux {platform.release()};"
        f" load before the run (1, 5, 15 min): {load}.",
        f"Versions: Python {platform.python_version()}, {', '.join(_versions(peers))}.",
    ]


def _processor() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return found.group(1) if found else platform.machine()


def _versions(peers: Path | None) -> list[str]:
    found = ["mosquitto " + _said(["/usr/sbin/mosquitto", "-h"], r"version (\S+)")]
    if peers is None:
        return found
    for place in peers.glob("tb/lib/python*/site-packages/thingsboard_gateway-*.dist-info"):
        found.append("thingsboard-gateway " + place.name.split("-")[1].removesuffix(".dist"))
    for module in ("node-red", "node-red-node-serialport"):
        text = (peers / "nr" / "node_modules" / module / "package.json").read_text()
        version = re.search(r'"version"\s*:\s*"([^"]+)"', text)
        found.append(f"{module} {version.group(1) if version else '?'}")
    return [*found, "Node.js " + _said(["node", "--version"], r"v(\S+)")]


def _said(argv: list[str], pattern: str) -> str:
    try:
        text = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    except OSError:
        return "not found"
    found = re.search(pattern, text)
    return found.group(1) if found else "unknown"
