"""From the press of the button to the first step of the motor."""

import time

from bench.latency.town import load
from tools.demo.town import Home, Town
from tools.emulator.dispenser import VirtualDispenser

SLOTS = 28
WINDOW_S = 300
EARLY_S = (
    18000  # the longest a plan allows: all 28 doses of 300 s are open at once, so none need be waited for
)
LEAD_S = 600
PRESS_APART_MS = 1000  # the button ignores a second press within 800 ms (drivers/lit_button.py)


def press_all(town: Town, home: Home) -> list[float]:
    """Load 28 doses that may be had early, press for each and take it.  Returns milliseconds, one for each press."""
    load(town, home, _early_plan(town.now_s() + LEAD_S))
    home.dispenser.bench.watch()
    return [_press_and_take(home.dispenser, slot) for slot in range(1, SLOTS + 1)]


def _press_and_take(device: VirtualDispenser, slot: int) -> float:
    device.bench.events.clear()
    pressed_ms = device.read()["uptime_ms"]
    begun_s = time.monotonic()
    device.press()
    device.wait_event("motor", moving=True)
    took_ms = (time.monotonic() - begun_s) * 1000
    device.wait_event("motor", moving=False)
    device.wait_for(lambda facts: facts["position"] == slot)
    taken = len(device.read()["taken"])

    def ready(facts: dict) -> bool:
        """It lies in the hand, and the button listens again."""
        if len(facts["taken"]) == taken and facts["light"]:
            device.take()
        return len(facts["taken"]) > taken and facts["uptime_ms"] > pressed_ms + PRESS_APART_MS

    device.wait_for(ready)
    return took_ms


def _early_plan(first_due_s: int) -> dict:
    doses = [
        {
            "slot": slot,
            "due_s": first_due_s + (slot - 1) * WINDOW_S,
            "window_s": WINDOW_S,
            "opens_early_s": EARLY_S,
            "pills": 1,
            "label": f"Dose {slot}",
        }
        for slot in range(1, SLOTS + 1)
    ]
    return {"language": "en", "medium": "tray", "doses": doses}
