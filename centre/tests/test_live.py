"""The whole way: broker, centre, board, with real bytes on real connections."""

import json
import time

import httpx

from centre.core import outbox
from centre.tests.live import Broker, LiveCentre, LiveHub, state_of, wait_for
from centre.tests.signing import Sender
from protocol import errors
from protocol.commands import ActivatePlan, SetClock, StoreLoadPlan
from protocol.device_events import CommandAccepted, CommandRefused, LidOpened, PlanActivated
from protocol.dose_events import DoseMissed, PreAlarm
from protocol.path_messages import CarriedClockProof, encode_path_message

DOSE = bytes(range(16))


def missed() -> DoseMissed:
    return DoseMissed(DOSE, 2, int(time.time()) - 3600)


def alarms(centre: LiveCentre, sender: Sender) -> list[dict]:
    """The open alarms of one device or hub."""
    return [row for row in centre.client().get("/api/alarms").json() if row["device_id"] == sender.id]


def newest(centre: LiveCentre) -> int:
    """A place in the audit trail after everything that earlier tests did."""
    page = centre.client().get("/").text
    return int(page.split('data-since="')[1].split('"')[0])


def test_an_alarm_reaches_the_live_list_and_the_hub_gets_its_receipt(centre, hub, dispenser):
    """A missed dose shows on the open board by itself, and the hub may forget it only then."""
    with centre.client().stream("GET", f"/stream?since={newest(centre)}", timeout=15) as stream:
        lines = stream.iter_lines()
        assert "beat" in next(lines)
        hub.bring(dispenser.event(missed()))
        data = next(line for line in lines if line.startswith("data:") and "html" in line)
        number = next(line for line in lines if line.startswith("id:"))
    assert "Flat 12" in json.loads(data[5:])["html"]
    assert int(number[3:]) > 0
    assert hub.receipts.get(timeout=10).covering(dispenser.raw_id)[0] == 1


def test_a_browser_that_comes_back_gets_what_it_missed(centre, hub, dispenser):
    """A board that lost its connection shows, on return, what happened meanwhile, and nothing twice."""
    start = newest(centre)
    hub.bring(dispenser.event(PreAlarm(DOSE, 2, int(time.time()) + 600)))
    hub.receipts.get(timeout=10)
    client = centre.client()
    with client.stream("GET", f"/stream?since={start}") as stream:
        seen = next(line for line in stream.iter_lines() if line.startswith("id:"))[3:].strip()
    hub.bring(dispenser.event(missed()))
    hub.receipts.get(timeout=10)
    with client.stream("GET", "/stream", headers={"Last-Event-ID": seen}) as stream:
        rows = [line for line in first_lines(stream, 8) if line.startswith("data:") and "html" in line]
    assert len(rows) == 1


def test_a_busy_evening_is_no_lost_link(centre, hub, dispenser):
    """While dispensers report without pause the board still shows that its link lives."""
    with centre.client().stream("GET", f"/stream?since={newest(centre)}", timeout=15) as stream:
        lines, beats, end = stream.iter_lines(), 0, time.monotonic() + 15
        while beats < 2 and time.monotonic() < end:
            hub.bring(dispenser.event(LidOpened()))
            while "event: heard" not in (line := next(lines)):
                beats += line == "event: beat"
    assert beats == 2


def first_lines(stream: httpx.Response, count: int) -> list[str]:
    lines = stream.iter_lines()
    return [next(lines) for _ in range(count)]


def test_claim_and_close_over_the_json_doors(centre, hub, dispenser):
    """An operator claims and closes with a reason; every step is in the audit trail with name and desk."""
    hub.bring(dispenser.event(missed()))
    hub.receipts.get(timeout=10)
    client = centre.client()
    number = alarms(centre, dispenser)[0]["id"]
    assert client.post(f"/api/alarms/{number}/claim", json={}).json()["claimed_by"] == "demo"
    assert client.post(f"/api/alarms/{number}/close", json={"reason": "nonsense"}).status_code == 409
    answer = client.post(f"/api/alarms/{number}/close", json={"reason": "given_by_staff"})
    assert answer.json()["handling"] == "closed"
    trail = client.get(f"/api/alarms/{number}").json()["audit"]
    assert [entry["verb"] for entry in trail] == ["raise", "claim", "close"]
    assert (trail[1]["actor"], trail[1]["station"]) == ("demo", "Desk 1")


def test_a_plan_goes_down_until_the_device_answers(centre, hub, dispenser):
    """A plan is signed and sent, sent again when the hub comes back, and put in force on staff's word."""
    client = centre.client()
    written = {"doses": [{"slot": 1, "due_s": int(time.time()) + 3600, "pills": 2, "label": "Morning"}]}
    made = client.post(f"/api/devices/{dispenser.id}/plans", json=written)
    assert made.status_code == 201, made.text
    command = hub.commands.get(timeout=10)
    assert isinstance(command.body, StoreLoadPlan) and command.device_id == dispenser.raw_id
    assert command.body.plan.doses[0].pills == 2
    hub.bring(dispenser.event(CommandAccepted(command.counter, StoreLoadPlan.TYPE)))
    client.post(f"/api/devices/{dispenser.id}/plans/{made.json()['plan_id']}/activate", json={})
    second = hub.commands.get(timeout=10)
    assert isinstance(second.body, ActivatePlan) and second.counter > command.counter
    plan_id = bytes.fromhex(made.json()["plan_id"])
    hub.bring(
        dispenser.event(CommandAccepted(second.counter, ActivatePlan.TYPE)),
        dispenser.event(PlanActivated(plan_id, 1, 1)),
    )
    listing = f"/api/devices/{dispenser.id}/commands"
    wait_for(lambda: {c["state"] for c in client.get(listing).json()} == {outbox.ACCEPTED}, "both answers")


def test_a_refused_plan_is_an_alarm_with_the_sentence(centre, hub, dispenser):
    """When the dispenser refuses a plan, a person reads why."""
    hub.bring(dispenser.event(CommandRefused(1, StoreLoadPlan.TYPE, errors.TWO_DOSES_ONE_SLOT)))
    wait_for(lambda: alarms(centre, dispenser), "the alarm")
    alarm = alarms(centre, dispenser)[0]
    assert alarm["kind"] == "command_refused" and "to doser i ett rom" in alarm["what"]


def test_a_clock_proof_is_answered_with_the_signed_time(centre, hub, dispenser):
    """A dispenser that asks for the time gets it signed, bound to its own question."""
    hub.publish("up", encode_path_message(CarriedClockProof(dispenser.raw_id, b"question")))
    command = hub.commands.get(timeout=10)
    assert isinstance(command.body, SetClock) and command.body.nonce == b"question"


def test_a_hub_that_vanishes_is_an_alarm_until_it_returns(centre, hub, dispenser):
    """When a hub is cut off, somebody is told; when it comes back, the row says so and waits for a person."""
    wait_for(lambda: is_online(centre, hub), "the hub's birth")
    hub.vanish()
    wait_for(lambda: [a for a in alarms(centre, hub) if a["kind"] == "hub_lost"], "the alarm")
    hub.connect()
    wait_for(lambda: alarms(centre, hub)[0]["condition"] == "cleared", "the end of the condition")
    assert alarms(centre, hub)[0]["handling"] == "new"


def is_online(centre: LiveCentre, hub: LiveHub) -> bool:
    hubs = centre.client().get("/api/state").json()["hubs"]
    return next(known["online"] for known in hubs if known["hub_id"] == hub.id)


def test_the_broker_may_die_and_nothing_is_lost(centre, hub, dispenser, broker: Broker):
    """When the broker dies, the board says that nothing can come in; when it is back, work goes on."""
    broker.stop()
    wait_for(lambda: not state_of(centre.client())["path_up"], "the board's word")
    broker.start()
    wait_for(lambda: state_of(centre.client())["path_up"], "the way back")
    hub.leave()
    hub.connect()
    hub.bring(dispenser.event(missed()))
    wait_for(lambda: alarms(centre, dispenser), "the alarm")


def test_the_centre_may_restart_and_nothing_is_lost(centre, hub, dispenser):
    """What arrives while the centre restarts is taken in afterwards; what was there is still there."""
    hub.bring(dispenser.event(PreAlarm(DOSE, 2, int(time.time()) + 600)))
    hub.receipts.get(timeout=10)
    assert centre.stop() == 0
    hub.bring(dispenser.event(missed()))
    centre.start()
    assert hub.receipts.get(timeout=15).covering(dispenser.raw_id)[0] == 2
    assert [a["kind"] for a in alarms(centre, dispenser)] == ["missed"]


def test_an_open_board_does_not_hold_up_the_end(centre: LiveCentre, hub: LiveHub, dispenser: Sender):
    """The service stops within seconds although a board is open."""
    with centre.client().stream("GET", "/stream") as stream:
        next(stream.iter_lines())
        assert centre.stop() == 0
    centre.start()
