"""One day of a dispenser with a full tray: 28 doses, each pressed for and taken."""

from firmware.tests.hub_side import HubSide
from protocol.commands import ActivatePlan, Dose, LoadPlan, StoreLoadPlan
from protocol.events import DoseTaken, LidClosed, LidOpened, PlanActivated
from tools.emulator.dispenser import VirtualDispenser

DOSES = 28
EVERY_S = 3000
WINDOW_S = 900
PLAN_ID = b"p" * 16


def load(device: VirtualDispenser, hub: HubSide, day: int, rate: float) -> LoadPlan:
    """Fill the tray, send day's plan (from 0) and put it in force."""
    first_s = device.read()["utc_s"] + 600
    rows = [
        Dose(bytes([day, n + 1] * 8), n + 1, first_s + n * EVERY_S, 0, WINDOW_S, 2, 0, "Morgenmedisin")
        for n in range(DOSES)
    ]
    plan = LoadPlan(PLAN_ID, day + 1, 1, rows, [(0, 3600)], None, "nb", [(1320, 420)])
    device.run(rate=rate)
    device.lid(open=True)
    hub.wait_for(LidOpened, count=day + 1)  # the line is awake again after a day in one leap
    device.lid(open=False)
    hub.wait_for(LidClosed, count=day + 1)
    device.fill(dict.fromkeys(range(1, DOSES + 1), 2))
    hub.order(StoreLoadPlan(plan))
    hub.order(ActivatePlan(plan.plan_id, plan.version))
    hub.wait_for(PlanActivated, count=day + 1)
    return plan


def give(device: VirtualDispenser, dose: Dose) -> None:
    """Let the time pass until the dose is due, press, and take it."""
    device.run(for_ms=1000 * (dose.due_s + 60 - device.read()["utc_s"]), rate=0)
    device.press()
    device.run(for_ms=15000, rate=0)
    device.take()
    device.run(for_ms=5000, rate=0)


def all_taken(device: VirtualDispenser, hub: HubSide, count: int, rate: float) -> None:
    """Wait until the hub has heard of so many doses taken, and the centre's receipt has gone back."""
    device.run(rate=rate)
    hub.wait_for(DoseTaken, count=count)
    hub.receipt(len(hub.events))
    device.run(for_ms=120_000, rate=0)
    taken = len(device.read()["taken"])
    assert taken == count, taken
