"""docs/protocol.md against the code: a stranger who builds from the page builds what we speak."""

import re
from pathlib import Path

import pytest

from protocol import (
    commands,
    credentials,
    errors,
    events,
    frame,
    link,
    link_messages,
    link_setup,
    link_start,
    load_plan,
    manifest,
    path_messages,
    receipts,
    refill_commands,
    roll_manifest,
    segments,
    service_commands,
    service_enrol,
    service_events,
    service_hello,
    service_messages,
    service_state,
    session,
    tray_tag,
)

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if line.startswith("| ")
]
TYPED = [
    *events.BODIES.values(),
    *commands.BODIES.values(),
    *refill_commands.REFILL_COMMANDS,
    *link_messages.KINDS.values(),
    *link_setup.SETUP_KINDS,
    *service_commands.SERVICE_COMMANDS,
    *service_events.SERVICE_EVENTS,
    *service_messages.SERVICE_KINDS,
]
FIELD_TABLES = {
    events.Heading: "## 3. Events",
    commands.CommandHeading: "## 4. Commands",
    load_plan.LoadPlan: "**LoadPlan**",
    load_plan.Dose: "**Dose**",
    roll_manifest.RollManifest: "**RollManifest**",
    receipts.Receipt: "## 5. Receipts",
    path_messages.HubState: "HubState, on",
    manifest.Manifest: "**Manifest**",
    service_hello.Hello: "**Hello**",
    service_enrol.EnrolmentRequest: "**EnrolmentRequest**",
    service_enrol.Certificate: "**Certificate**, authority",
}


@pytest.mark.parametrize("kind", TYPED, ids=lambda kind: kind.__name__)
def test_each_message_has_its_row(kind):
    """Each event, command and link message stands in a table with its number and every field."""
    rows = [row for row in ROWS if row[:2] == [str(kind.TYPE), kind.__name__]]
    assert len(rows) == 1
    for key, name in kind.FIELDS:
        assert f"`{name}`" in " ".join(rows[0])
        if name != "cose":
            assert f"{key} `{name}`" in " ".join(rows[0])


@pytest.mark.parametrize("kind", [path_messages.Events, path_messages.CarriedClockProof])
def test_each_path_message_has_its_row(kind):
    """What goes up stands in the table of the path."""
    assert any(row[:3] == ["up", str(kind.TYPE), kind.__name__] for row in ROWS)


@pytest.mark.parametrize("kind", [path_messages.CarriedReceipt, path_messages.CarriedCommand])
def test_each_message_down_has_its_row(kind):
    """What comes down stands in the table of the path."""
    assert any(row[:3] == ["down", str(kind.TYPE), kind.__name__] for row in ROWS)


@pytest.mark.parametrize("kind", FIELD_TABLES, ids=lambda kind: kind.__name__)
def test_each_field_has_its_row(kind):
    """Each field of an envelope or plan stands in the table below its heading, with its wire key."""
    table = re.search(r"(^\|.*\n)+", PAGE[PAGE.index(FIELD_TABLES[kind]) :], re.MULTILINE)
    assert table is not None
    for key, name in kind.FIELDS:
        assert f"| {key} | `{name}` |" in table.group()


def test_each_field_of_a_tray_tag_has_its_row():
    """Each field of a tray's tag stands in the table below its heading, in order."""
    table = PAGE[PAGE.index("**TrayTag**") :]
    places = [table.index(f"`{name}` |") for _, name in tray_tag.TrayTag.FIELDS]
    assert places == sorted(places)


@pytest.mark.parametrize("part", range(1, len(service_state.STATES) + 1))
def test_each_part_of_a_devices_state_has_its_row(part):
    """Each answer of desk STATE stands in the table with the number it is asked by, and every field."""
    kind = service_state.STATES[part - 1]
    row = next(row for row in ROWS if row[:2] == [str(part), kind.__name__])
    assert all(f"{key} `{name}`" in row[2] for key, name in kind.FIELDS)


@pytest.mark.parametrize("code", errors.REFUSALS)
def test_each_refusal_has_its_row(code):
    """Each refusal code stands in the table with its name and its sentence."""
    row = next(row for row in ROWS if row[0] == str(code) and row[2] == errors.REFUSALS[code])
    assert getattr(errors, row[1].strip("`")) == code


@pytest.mark.parametrize(
    "name", ["RESET", "WELCOME", "DATA", "DATA_MORE", "ACK", "HEARTBEAT", "ASK", "REFUSED"]
)
def test_each_frame_kind_has_its_row(name):
    """Each kind of frame stands in the table with its number."""
    number = next(getattr(part, name) for part in (link, session, segments) if hasattr(part, name))
    assert any(row[:2] == [str(number), name] for row in ROWS)
    for start in (link_start.Reset, link_start.Welcome):
        if start.__name__.upper() == name:
            row = next(row for row in ROWS if row[1:2] == [name])
            assert all(f"{key} `{field}`" in row[3] for key, field in start.FIELDS)


def test_the_numbers_on_the_page_are_the_numbers_in_the_code():
    """Sizes and times that the page names are those the code keeps."""
    assert (frame.MAX_FRAME, frame.MAX_BODY, segments.MAX_SEGMENT, segments.MAX_MESSAGE) == (
        512,
        504,
        494,
        8192,
    )
    assert (segments.FIRST_RESEND_MS, segments.LAST_RESEND_MS) == (500, 8000)
    assert (link.HEARTBEAT_MS, link.SILENT_MS, link_start.MAX_WINDOW) == (5000, 15000, 64)
    assert (path_messages.MAX_PAYLOAD, path_messages.MAX_EVENTS, receipts.MAX_DEVICES) == (65536, 256, 64)
    for number in (
        f"{credentials.PIN_ROUNDS} rounds",
        "512 bytes",
        "504",
        "494 bytes",
        "8192",
        "500 ms",
        "1, 2, 4, 8, 8",
        "5 s",
        "15 s",
        "65,536",
        "256",
    ):
        assert number in PAGE
