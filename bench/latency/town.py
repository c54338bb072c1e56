"""A town at real speed: real mosquitto, centre, one hub, and as many virtual dispensers as are asked for."""

import sys
from pathlib import Path
from typing import Any

from tools.authority.installation import Installation
from tools.brokers.mosquitto import mosquitto_command
from tools.demo.town import Home, Town
from tools.demo.witness import Witness

REAL_TIME = 1.0
ANY_PORT = 0
PATIENCE_S = 120.0
CENTRE_SET_IT = 3  # source of ClockSet


def bench_town(folder: Path, homes: int) -> Town:
    """Return the town, not yet started."""

    def mosquitto(keys: Installation, port: int) -> list[str]:
        return mosquitto_command(folder, keys, port)

    labels = [f"Flat {number}" for number in range(1, homes + 1)]
    return Town(folder, REAL_TIME, labels, say, mosquitto, ANY_PORT)


def load(town: Town, home: Home, written: dict[str, Any]) -> list[dict[str, Any]]:
    """Fill by this plan, send it, confirm it, wait until it is in force; returns its doses."""
    witness = Witness(town, PATIENCE_S)
    witness.event(home, "ClockSet", source=CENTRE_SET_IT)
    home.dispenser.fill({dose["slot"]: dose["pills"] for dose in written["doses"]})
    answer = town.centre.post(f"/api/devices/{home.device_id}/plans", written)
    town.centre.post(f"/api/devices/{home.device_id}/plans/{answer['plan_id']}/activate")
    witness.event(home, "PlanActivated", plan_id=answer["plan_id"])
    doses: list[dict[str, Any]] = answer["doses"]
    return doses


def say(sentence: str) -> None:
    """To the person who waits; the table is on stdout."""
    print(sentence, file=sys.stderr, flush=True)
