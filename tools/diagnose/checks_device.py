"""D004 to D006 and D012 to D014: what the device knows of itself.  Pure; every limit names its source."""

from protocol.errors import MessageError
from protocol.manifest import CLASSES, Manifest, proven
from protocol.service_state import PLAN_IN_FORCE, PLAN_NONE, FirmwareState
from tools.diagnose.facts import DeviceFacts, Facts
from tools.diagnose.finding import Answer, fail, foreign, ok, skip, warn
from tools.point_key import PointKey

# Doses are planned to the minute; the battery clock drifts 0.2 s a day (DS3231, 2 ppm), and the hub steps it when it is
# 2 s off (design: clock).  5 s mean that nobody has set it for a month; 60 s move a dose.
DRIFT_WARN_S, DRIFT_FAIL_S = 5, 60
CHIP_APART_S = 2
# firmware/core/conditions.py tells a low battery from here on.
LOW_PER_MILLE = 200
# The journal joins its files when it has room for one more archive; below this an update does not fit either
# (two slots of 61 blocks, decision 38).
FREE_WARN, FREE_FAIL = 0.15, 0.05  # of the blocks
# Winbond W25Q16JV data sheet, features: 100,000 erase cycles a sector.  The journal erases every third event
# (firmware/store/journal.py), snapshots and settings add half as much.
ENDURANCE, ERASES_PER_EVENT = 100_000, 0.5
WORN_PER_MILLE = 800
SOON_EMPTY_S = 86400  # a day: who fills must be told today

UPDATE = "Install the firmware again: dosevakt update, or dosevakt flash on a new device."
SEND_BACK = "Take the device out of use and send it back: dosevakt return"


def firmware_signature(facts: Facts) -> Answer:
    """Is what lies in the slot what the release key has signed?"""
    device = facts.device
    state = device.firmware
    if state is None:
        return skip(device.missing)
    if state.slot == "-":
        return warn(
            "The device runs code that was never installed as a signed version.", "Run: dosevakt flash"
        )
    if state.manifest is None or state.pack_digest is None:
        return fail("The slot it runs from lacks its manifest or its code.", UPDATE)
    point = device.release_point or state.release
    if point is None:
        return fail("The device believes no release key.", "Run: dosevakt flash")
    try:
        manifest = proven(state.manifest, PointKey(point).verify)
    except (MessageError, ValueError) as error:
        return fail(f"The signature of its firmware does not hold ({foreign(error)}).", UPDATE)
    return _signed(device, state, manifest)


def _signed(device: DeviceFacts, state: FirmwareState, manifest: Manifest) -> Answer:
    hello = device.hello
    if manifest.digest != state.pack_digest:
        return fail("The code on its flash is not the code that was signed.", UPDATE)
    if hello is not None and manifest.device_class != CLASSES[hello.model]:
        return fail("The firmware is for another kind of device.", UPDATE)
    if hello is not None and hello.trial:
        return warn(
            f"Version {foreign(manifest.version)} is on trial: signed, not confirmed yet.",
            "Connect it to its hub; it confirms itself.",
        )
    by = "your release key" if device.release_point else "the release key that the device believes"
    return ok(
        f"Version {foreign(manifest.version)} in slot {state.slot} is signed by {by}.",
        sequence=manifest.sequence,
    )


def clock_drift(facts: Facts) -> Answer:
    """Does the device know what time it is?"""
    time, own_utc_s = facts.device.time, facts.device.own_utc_s
    if time is None:
        return skip(facts.device.missing)
    if not time.utc_s and facts.device.hello is not None and not facts.device.hello.owned:
        return skip("It has no owner yet, so nobody has set its clock.", "Run: dosevakt provision")
    if not time.utc_s:
        return fail(
            "The device does not know the time, and releases nothing until the centre has set it.",
            "Connect it to its hub and wait a minute.",
        )
    if not time.chip_s:
        return fail(
            "Its battery clock has stopped or does not answer.", "Change the clock's cell, or the board."
        )
    if abs(time.chip_s - time.utc_s) > CHIP_APART_S:
        return warn(
            "Its battery clock differs from the time it goes by.", "Connect it to its hub for an hour."
        )
    if own_utc_s is None:
        return skip(
            "This computer's own clock follows no time source, so the device's cannot be compared.",
            "Run: timedatectl set-ntp true",
        )
    return _drift(abs(time.utc_s - own_utc_s))


def _drift(drift_s: int) -> Answer:
    todo = "Connect it to its hub; the centre sets the clock. This tool never does."
    if drift_s > DRIFT_FAIL_S:
        return fail(f"The device's clock is {drift_s} s off.", todo, drift_s=drift_s)
    if drift_s > DRIFT_WARN_S:
        return warn(f"The device's clock is {drift_s} s off.", todo, drift_s=drift_s)
    return ok(f"The device's clock is right ({drift_s} s from this computer's).", drift_s=drift_s)


def battery(facts: Facts) -> Answer:
    """Does the cell carry the device through a power cut?"""
    power = facts.device.power
    if power is None:
        return skip(facts.device.missing)
    if power.battery_mv is None or power.battery_per_mille is None:
        return fail(
            "The battery gauge does not answer, or sees no cell.",
            "Check the cell's plug; else change the board.",
        )
    percent = power.battery_per_mille // 10
    numbers = {"battery_mv": power.battery_mv, "battery_per_mille": power.battery_per_mille}
    if power.battery_per_mille < LOW_PER_MILLE:
        todo = "Leave it at the mains for 4 hours; if it does not rise, change the cell."
        verdict = warn if power.mains else fail
        where = "" if power.mains else ", and the mains adapter gives nothing"
        return verdict(f"The battery holds {percent} %{where}.", todo, **numbers)
    if not power.mains:
        return warn(f"The device runs on its battery ({percent} %).", "Check the mains adapter.", **numbers)
    return ok(
        f"The battery holds {percent} % ({power.battery_mv / 1000:.2f} V), the mains are on.", **numbers
    )


def flash_wear(facts: Facts) -> Answer:
    """Is there room, and how much of the flash's life is used?"""
    flash, events = facts.device.flash, facts.device.events
    if flash is None:
        return skip(facts.device.missing)
    erases = (events.last_seq if events else 0) * ERASES_PER_EVENT
    worn = int(1000 * erases / (max(flash.free, 1) * ENDURANCE))
    kib, free = flash.free * flash.block_bytes // 1024, flash.free / flash.blocks
    words = f"{kib} KB of the flash are free ({free:.0%}), about {worn / 10:.1f} % of its life is used."
    numbers = {"free_blocks": flash.free, "blocks": flash.blocks, "worn_per_mille": worn}
    if free < FREE_FAIL or worn >= 1000:
        return fail(
            words,
            "Connect it to its hub, which takes its events over; if it stays so, send it back.",
            **numbers,
        )
    if free < FREE_WARN or worn >= WORN_PER_MILLE:
        return warn(words, "Connect it to its hub, which takes its events over.", **numbers)
    return ok(words, **numbers)


def journal_chain(facts: Facts) -> Answer:
    """Is every event there that it holds, and does each one carry the hash of the one before?"""
    chain, events = facts.device.chain, facts.device.events
    if chain is None or events is None:
        return skip(facts.device.missing)
    if events.memory_lost:
        return fail("The device has lost its memory of what was given before its journal begins.", SEND_BACK)
    if chain.missing or chain.broken:
        return fail(
            f"The journal is damaged from event {chain.first_bad} on: "
            f"{_events(chain.missing, 'is', 'are')} lost, {_events(chain.broken, 'does', 'do')} not fit.",
            "A person must find out what was given; then " + SEND_BACK[0].lower() + SEND_BACK[1:],
            missing=chain.missing,
            broken=chain.broken,
        )
    if any("journal damaged" in str(detail) for _, detail in events.alarms):
        return warn(
            "The journal was damaged once; what it holds now is whole.", "See the alarm at the centre."
        )
    return ok(f"All {chain.looked_at} events it holds are there and linked.", looked_at=chain.looked_at)


def _events(many: int, one: str, more: str) -> str:
    return f"{many} event {one}" if many == 1 else f"{many} events {more}"


def load_plan(facts: Facts) -> Answer:
    """Does it know what to give?"""
    plan, hello = facts.device.plan, facts.device.hello
    if plan is None or hello is None:
        return skip(facts.device.missing)
    if plan.refilling:
        return warn(
            "A filling was begun and not ended well; no dose is released.", "Fill it again to the end."
        )
    if plan.state == PLAN_NONE:
        if not hello.owned:
            return skip("It has no owner and no plan yet.", "Run: dosevakt provision")
        return warn("It has an owner and no plan: it gives nothing.", "Send it a plan from the centre.")
    if plan.state != PLAN_IN_FORCE:
        return fail("Its plan cannot be read: it gives nothing.", "Send it the plan again from the centre.")
    if not plan.doses_left:
        return warn("Every dose of its plan has ended.", "Fill it, and send it the next plan.", doses_left=0)
    time = facts.device.time
    if time is not None and time.utc_s and plan.ends_s - time.utc_s < SOON_EMPTY_S:
        return warn(
            f"{plan.doses_left} doses are left, the last within a day.",
            "Fill it.",
            doses_left=plan.doses_left,
        )
    return ok(f"A plan is in force with {plan.doses_left} doses to come.", doses_left=plan.doses_left)
