"""What the page of a dispenser says of its filling: who may, what waits, what was done, where the roll stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from centre.board.context import BoardContext
from centre.board.show import Shower
from centre.core import refill
from centre.core.credentials import Credential
from centre.core.dose_life import IN_HAND, KnownDose
from centre.edges import credential_store, dose_store, event_store
from centre.edges.device_state import DeviceState
from centre.edges.opening import stored_event
from protocol.dose_events import LAST_SLOT
from protocol.events import MODEL_MULTIDOSE
from protocol.load_plan import LoadPlan
from protocol.pouch_label import label_of
from protocol.refill_commands import MAX_CREDENTIALS
from protocol.refill_events import RefillAborted, RefillRefused, RefillSealed

SHOWN = 10  # fillings; a tray is filled every week or two
TOLD = (RefillSealed.TYPE, RefillAborted.TYPE, RefillRefused.TYPE)


@dataclass(frozen=True)
class Filling:
    """One line of the history: when, what, and what else must be known of it."""

    at: str
    what: str
    notes: list[str]


@dataclass(frozen=True)
class CredentialLine:
    """One credential as it is read."""

    held: Credential
    who: str
    how: str


@dataclass(frozen=True)
class RollChoice:
    """A dose whose first pouch may be the next one."""

    slot: int
    label: str
    dose: KnownDose | None


@dataclass(frozen=True)
class RefillView:
    """What stands on the page.  state: what is so now, in sentences; roll: empty without one."""

    state: list[str]
    roll: list[str]
    has_roll: bool
    history: list[Filling]
    credentials: list[CredentialLine]
    room: bool


def view(connection: Connection, parts: BoardContext, shower: Shower, device: DeviceState) -> RefillView:
    """The filling of a dispenser now."""
    tenant, device_id = parts.tenant, device.device_id
    known = credential_store.known(connection, tenant, device_id)
    plan = plan_in_force(connection, tenant, device_id)
    return RefillView(
        [] if device.erased else _state(connection, tenant, shower, device),
        _roll(shower, device, plan, _in_hand(connection, tenant, device_id)) if _on_roll(device) else [],
        plan is not None and plan.roll is not None,
        _history(connection, tenant, shower, device_id, {held.credential: held for held in known}),
        [_credential(shower, held) for held in known if held.opens and not device.erased],
        not device.erased and len([held for held in known if held.opens]) < MAX_CREDENTIALS,
    )


def plan_in_force(connection: Connection, tenant: str, device_id: str) -> LoadPlan | None:
    """The plan that the device doses by, as it was signed."""
    in_force = dose_store.plan_in_force(connection, tenant, device_id)
    return dose_store.stored_plan(connection, tenant, device_id, *in_force) if in_force else None


def roll_choices(connection: Connection, tenant: str, device: DeviceState) -> list[RollChoice]:
    """Where the roll may stand: from the place that was last known, or from its start."""
    plan = plan_in_force(connection, tenant, device.device_id)
    if plan is None or plan.roll is None:
        return []
    known = dose_store.known_doses(connection, tenant, device.device_id)
    doses = {dose.slot: dose for dose in known if dose.in_force}
    slots = [slot for slot, count in enumerate(plan.roll.pouches, 1) if count]
    return [RollChoice(slot, _label(plan, slot), doses.get(slot)) for slot in slots]


def _state(connection: Connection, tenant: str, shower: Shower, device: DeviceState) -> list[str]:
    found = []
    if device.refill_since_s is not None:
        found.append(shower.say("filling.going_on", since_s=device.refill_since_s, role=device.refill_role))
    elif device.needs_refill:
        found.append(shower.say("filling.needed"))
    if device.locked_until_s is not None and device.locked_until_s > shower.now_s:
        found.append(shower.say("filling.locked", until_s=device.locked_until_s))
    waiting = dose_store.waiting_plan(connection, tenant, device.device_id)
    if waiting is not None:
        key = "filling.plan_waits" if waiting.for_refill else "filling.plan_unconfirmed"
        found.append(shower.say(key, count=waiting.doses, first_s=waiting.first_s))
    return found


def _on_roll(device: DeviceState) -> bool:
    return device.model == MODEL_MULTIDOSE and not device.erased


def _in_hand(connection: Connection, tenant: str, device_id: str) -> bool:
    known = dose_store.known_doses(connection, tenant, device_id)
    lying = [dose for dose in known if dose.in_force and not dose.message_only]
    return any(dose.life.state in IN_HAND for dose in lying)


def _roll(shower: Shower, device: DeviceState, plan: LoadPlan | None, in_hand: bool) -> list[str]:
    found = []
    if plan is not None and plan.roll is not None:
        found.append(shower.say("roll.number", number=plan.roll.number, count=sum(plan.roll.pouches)))
        slot = _next_slot(plan, device.roll_slot or 1)
        if device.roll_doubt and not in_hand:
            found.append(shower.say("roll.doubt_read" if plan.roll.read else "roll.doubt"))
        elif slot is None:
            found.append(shower.say("roll.used_up"))
        elif not device.roll_doubt:
            found.append(shower.say("roll.next", label=_label(plan, slot), slot=slot))
    found.append(shower.say("roll.chamber", count=device.chamber))
    return found


def _next_slot(plan: LoadPlan, head: int) -> int | None:
    """The first slot from `head` on that has pouches; None at the end of the roll."""
    assert plan.roll is not None
    slots = range(head, len(plan.roll.pouches) + 1)
    return next((slot for slot in slots if plan.roll.pouches[slot - 1]), None)


def _label(plan: LoadPlan, slot: int) -> str:
    assert plan.roll is not None
    return label_of(plan.roll.number, refill.first_pouch(plan, slot))


def _history(
    connection: Connection, tenant: str, shower: Shower, device_id: str, known: Mapping[str, Credential]
) -> list[Filling]:
    lines = []
    for row in event_store.of_types(connection, tenant, device_id, TOLD, SHOWN):
        event = stored_event(bytes(row["cose"]))
        body = event.body if event is not None else None
        at = shower.clock_time(int(row["utc_s"] or row["received_s"]))
        if isinstance(body, RefillSealed):
            lines.append(
                Filling(at, shower.say("filling.sealed", way=body.way), _sealed(shower, body, known))
            )
        elif isinstance(body, RefillAborted):
            notes = [_who(shower, body.credential, body.role, known)]
            notes += [shower.say("filling.touched")] if body.touched else []
            lines.append(Filling(at, shower.say(f"filling.aborted.{body.reason}"), notes))
        elif isinstance(body, RefillRefused):
            lines.append(Filling(at, shower.say(f"filling.refused.{body.cause}"), []))
    return lines


def _sealed(shower: Shower, body: RefillSealed, known: Mapping[str, Credential]) -> list[str]:
    minutes = max(1, (body.ended_s - body.started_s + 30) // 60)
    notes = [_who(shower, body.credential, body.role, known)]
    notes.append(shower.say("filling.took", minutes=minutes, count=body.filled.bit_count()))
    if body.tray_id is not None:
        notes.append(shower.say("filling.tray", number=body.tray_id))
    left = [slot for slot in range(1, LAST_SLOT + 1) if body.left >> (slot - 1) & 1]
    if left:
        notes.append(shower.say("filling.left", count=len(left), slots=", ".join(map(str, left))))
    if body.differences:
        pairs = [list(pair) for pair in body.differences]
        notes.append(shower.say("filling.differs", differences=pairs))
    return notes


def _who(shower: Shower, credential: bytes, role: int, known: Mapping[str, Credential]) -> str:
    held = known.get(credential.hex())
    words = shower.say("filling.by", role=role)
    return f"{words}: {held.label}" if held is not None and held.label else words


def _credential(shower: Shower, held: Credential) -> CredentialLine:
    who = shower.say("filling.by", role=held.role)
    how = shower.say(f"credential.way.{int(held.with_tag)}{int(held.with_pin)}")
    over = held.until_s is not None and held.until_s <= shower.now_s
    state = shower.say("credential.over" if over else f"credential.{held.state}")
    until = shower.say("credential.until", until_s=held.until_s) if held.until_s is not None else ""
    return CredentialLine(held, held.label or who, ", ".join(filter(None, [who, how, until, state])))
