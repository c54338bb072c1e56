"""A new version reaches a home: signed offline, fetched and proven by the hub, carried over its line, confirmed."""

from hil_tests.firmware.updating_town import UpdatingTown
from hil_tests.unit import wait_real
from tools.emulator.flashed import version

# Virtual seconds in a real one.  A line at 115,200 baud carries 350 KB in 40 s; a dispenser in service mode waits 2 min
# for a hub that was killed, which a busy machine starts again in 20 s.
RATE = 2.0
PATIENCE_S = 240  # a machine that builds something else meanwhile


def until(look, what):
    """Return what look() finds in the end."""
    return wait_real(look, what, PATIENCE_S)


def test_a_campaign_brings_a_new_version_into_a_home(tmp_path, record_property):
    """Begun at the centre, a dispenser runs the new version and says so; a hub killed halfway goes on where it was."""
    town = UpdatingTown(tmp_path, RATE)
    new = version("tablet", town.release_key, 2, "0.2.2")
    target = town.publish(new)
    with town:
        ask = town.centre.get
        until(lambda: ask("/api/firmware")["releases"], "the bundle in the centre's list")
        until(lambda: any(hub["online"] for hub in ask("/api/state")["hubs"]), "the hub's birth")
        campaign = town.centre.post("/api/campaigns", {"target": target})
        path = f"/api/campaigns/{campaign['campaign_id']}"
        carried = until(lambda: _halfway(town), "half of the version at the dispenser")
        town.kill("hub")
        town.start_again("hub")
        until(lambda: ask(path)["state"] == "finished", "the end of the campaign")
        (device,) = ask(path)["devices"]
        assert device["state"] == "done"
        told = ask(f"/api/devices/{device['device_id']}/events")
        way = ("ServiceStarted", "UpdateStarted", "ServiceEnded", "UpdateConfirmed")
        names = [event["name"] for event in reversed(told)]
        last = [len(names) - told_name for told_name in map([*reversed(names)].index, way)]
        assert last == sorted(last), names
        confirmed = next(event["body"] for event in told if event["name"] == "UpdateConfirmed")
        assert confirmed == {"sequence": 2, "version": "0.2.2"}
        assert "update_failed" not in [alarm["kind"] for alarm in ask("/api/alarms")]
    facts = (
        f"{len(new.pack)} bytes of firmware through a campaign, TUF, hub and line; hub killed after {carried}"
    )
    record_property("count", facts)


def _halfway(town: UpdatingTown) -> int | None:
    """Bytes that the dispenser has, once it has a third."""
    rows = town.hub_status().get("firmware", [])
    found = next((row for row in rows if row["total"] and row["done"] > row["total"] // 3), None)
    return found["done"] if found else None
