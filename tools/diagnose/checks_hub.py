"""D015 to D020: the hub, and the way to the centre.  Pure; the status is another program's words, read with care."""

from typing import Any

from protocol.cose import device_id_of
from tools.diagnose.facts import Facts
from tools.diagnose.finding import Answer, fail, foreign, ok, skip, warn

# A certificate lasts 397 days and a visit to every home takes weeks (tools/authority/command.py).
CERTIFICATE_WARN_DAYS, CERTIFICATE_FAIL_DAYS = 60, 14
# An event reaches the centre within seconds; an hour is a fault that a technician is sent for, a day one that hides
# missed doses from everybody (hazard H-09).
OLD_WARN_S, OLD_FAIL_S = 3600, 86400
# A visit itself is told in so many events at most: restart, clock, alarms, service begun and ended, a signed command.
OWN_EVENTS = 8


def hub_reachable(facts: Facts) -> Answer:
    """Does the hub answer, and does it see this device?"""
    status = facts.hub.status
    if status is None:
        return (
            skip(facts.hub.missing)
            if facts.hub.skipped
            else fail(foreign(facts.hub.missing), "Look at the hub: systemctl status dosevakt-hub")
        )
    device = _device(facts)
    if facts.device.hello is None:
        return ok("The hub answers; which device is meant was not asked.")
    if device is None:
        return warn(
            "The hub answers, and has never heard of this device.", "Connect the device's line to the hub."
        )
    if not device.get("linked"):
        return fail("The hub answers, and this device is not linked to it.", "Check the line between them.")
    return ok("The hub answers, and this device is linked to it.")


def broker_tls(facts: Facts) -> Answer:
    """Does the hub reach its broker, each proving itself?"""
    path = _part(facts, "path")
    if path is None:
        return skip(facts.hub.missing or "The hub's status does not tell.")
    if path.get("taken_over"):
        return fail(
            "Another machine has this hub's keys and throws it off the broker.", "Find it and switch it off."
        )
    sentence = foreign(path.get("sentence", ""))
    if not path.get("up"):
        return fail(f"The hub does not reach its broker: {sentence}", "Do what the hub's sentence says.")
    return ok("The hub is connected to its broker; both proved themselves by certificate.")


def certificate_days(facts: Facts) -> Answer:
    """For how long may the hub still talk to the broker?"""
    status = facts.hub.status
    if status is None:
        return skip(facts.hub.missing)
    days, todo = status.get("certificate_days_left"), "Run: dosevakt authority rotate KEYS NAME"
    if not isinstance(days, int):
        return fail("The hub's certificate cannot be read.", "Put hub.crt and hub.key in place again.")
    if days < CERTIFICATE_WARN_DAYS:
        words = (
            f"The hub's certificate ended {-days} days ago."
            if days < 0
            else f"The hub's certificate ends in {days} days."
        )
        return (fail if days < CERTIFICATE_FAIL_DAYS else warn)(words, todo, days=days)
    return ok(f"The hub's certificate is good for {days} days.", days=days)


def outbox(facts: Facts) -> Answer:
    """Do events wait in the hub?"""
    held = _part(facts, "outbox")
    if held is None:
        return skip(facts.hub.missing or "The hub's status does not tell.")
    if held.get("fault"):
        return fail(f"The hub cannot keep events: {foreign(held['fault'])}", "Change the hub's memory card.")
    waiting, oldest_s = _number(held.get("waiting")), _number(held.get("oldest_waits_s"))
    words = f"{waiting} events wait in the hub, the oldest for {_time(oldest_s)}."
    if waiting and oldest_s >= OLD_WARN_S:
        verdict = fail if oldest_s >= OLD_FAIL_S else warn
        return verdict(
            words, "See D016: they wait for the way to the centre.", waiting=waiting, oldest_s=oldest_s
        )
    return ok(words if waiting else "No event waits in the hub.", waiting=waiting)


def under_voltage(facts: Facts) -> Answer:
    """Is the hub's supply strong enough?"""
    if facts.hub.status is None:
        return skip(facts.hub.missing)
    if facts.hub.under_voltage is None:
        return skip(
            "The hub does not tell: no Raspberry Pi, or a saved status.", "Give --hub-status its socket."
        )
    if facts.hub.under_voltage:
        return fail(
            "The hub's power supply is too weak now.", "Use the Raspberry Pi's own supply and a short cable."
        )
    return ok("The hub's power supply holds.")


def end_to_end(facts: Facts) -> Answer:
    """Has the centre's signed receipt for a late event of this device come back?  Nothing less proves the whole way."""
    events, hello = facts.device.events, facts.device.hello
    if events is None or hello is None:
        return skip(facts.device.missing)
    if not hello.owned:
        return skip("It has no owner yet: no centre can prove anything to it.", "Run: dosevakt provision")
    receipted_seq = _number((_device(facts) or {}).get("receipted_seq"))
    if not events.waiting or receipted_seq >= events.last_seq - OWN_EVENTS:
        return ok("The centre has receipted what this device had to tell.", last_seq=events.last_seq)
    return _waiting(facts, events.waiting, events.waiting_since_s)


def _waiting(facts: Facts, waiting: int, since_s: int | None) -> Answer:
    device_time = facts.device.time
    now_s = device_time.utc_s if device_time is not None else 0
    todo = "Connect it to its hub and look at D015 to D018."
    if since_s is None or not now_s:
        return warn(
            f"{waiting} events wait for the centre's receipt; nobody knows since when.", todo, waiting=waiting
        )
    old_s = max(0, now_s - since_s)
    words = f"{waiting} events wait for the centre's receipt, the first for {_time(old_s)}."
    if old_s < OLD_WARN_S:
        return ok(words, waiting=waiting, oldest_s=old_s)
    return (fail if old_s >= OLD_FAIL_S else warn)(words, todo, waiting=waiting, oldest_s=old_s)


def _part(facts: Facts, name: str) -> dict[str, Any] | None:
    part = (facts.hub.status or {}).get(name)
    return part if isinstance(part, dict) else None


def _device(facts: Facts) -> dict[str, Any] | None:
    """What the hub says of this device."""
    hello, devices = facts.device.hello, (facts.hub.status or {}).get("devices")
    if hello is None or not isinstance(devices, list):
        return None
    name = device_id_of(hello.public_point).hex()
    return next((one for one in devices if isinstance(one, dict) and one.get("device_id") == name), None)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _time(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
