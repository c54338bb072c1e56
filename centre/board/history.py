"""The device's last 14 days in words, for the panel beside an alarm and for the JSON doors."""

from sqlalchemy import Connection, RowMapping

from centre.board.render import Page
from centre.board.show import Shower
from centre.edges import event_store, registry
from centre.edges.opening import stored_event
from protocol import events
from protocol.events import Event
from protocol.record import Message
from protocol.service_events import DeviceErased

DAYS_S = 14 * 86400  # enough to see a changed need
# Routine that would hide what matters on a page for people; the JSON doors have all of it.
LEFT_OUT = ("ReminderRaised", "ReleaseIntended")


def device_events(
    connection: Connection, tenant: str, device_id: str, since_s: int
) -> list[tuple[RowMapping, Event | None]]:
    """Stored events received since, newest first, opened again from their original bytes."""
    rows = event_store.history(connection, tenant, device_id, since_s)
    return [(row, stored_event(bytes(row["cose"]))) for row in rows]


def history_lines(connection: Connection, tenant: str, device_id: str, page: Page) -> list[tuple[str, str]]:
    """(time, words) of each event worth reading."""
    since_s = page.shower.now_s - DAYS_S
    device = registry.device(connection, tenant, device_id)
    on_roll = device is not None and device["model"] == events.MODEL_MULTIDOSE
    lines = []
    for row, event in device_events(connection, tenant, device_id, since_s):
        name = type(event.body).__name__ if event else "Unknown"
        if name not in LEFT_OUT:
            at_s = int(row["utc_s"] or row["received_s"])
            lines.append((page.shower.full_time(at_s), _line(page, name, event, on_roll)))
    return lines


def body_json(body: Message) -> dict[str, object]:
    """A body as JSON: bytes as hex."""
    fields = {name: getattr(body, name) for _, name in body.FIELDS}
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()}


def _line(page: Page, name: str, event: Event | None, on_roll: bool) -> str:
    slot = getattr(event.body, "slot", None) if event else None
    words = page.words(f"event.{name}")
    if slot:
        words += f" ({page.words('dose.roll.plain' if on_roll else 'dose.plain', slot=slot)})"
    more = _more(page.shower, event.body) if event else ""
    return f"{words}: {more}" if more else words


def _more(shower: Shower, body: Message) -> str:
    """What an event says beside its name, where a person needs it."""
    if isinstance(body, events.DoseWithheld):
        return shower.known(f"cause.withheld.{body.cause}", "")
    if isinstance(body, events.DoseUncertain):
        return shower.known(f"cause.uncertain.{body.cause}", "")
    if isinstance(body, events.PressRefused):
        return shower.known(f"press.{body.cause}", shower.known(f"cause.withheld.{body.cause}", ""))
    if isinstance(body, events.LateRelease):
        return shower.known(f"result.{body.result}", "")
    if isinstance(body, events.Paused):
        return shower.known(f"pause.{body.reason}", "")
    if isinstance(body, events.Resumed):
        return shower.say("from", from_s=body.from_s)
    if isinstance(body, events.Authorised):
        return shower.say("allowed", release=body.kind, until_s=body.until_s)
    if isinstance(body, events.AuthorisationEnded):
        return shower.say("allowed.ended", ended=body.reason, released=body.released, left=body.left)
    if isinstance(body, events.RefillStarted):
        return shower.say("filling.by", role=body.role)
    if isinstance(body, events.RefillSealed):
        return shower.say("filling.sealed", way=body.way)
    if isinstance(body, events.RefillAborted):
        return shower.say(f"filling.aborted.{body.reason}")
    if isinstance(body, events.RefillRefused):
        return shower.say(f"filling.refused.{body.cause}")
    if isinstance(body, events.CredentialRefused):
        return shower.say("filling.tries_left", count=body.tries_left)
    if isinstance(body, DeviceErased):
        names = ("left", "locked", "uncertain", "pills")
        return shower.say("erased.inside", **{name: getattr(body, name) for name in names})
    if isinstance(body, events.PouchesRetained):
        return shower.say("roll.chamber", count=body.chamber)
    if isinstance(body, events.AlarmRaised | events.AlarmCleared | events.AlarmAcknowledged):
        return shower.say("alarm", code=body.code, detail=getattr(body, "detail", None) or "").strip()
    return ""
