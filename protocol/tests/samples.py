"""One message of every kind, made by hand.  The golden vectors, the schema test and the fuzzers start from these."""

from protocol import commands, events, link_messages, link_start, refill_commands
from protocol.load_plan import ASSISTED, MESSAGE_ONLY, TIME_CRITICAL, Dose, LoadPlan, ReminderProfile
from protocol.manifest import Manifest
from protocol.receipts import Receipt
from protocol.roll_manifest import RollManifest

# The P-256 test key of RFC 6979 appendix A.2.5: everybody has its private half, so nobody trusts it.
PUBLIC_POINT = bytes.fromhex(
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
)
DEVICE = bytes.fromhex("5a7a78cca4a0f420")  # cose.device_id_of(PUBLIC_POINT)
HUB = bytes.fromhex("1122334455667788")
DOSE = bytes.fromhex("d05e0000000000000000000000000003")
PLAN = bytes.fromhex("91a40000000000000000000000000001")
HEAD = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
CREDENTIAL = bytes.fromhex("c0c1c2c3c4c5c6c7")
HASH = bytes.fromhex("101112131415161718191a1b1c1d1e1f")
NONCE = bytes.fromhex("a0a1a2a3a4a5a6a7")
COSE = bytes.fromhex("d28440a04040")  # stands for COSE bytes where nobody looks inside
MORNING_S = 1795420800  # 2026-11-23 08:00 UTC

DOSES = (
    Dose(DOSE, 3, MORNING_S, 1800, 3600, 2, 0, "Måndag morgon"),
    Dose(bytes(15) + b"\x04", 4, MORNING_S + 28800, 0, 3600, 1, TIME_CRITICAL | MESSAGE_ONLY, ""),
)
PLAN_FULL = LoadPlan(
    PLAN,
    2,
    1,
    DOSES,
    ((MORNING_S - 86400, 3600), (MORNING_S + 12000000, 7200)),
    ReminderProfile(((0, 1), (83, 2), (250, 3), (500, 4))),
    "nb",
    ((1320, 420),),
)
PLAN_SMALL = LoadPlan(PLAN, 1, 1, DOSES[:1], ((0, 0),), None, "en", ())
ROLL = RollManifest("4711", b"\x01\x01\x02\x00\x01", 1, 1, True, 70)
PLAN_ROLL = LoadPlan(PLAN, 4, 2, DOSES, ((0, 0),), None, "nn", (), ROLL)
CARED_FOR = Dose(DOSE, 3, MORNING_S, 1800, 3600, 2, ASSISTED | TIME_CRITICAL, "", 14400)
PLAN_CARED_FOR = LoadPlan(PLAN, 3, 1, (CARED_FOR,), ((0, 0),), None, "se", ())

EVENT_BODIES = (
    events.Booted("0.1.0", 1, events.MODEL_TABLET, True),
    events.CommandAccepted(7, commands.StoreLoadPlan.TYPE),
    events.CommandRefused(0, 0, 1),
    events.PlanActivated(PLAN, 2, 28),
    events.DoseDue(DOSE, 3),
    events.ReleaseIntended(DOSE, 3),
    events.DosePresented(DOSE, 3),
    events.DoseTaken(DOSE, 28),
    events.PreAlarm(DOSE, 3, MORNING_S + 3600),
    events.DoseMissed(DOSE, 3, MORNING_S),
    events.DoseUncertain(DOSE, 3, events.CAUSE_POWER_CUT),
    events.DoseWithheld(DOSE, 3, events.CAUSE_WAS_OFF),
    events.AlarmRaised(121, "encoder: no magnet"),
    events.AlarmCleared(105),
    events.ClockSet(0, MORNING_S, events.SOURCE_CENTRE),
    events.JournalDamaged(41, 2),
    events.LidOpened(),
    events.LidClosed(),
    events.ReminderRaised(DOSE, 3, 2),
    events.HubStarted("0.1.0"),
    events.DeviceLost(DEVICE, MORNING_S - 20),
    events.DeviceBack(DEVICE),
    events.Paused(9, events.PAUSE_HOSPITAL),
    events.Resumed(10, MORNING_S),
    events.Authorised(11, events.RELEASE_EARLY, MORNING_S + 3600, 1 << 27 | 1 << 2),
    events.AlarmAcknowledged(12, 112),
    events.LateRelease(DOSE, 3, 11, events.LATE_RETURNED),
    events.AuthorisationEnded(11, events.RELEASE_EARLY, events.ENDED_TIME, 1, 27),
    events.PressRefused(events.REFUSED_NOT_NOW),
    events.RefillStarted(CREDENTIAL, events.ROLE_RELATIVE),
    events.RefillSealed(
        CREDENTIAL,
        events.ROLE_NURSE,
        events.WAY_FILL,
        PLAN,
        3,
        1 << 26,
        (1 << 28) - 1,
        ((4, events.DIFF_MISSING), (9, events.DIFF_EXTRA)),
        MORNING_S,
        MORNING_S + 1080,
        b"\x26\x1f\xff",
    ),
    events.RefillAborted(CREDENTIAL, events.ROLE_RELATIVE, events.ABORT_TIME, True),
    events.RefillRefused(CREDENTIAL, events.REFUSED_WRONG_PERIOD),
    events.CredentialRefused(4),
    events.CredentialsLocked(900),
    events.PouchesRetiring(3, 2),
    events.PouchesRetained(3, 2, 11),
    events.RollConfirmed(13, 4),
    events.ChamberEmptied(11),
    events.HubTrouble(events.TROUBLE_STORAGE, MORNING_S, "12 MB left on the disk"),
    events.HubTroubleOver(events.TROUBLE_PATH),
)
# The same kinds with the fields that may be absent: vector name, body.
FULLER_BODIES = (
    ("event-release-intended-early", events.ReleaseIntended(DOSE, 3, events.RELEASE_EARLY, 11)),
    ("event-dose-presented-late", events.DosePresented(DOSE, 3, events.RELEASE_LATE)),
    ("event-dose-taken-assisted", events.DoseTaken(DOSE, 3, events.RELEASE_ASSISTED)),
    ("event-alarm-raised-high", events.AlarmRaised(122, "shutter open", events.PRIORITY_HIGH)),
    (
        "event-refill-sealed-tray",
        events.RefillSealed(
            CREDENTIAL, 1, events.WAY_SWAP, PLAN, 3, 0, 1 << 55, (), MORNING_S, MORNING_S, b"", 7
        ),
    ),
    ("event-alarm-cleared-one", events.AlarmCleared(122, "shutter open")),
)
EVENTS = tuple(
    [
        events.Event(
            DEVICE, number + 2, HEAD, MORNING_S + number, events.CLOCK_SYNCED, 4, 3600000 + number, body
        )
        for number, body in enumerate(EVENT_BODIES)
    ]
)
FULLER_EVENTS = tuple(
    [
        (name, events.Event(DEVICE, 60, HEAD, MORNING_S, events.CLOCK_SYNCED, 4, 3700000, body))
        for name, body in FULLER_BODIES
    ]
)
FIRST_EVENT = events.Event(DEVICE, 1, events.NO_PREV, 0, events.CLOCK_UNSET, 1, 2100, EVENT_BODIES[0])

COMMANDS = tuple(
    [
        commands.Command(DEVICE, number + 7, MORNING_S + 86400, body)
        for number, body in enumerate(
            (
                commands.StoreLoadPlan(PLAN_FULL),
                commands.ActivatePlan(PLAN, 2),
                commands.SetClock(NONCE, MORNING_S),
                commands.AuthoriseRelease((DOSE,), events.RELEASE_LATE, MORNING_S + 7200),
                commands.Pause(events.PAUSE_HOLIDAY),
                commands.Resume(MORNING_S),
                commands.CancelDose(DOSE),
                commands.AcknowledgeAlarm(112),
                refill_commands.AddCredential(CREDENTIAL, events.ROLE_NURSE, HASH),
                refill_commands.RevokeCredential(CREDENTIAL),
                refill_commands.ConfirmRoll(5),
            )
        )
    ]
)
SMALL_PLAN_COMMAND = commands.Command(DEVICE, 1, MORNING_S, commands.StoreLoadPlan(PLAN_SMALL))
CARED_FOR_COMMAND = commands.Command(DEVICE, 1, MORNING_S, commands.StoreLoadPlan(PLAN_CARED_FOR))
ROLL_COMMAND = commands.Command(DEVICE, 1, MORNING_S, commands.StoreLoadPlan(PLAN_ROLL))
CREDENTIAL_COMMAND = commands.Command(
    DEVICE,
    3,
    MORNING_S,
    refill_commands.AddCredential(CREDENTIAL, events.ROLE_RELATIVE, HASH, HEAD, MORNING_S + 86400),
)
TRIP_COMMAND = commands.Command(
    DEVICE,
    2,
    MORNING_S,
    commands.AuthoriseRelease(
        (DOSE, DOSES[1].dose_id), events.RELEASE_EARLY, MORNING_S + 3600, MORNING_S + 172800
    ),
)

RECEIPT = Receipt(HUB, MORNING_S, ((DEVICE, 41, HEAD), (HUB, 3, bytes(15) + b"\x01")))

LINK_MESSAGES = (
    link_messages.LinkEvent(COSE),
    link_messages.LinkCommand(COSE),
    link_messages.LinkReceipt(COSE),
    link_messages.TimeRequest(2100),
    link_messages.TimeReply(2100, MORNING_S * 1000 + 17, MORNING_S * 1000 + 18, True),
    link_messages.PathState(False),
    link_messages.ClockProof(NONCE),
    link_messages.Identity(PUBLIC_POINT, 1, "0.1.0", False),
    link_messages.Trust(PUBLIC_POINT, "demo"),
    link_messages.Trusted(0),
    link_messages.LinkAhead(COSE),
)

MANIFEST = Manifest(
    "0.2.0", 7, "dosevakt", "tablet-pico", 248638, bytes(range(32)), 1, bytes(range(32, 64)), False
)
MANIFEST_RECALL = Manifest(
    "0.1.9+1", 8, "dosevakt", "multidose-pico", 1, bytes(32), 65535, bytes(32), True, MORNING_S
)

LINK_STARTS = (
    link_start.Reset((1, 0), DEVICE, 4, 125, 1),
    link_start.Welcome((1, 0), HUB, 41, 125, 1),
)
WELCOME_ROOM = link_start.Welcome((1, 1), HUB, 41, 125, 1, 0)


def named(prefix, message):
    """A vector's file name: the class name in small letters with dashes."""
    name = type(message).__name__
    return prefix + "-" + "".join(["-" + c.lower() if c < "a" else c for c in name])[1:]


def _rooms():
    """The other files of samples.  Loaded by who asks for all: a board's test heap does not hold them beside a test."""
    from protocol.tests import (
        samples_enrol,
        samples_path,
        samples_return,
        samples_service,
        samples_state,
        samples_update,
    )

    return samples_enrol, samples_path, samples_state, samples_update, samples_return, samples_service


def every():
    """(vector name, schema rule, message, bytes) of each sample."""
    from protocol import cbor

    rows = [("event-first", "event", FIRST_EVENT, FIRST_EVENT.encode())]
    rows += [(named("event", e.body), "event", e, e.encode()) for e in EVENTS]
    rows += [(name, "event", e, e.encode()) for name, e in FULLER_EVENTS]
    rows += [(named("command", c.body), "command", c, c.encode()) for c in COMMANDS]
    for name, command in (
        ("command-store-small-plan", SMALL_PLAN_COMMAND),
        ("command-store-cared-for-plan", CARED_FOR_COMMAND),
        ("command-authorise-release-trip", TRIP_COMMAND),
        ("command-store-roll-plan", ROLL_COMMAND),
        ("command-add-credential-both", CREDENTIAL_COMMAND),
    ):
        rows.append((name, "command", command, command.encode()))
    rows.append(("link-welcome-room", "welcome", WELCOME_ROOM, cbor.encode(WELCOME_ROOM.to_map())))
    rows.append(("receipt", "receipt", RECEIPT, RECEIPT.encode()))
    rows += [
        (named("message", m), "link-message", m, link_messages.encode_link_message(m)) for m in LINK_MESSAGES
    ]
    for name, manifest in (("firmware-manifest", MANIFEST), ("firmware-manifest-recall", MANIFEST_RECALL)):
        rows.append((name, "firmware-manifest", manifest, manifest.encode()))
    for message, rule in zip(LINK_STARTS, ("reset", "welcome")):
        rows.append(("link-" + rule, rule, message, cbor.encode(message.to_map())))
    for room in _rooms():
        rows += room.every()
    return rows


def decoders():
    """Schema rule -> the function that reads such bytes."""
    from protocol.manifest import decode_manifest
    from protocol.receipts import decode_receipt

    found = {
        "firmware-manifest": decode_manifest,
        "event": events.decode_event,
        "command": commands.decode_command,
        "receipt": decode_receipt,
        "link-message": link_messages.decode_link_message,
        "reset": lambda data: link_start.read_reset(data, LINK_STARTS[0].session),
        "welcome": lambda data: link_start.read_welcome(data, LINK_STARTS[1].session, 64),
    }
    for room in _rooms():
        found.update(room.DECODERS)
    return found


def encoders():
    """Schema rule -> the function that writes such a message."""
    from protocol import cbor

    found = {
        "event": lambda message: message.encode(),
        "firmware-manifest": lambda message: message.encode(),
        "command": lambda message: message.encode(),
        "receipt": lambda message: message.encode(),
        "link-message": link_messages.encode_link_message,
        "reset": lambda message: cbor.encode(message.to_map()),
        "welcome": lambda message: cbor.encode(message.to_map()),
    }
    samples_enrol, samples_path, *of_service = _rooms()
    found.update(samples_path.ENCODERS)
    found.update({rule: lambda message: message.encode() for rule in samples_enrol.DECODERS})
    for room in of_service:
        found.update({rule: lambda record: cbor.encode(record.to_map()) for rule in room.DECODERS})
    return found
