"""The hub as a process among real neighbours."""

import sqlite3
from contextlib import closing

from hub.tests.parts.hub_process import until
from protocol.cose import parse_sign1
from protocol.device_events import LidClosed, LidOpened
from protocol.events import DeviceBack, DeviceLost, decode_event
from protocol.link_messages import ClockProof, TimeRequest
from protocol.path_messages import CarriedCommand, CarriedReceipt, decode_up


def lids(journal, count):
    for number in range(count):
        journal.add(LidOpened() if number % 2 == 0 else LidClosed())


def test_what_a_dispenser_reports_reaches_the_centre_and_the_receipt_comes_back(room):
    """Every event of a dispenser arrives once at the centre, and the dispenser gets the centre's receipt for it."""
    lids(room.device.journal, 20)
    room.hub.start()
    until(lambda: room.centre.seqs(room.device.journal.id) == list(range(1, 21)), room.device)
    until(lambda: room.device.receipts, room.device)
    until(lambda: (room.hub.status() or {}).get("outbox", {}).get("waiting") == 0, room.device)
    started = decode_event(parse_sign1(room.centre.events[room.files.hub_id, 1]).payload)
    assert type(started.body).__name__ == "HubStarted"
    assert [room.centre.events[room.device.journal.id, n + 1] for n in range(20)] == room.device.journal.coses


def test_killing_the_hub_at_any_moment_loses_nothing(room):
    """However often the hub is killed while events come in, every event reaches the centre."""
    room.hub.start()
    for round_number in range(1, 5):
        lids(room.device.journal, 60)
        until(lambda n=round_number: len(room.centre.seqs(room.device.journal.id)) > 60 * n - 45, room.device)
        room.hub.kill()
        room.hub.start()
    until(lambda: room.centre.seqs(room.device.journal.id) == list(range(1, 241)), room.device)


def test_events_acknowledged_to_the_dispenser_survive_the_kill_of_the_hub(room):
    """What was acknowledged while the centre was away is sent, in bounded batches, after a kill of the hub."""
    room.broker.kill()
    room.hub.start()
    lids(room.device.journal, 400)
    until(room.device.all_acked, room.device)
    room.hub.kill()
    room.device.pull()
    room.broker.start()
    room.hub.start()
    until(lambda: room.centre.seqs(room.device.journal.id) == list(range(1, 401)))
    assert all(
        len(batch) <= 64 * 1024 and len(decode_up(batch).coses) <= 256 for batch in room.centre.batches
    )


def test_a_hub_killed_between_receiving_and_committing_has_acknowledged_nothing(room):
    """The disk holds the commit back, the hub is killed: the dispenser had no acknowledgement and sends again."""
    room.hub.start()
    until(lambda: room.device.link.up and room.hub.status(), room.device)
    with closing(sqlite3.connect(room.files.state_dir / "outbox.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # the hub's commit must now wait
        lids(room.device.journal, 5)
        until(lambda: room.hub.said("outbox cannot be written", "devices keep their events"), room.device)
        assert not room.device.all_acked()
        until(lambda: room.hub.status()["outbox"]["fault"], room.device)
        room.hub.kill()
    room.hub.start()
    until(lambda: room.centre.seqs(room.device.journal.id) == [1, 2, 3, 4, 5], room.device)


def test_a_broker_that_dies_and_returns_loses_nothing(room):
    """The broker is killed with events under way: after its return all of them arrive."""
    room.hub.start()
    lids(room.device.journal, 40)
    until(lambda: len(room.centre.seqs(room.device.journal.id)) > 5, room.device)
    room.broker.kill()
    lids(room.device.journal, 40)
    until(lambda: room.device.path_up is False, room.device)
    room.broker.start()
    until(lambda: room.centre.seqs(room.device.journal.id) == list(range(1, 81)), room.device, limit_s=60)
    until(lambda: room.device.path_up is True, room.device)


def test_a_forged_receipt_or_one_for_another_hub_deletes_nothing(room):
    """Only the centre's own signature over this hub's name lets the hub forget an event."""
    room.centre.answers = False
    room.hub.start()
    lids(room.device.journal, 3)
    device_id, journal = room.device.journal.id, room.device.journal
    until(lambda: room.centre.seqs(device_id) == [1, 2, 3], room.device)
    row = [(device_id, 3, journal.head(3))]
    room.centre.receipt_for(room.files.hub_id, [(device_id, 3, bytes(16))])  # a head we never had
    room.centre.down(room.files.hub_id, CarriedReceipt(room.signer.receipt(bytes(8), row)))
    forger = type(room.signer)()
    room.centre.down(room.files.hub_id, CarriedReceipt(forger.receipt(room.files.hub_id, row)))
    until(
        lambda: room.hub.said("receipt is for hub") and room.hub.said("signature does not hold"), room.device
    )
    assert room.hub.status()["outbox"]["waiting"] == 4  # three events and HubStarted
    assert not room.device.receipts
    room.centre.receipt_for(room.files.hub_id, row)
    until(lambda: room.hub.status()["outbox"]["waiting"] == 1, room.device)


def test_a_command_reaches_the_dispenser_once_and_waits_until_it_is_linked(room):
    """A command that comes before the dispenser is there is given to it when it comes, and only once."""
    room.hub.start()
    until(lambda: (room.hub.status() or {}).get("path", {}).get("up"))
    cose = room.centre.command(room.files.hub_id, room.device.journal.id, 1)
    room.centre.down(room.files.hub_id, CarriedCommand(room.device.journal.id, cose))
    until(lambda: room.device.commands, room.device)
    assert room.device.commands == [cose]


def test_the_centre_hears_who_is_linked_and_that_a_hub_is_gone(room):
    """The retained state names the linked dispensers; when the hub is killed the broker says that it is gone."""
    room.hub.start()
    seen = []

    def linked():
        while not room.centre.states.empty():
            seen.append(room.centre.states.get())
        return any(state.online and state.linked == [room.device.journal.id] for state in seen)

    until(linked, room.device)
    room.hub.kill()
    gone = room.centre.states.get(timeout=30)
    assert not gone.online and gone.session == seen[-1].session
    seen.clear()
    room.hub.start()
    until(linked, room.device)
    assert room.hub.stop() == 0
    last = room.centre.states.get(timeout=30)
    assert not last.online and last.session > gone.session


def test_time_and_clock_proof(room):
    """A dispenser that asks for the time gets all four times; its wish for proof reaches the centre."""
    room.hub.start()
    until(lambda: room.device.path_up, room.device)
    room.device.send(TimeRequest(12_345))
    room.device.send(ClockProof(b"nonce678"))
    until(lambda: room.device.times and room.centre.proofs, room.device)
    reply = room.device.times[0]
    assert reply.t1_ms == 12_345 and 1_700_000_000_000 < reply.t2_ms <= reply.t3_ms
    assert (room.centre.proofs[0].device_id, room.centre.proofs[0].nonce) == (
        room.device.journal.id,
        b"nonce678",
    )


def test_a_dispenser_that_falls_silent_is_reported_and_so_is_its_return(room):
    """Thirty seconds of silence make a signed event of the hub, and the first word after it another."""
    room.files.tenant = "demo"
    room.authority.issue("hub", f"demo/{room.files.hub_id.hex()}")
    room.centre.tenant = "demo"
    room.files.more = "[demo_clock]\nstarted_unix_s = 1.7e9\nshows_utc_s = 1800000000\nrate = 10.0\n"
    room.device.rate = 10
    room.device.pull()
    room.device.plug()
    room.hub.start()
    lids(room.device.journal, 1)
    until(lambda: room.centre.seqs(room.device.journal.id) == [1], room.device)
    room.device.pull()

    def bodies():
        mine = [
            cose for (device, _), cose in sorted(room.centre.events.items()) if device == room.files.hub_id
        ]
        return [decode_event(parse_sign1(cose).payload).body for cose in mine]

    until(lambda: any(isinstance(body, DeviceLost) for body in bodies()))
    room.device.plug()
    until(lambda: any(isinstance(body, DeviceBack) for body in bodies()), room.device)
    assert [type(body).__name__ for body in bodies()] == ["HubStarted", "DeviceLost", "DeviceBack"]
    assert bodies()[1].device_id == room.device.journal.id
