"""Requests that somebody at the board could send: one of every kind, and some that were hard to take.

DOSE and FILLING stand for the dose and plan in force; FuzzedHouse puts the real names in their place.
"""

from centre.tests.fuzz_rooms import DEVICE, HUB, STRANGER
from protocol.service_enrol import CONTEXT_REQUEST, EnrolmentRequest
from protocol.tests import samples, samples_enrol

DOSE, FILLING = samples.DOSE.hex(), samples.PLAN.hex()
PLAN = """{"language": "nb", "timezone": "Europe/Oslo", "medium": "tray", "doses": [{"slot": 1, "due_s": 1795004000,
"pills": 2, "window_s": 3600, "opens_early_s": 0, "time_critical": false, "message_only": false, "assisted": false,
"late_minutes": 120, "label": "Morning"}], "reminder": [[0, 1], [500, 4]], "quiet": [["22:00", "07:00"]],
"activate": true}"""
RULES = """{"from": "2026-11-23", "days": 7, "first_slot": 1, "rules": [{"at": "08:00", "days": ["mon", "tue"],
"min_interval_s": 14400, "pills": 1, "label": "Morgen"}]}"""
ROLL = """{"medium": "roll", "doses": [{"slot": 1, "due_s": 1795004000, "pouches": 2}], "roll": {"number": "4711",
"header": 1, "trailer": 1, "read": true, "pitch_mm": 70}}"""
REQUEST = STRANGER.key.seal(
    EnrolmentRequest(STRANGER.point, 1, "0.1.0", samples_enrol.NONCE).encode(), CONTEXT_REQUEST
).hex()
ORDERS = (
    ("plans", PLAN),
    ("plans", RULES),
    ("plans", ROLL),
    ("release", f'{{"kind": "early", "dose_ids": ["{DOSE}"], "minutes": 60, "trip_until_s": 1795003600}}'),
    ("pause", '{"reason": "hospital"}'),
    ("resume", '{"from_s": 1795003600}'),
    (f"doses/{DOSE}/cancel", "{}"),
    ("acknowledge", '{"code": 112}'),
    ("credentials", '{"role": "nurse", "label": "Kari", "tag_uid": "04a1b2c3d4e5f6", "pin": true}'),
    ("credentials", '{"role": "relative", "label": "Ola", "pin": "135790", "until_s": 1795900000}'),
    ("roll/confirm", '{"slot": 3}'),
    (f"plans/{FILLING}/replan", PLAN),
    (f"plans/{FILLING}/activate", "{}"),
)
OTHER_JSON = (
    ("/api/alarms/1/close", '{"reason": "test", "comment": "done"}'),
    ("/api/hubs", f'{{"public_point": "{STRANGER.point.hex()}", "label": "Stair D"}}'),
    (
        "/api/devices",
        f'{{"public_point": "{STRANGER.point.hex()}", "model": "tablet", "hub": "{HUB.id}", "label": "Flat"}}',
    ),
    ("/api/enrol", f'{{"request": "{REQUEST}", "hub": "{HUB.id}", "label": "Flat 7"}}'),
)
SERVICE_JSON = (
    ("/api/service/commands", f'{{"device_id": "{DEVICE.id}", "what": "open_repl", "minutes": 20}}'),
    (
        "/api/service/commands",
        f'{{"device_id": "{DEVICE.id}", "what": "install", "sequence": 7, "manifest_digest": "{"ab" * 32}"}}',
    ),
    ("/api/service/events", f'{{"coses": ["{samples.COSE.hex()}", "d28440a04040"]}}'),
    ("/api/campaigns", '{"target": "dosevakt-tablet-pico-0.3.0.dvb"}'),
    ("/api/campaigns/0123456789abcdef0123456789abcdef/pause", "{}"),
)
FORMS = (
    ("/alarms/1/close", "reason=test&comment=done"),
    ("/language", "language=nb"),
    (f"/devices/{DEVICE.id}/ask/early", f"of={DOSE}&dose={DOSE}&minutes=60&home=2026-11-24T08:00"),
    (f"/devices/{DEVICE.id}/ask/pause", "reason=holiday"),
    (f"/devices/{DEVICE.id}/ask/resume", "from_s=1795003600"),
    (f"/devices/{DEVICE.id}/ask/acknowledge", "of=112"),
    (
        f"/devices/{DEVICE.id}/credentials/new",
        "role=nurse&label=Kari&tag=04a1b2c3d4e5f6&pin=draw&until=2026-12-24T08:00",
    ),
    (f"/devices/{DEVICE.id}/roll/confirm", "slot=3"),
    ("/campaigns", "target=dosevakt-tablet-pico-0.3.0.dvb&sure=yes"),
    ("/campaigns/0123456789abcdef0123456789abcdef/abort", ""),
)
PAGES = (
    "/?lang=nb",
    "/alarms/1",
    f"/devices/{DEVICE.id}",
    f"/devices/{DEVICE.id}/ask/late?of={DOSE}",
    f"/devices/{DEVICE.id}/roll/confirm",
    f"/api/devices/{DEVICE.id}/events",
    f"/api/devices/{DEVICE.id}/doses",
    f"/api/devices/{DEVICE.id}/commands",
    f"/api/devices/{DEVICE.id}/credentials",
    f"/api/devices/{DEVICE.id}/plans/{FILLING}/tray-tag?tray=3",
    "/api/alarms?closed=true",
    "/api/alarms/1",
    "/campaigns",
    "/api/campaigns",
    "/api/firmware",
    "/campaigns/0123456789abcdef0123456789abcdef",
    "/firmware/metadata/1.root.json",
    "/firmware/targets/" + "ab" * 32 + ".dosevakt-tablet-pico-0.3.0.dvb",
)
LONG = "9" * 5_000
HARD_FORMS = (
    (f"/devices/{DEVICE.id}/ask/early", f"of={DOSE}&dose={DOSE}&minutes={LONG}"),
    (f"/devices/{DEVICE.id}/ask/early", f"of={DOSE}&dose={DOSE}&minutes=60&home=0001-01-01T00:00"),
    (f"/devices/{DEVICE.id}/ask/early", f"of={DOSE}&dose={DOSE}&minutes=60&home=9999-12-31T23:59"),
    (f"/devices/{DEVICE.id}/ask/acknowledge", f"of={LONG}"),
    (f"/devices/{DEVICE.id}/ask/resume", f"from_s={LONG}"),
    (f"/devices/{DEVICE.id}/ask/resume", "from_s=99999999999999999999"),
    (f"/devices/{DEVICE.id}/roll/confirm", f"slot={LONG}"),
    (f"/devices/{DEVICE.id}/credentials/new", "role=nurse&label=Kari&pin=draw&until=0001-01-01T00:00"),
)
HARD_JSON = (
    ("/api/alarms/1/close", '{"commentx": "\\ud800"}'),
    ("/api/hubs", "Infinity"),
    (f"/api/devices/{DEVICE.id}/plans", '{"doses": ' + "[" * 3_000),
    (f"/api/devices/{DEVICE.id}/credentials", '{"role": "nurse", "label": "\\ud800", "pin": true}'),
    (f"/api/devices/{DEVICE.id}/release", f'{{"kind": "early", "dose_ids": ["{DOSE}"], "minutes": {LONG}}}'),
)
HARD_PAGES = (
    f"/api/alarms/{'9' * 60}",
    f"/alarms/{'9' * 60}",
    f"/api/devices/{DEVICE.id}/plans/{FILLING}/tray-tag?tray={LONG}",
)
LOGIN = (("/login", '{"name": "demo", "password": "demo", "station": "Desk 1"}'),)
JSON = tuple((f"/api/devices/{DEVICE.id}/{name}", body) for name, body in ORDERS) + OTHER_JSON + SERVICE_JSON
