"""What each of the twenty checks says of facts: one table, each row a thing that is wrong and nothing else."""

import re
from pathlib import Path

import pytest

from protocol.manifest import MULTIDOSE
from protocol.service_state import (
    BEAM,
    ENCODER,
    FAULTY,
    LID_OPEN,
    LOADED,
    MOTOR,
    NFC,
    NOT_TRIED,
    SPENT,
    EventsState,
    FirmwareState,
    FlashState,
    PlanState,
    PowerState,
    TimeState,
)
from tools.authority.keys import new_key, public_point
from tools.diagnose.facts import ChainFacts, DeviceFacts, Facts, HubFacts, MachineFacts
from tools.diagnose.finding import plain
from tools.diagnose.registry import CHECKS, judged
from tools.diagnose.tests.healthy import (
    DAY_S,
    DIGEST,
    HEALTHY,
    NOW_S,
    PACK,
    RELEASE_POINT,
    STATUS,
    hello,
    signed,
    with_device,
    with_machine,
    with_status,
    with_test,
)

PAGE = (Path(__file__).parents[3] / "docs/diagnose.md").read_text()
OTHER = new_key()
SIZE = len(PACK)


def in_slot(manifest=None, digest=DIGEST, release=RELEASE_POINT, slot="a"):
    return with_device(firmware=FirmwareState(slot, 7, SIZE, manifest or signed(), digest, release))


def told(waiting, since_s):
    """The device has 100 events, so many of them without a receipt, the first of them since then."""
    return with_device(events=EventsState(57, 100, waiting, False, [], since_s))


TABLE = (
    ("D001", with_machine(no_port="No dispenser is connected."), "fail", "No dispenser is connected"),
    ("D001", with_machine(refused="/dev/x cannot be opened: screen (process 4) holds it."), "fail", "screen"),
    ("D002", with_machine(rules=None), "warn", "No udev rules"),
    ("D002", with_machine(has_udev=False), "skip", "no udev"),
    ("D003", with_machine(modem_manager=True, ignored=True), "ok", "leave this port alone"),
    ("D003", with_machine(modem_manager=True, ignored=False), "warn", "plugged in before"),
    ("D003", with_machine(modem_manager=True, ignored=None), "ok", "keep it away"),
    ("D003", with_machine(modem_manager=True, ignored=False, rules=None), "fail", "may type"),
    ("D004", in_slot(slot="-"), "warn", "never installed"),
    ("D004", with_device(firmware=FirmwareState("a", 7, 0)), "fail", "lacks its manifest"),
    ("D004", in_slot(release=None), "fail", "no release key"),
    ("D004", in_slot(signed(key=OTHER)), "fail", "does not hold"),
    ("D004", in_slot(signed()[:-1]), "fail", "does not hold"),
    ("D004", in_slot(digest=bytes(32)), "fail", "not the code that was signed"),
    ("D004", in_slot(signed(MULTIDOSE)), "fail", "another kind of device"),
    ("D004", with_device(hello=hello(trial=True)), "warn", "on trial"),
    ("D004", with_device(release_point=RELEASE_POINT), "ok", "your release key"),
    ("D004", with_device(release_point=public_point(OTHER)), "fail", "does not hold"),
    ("D005", with_device(time=TimeState(0, 0, 0, 9)), "fail", "does not know the time"),
    ("D005", with_device(time=TimeState(0, 0, 0, 9), hello=hello(owned=False)), "skip", "no owner"),
    ("D005", with_device(time=TimeState(NOW_S, 1, 0, 9)), "fail", "battery clock"),
    ("D005", with_device(time=TimeState(NOW_S, 1, NOW_S + 3, 9)), "warn", "differs"),
    ("D005", with_device(own_utc_s=None), "skip", "no time source"),
    ("D005", with_device(own_utc_s=NOW_S - 5), "ok", "5 s"),
    ("D005", with_device(own_utc_s=NOW_S - 6), "warn", "6 s off"),
    ("D005", with_device(own_utc_s=NOW_S + 61), "fail", "61 s off"),
    ("D006", with_device(power=PowerState(True)), "fail", "gauge does not answer"),
    ("D006", with_device(power=PowerState(True, 3500, 199)), "warn", "holds 19 %"),
    ("D006", with_device(power=PowerState(False, 3500, 199)), "fail", "adapter gives nothing"),
    ("D006", with_device(power=PowerState(False, 3900, 800)), "warn", "runs on its battery"),
    ("D007", with_test(MOTOR, FAULTY, "stall"), "fail", "does not follow its motor"),
    ("D007", with_test(MOTOR, NOT_TRIED, LOADED), "skip", "loaded"),
    ("D007", with_test(MOTOR, NOT_TRIED, LID_OPEN), "skip", "lid is open"),
    ("D007", with_test(MOTOR, NOT_TRIED, SPENT), "skip", "battery is spent"),
    ("D007", with_test(MOTOR, NOT_TRIED, "shutter not closed"), "warn", "not proven closed"),
    ("D007", with_test(MOTOR, FAULTY, "words nobody knows"), "fail", "words nobody knows"),
    ("D008", with_test(ENCODER, FAULTY, "magnet lost"), "fail", "magnet"),
    ("D009", with_test(BEAM, FAULTY, "blocked"), "fail", "in the beam"),
    ("D010", with_device(heard=False), "fail", "Nobody heard"),
    ("D010", with_device(heard=None), "skip", "nobody was asked"),
    ("D011", with_test(NFC, FAULTY, "silent"), "fail", "does not answer"),
    ("D012", with_device(flash=FlashState(352, 40, 4096, 1)), "warn", "160 KB"),
    ("D012", with_device(flash=FlashState(352, 10, 4096, 1)), "fail", "40 KB"),
    ("D012", with_device(events=EventsState(1, 40_000_000, 3, False, [], NOW_S)), "warn", "99.5 %"),
    (
        "D013",
        with_device(chain=ChainFacts(9, 2, 1, 58)),
        "fail",
        "from event 58 on: 2 events are lost, 1 event does not",
    ),
    ("D013", with_device(events=EventsState(1, 2, 0, True, [])), "fail", "lost its memory"),
    ("D013", with_device(events=EventsState(1, 2, 0, False, [[105, "journal damaged"]])), "warn", "once"),
    ("D014", with_device(plan=PlanState(0, 0, 0, False, False)), "warn", "no plan"),
    ("D014", with_device(plan=PlanState(2, 0, 0, True, False)), "fail", "cannot be read"),
    ("D014", with_device(plan=PlanState(1, 0, 0, True, False)), "warn", "has ended"),
    (
        "D014",
        with_device(plan=PlanState(1, 2, NOW_S + DAY_S - 1, True, False)),
        "warn",
        "within a day",
    ),
    ("D014", with_device(plan=PlanState(1, 9, NOW_S + DAY_S, True, True)), "warn", "not ended well"),
    ("D015", Facts(HEALTHY.machine, HEALTHY.device, HubFacts("No answer.")), "fail", "No answer"),
    ("D015", with_status(devices=[]), "warn", "never heard"),
    ("D015", with_status(devices=[{**STATUS["devices"][0], "linked": False}]), "fail", "not linked"),
    ("D016", with_status(path={"up": False, "sentence": "The broker's certificate ended."}), "fail", "ended"),
    ("D016", with_status(path={"up": False, "taken_over": True, "sentence": ""}), "fail", "hub's keys"),
    ("D017", with_status(certificate_days_left=None), "fail", "cannot be read"),
    ("D017", with_status(certificate_days_left=59), "warn", "in 59 days"),
    ("D017", with_status(certificate_days_left=13), "fail", "in 13 days"),
    ("D017", with_status(certificate_days_left=-2), "fail", "2 days ago"),
    ("D018", with_status(outbox={"waiting": 4, "oldest_waits_s": 3599, "fault": None}), "ok", "4 events"),
    ("D018", with_status(outbox={"waiting": 4, "oldest_waits_s": 3600, "fault": None}), "warn", "60 min"),
    ("D018", with_status(outbox={"waiting": 4, "oldest_waits_s": DAY_S, "fault": None}), "fail", "24 h"),
    ("D018", with_status(outbox={"waiting": 0, "oldest_waits_s": None, "fault": "Full."}), "fail", "Full."),
    ("D019", Facts(HEALTHY.machine, HEALTHY.device, HubFacts(status=STATUS)), "skip", "does not tell"),
    ("D019", Facts(HEALTHY.machine, HEALTHY.device, HubFacts("", False, STATUS, True)), "fail", "too weak"),
    ("D020", with_device(hello=hello(owned=False)), "skip", "no owner"),
    ("D020", told(0, None), "ok", "has receipted"),
    (
        "D020",
        told(39, NOW_S - DAY_S),
        "fail",
        "39 events",
    ),  # the hub has all it ever got: nothing since event 61
    ("D020", with_device(events=EventsState(57, 69, 12, False, [], NOW_S - DAY_S)), "ok", "has receipted"),
)
# Whether the centre has receipted, the hub knows best; without one the device's own count is all there is.
ALONE = (
    (told(3, NOW_S - 3599), "ok", "3 events"),
    (told(3, NOW_S - 3600), "warn", "60 min"),
    (told(3, NOW_S - DAY_S), "fail", "24 h"),
    (told(3, None), "warn", "nobody knows since when"),
)


def of(facts, code):
    return next(finding.answer for finding in judged(facts) if finding.code == code)


def test_all_is_well(record_property):
    """With a sound device, computer and hub all twenty checks say ok."""
    answers = [finding.answer for finding in judged(HEALTHY)]

    assert [plain(answer.sentence) for answer in answers if answer.verdict != "ok"] == []
    record_property(
        "count", f"{len(CHECKS)} checks; {len(TABLE) + len(ALONE)} faults, each told by its own check"
    )


@pytest.mark.parametrize(("code", "facts", "verdict", "words"), TABLE, ids=lambda value: str(value)[:20])
def test_one_thing_is_wrong(code, facts, verdict, words):
    """Each fault is told by its own check, in words about it, and what is not well comes with something to do."""
    answer = of(facts, code)

    assert (answer.verdict, words in plain(answer.sentence)) == (verdict, True), answer
    assert verdict not in ("warn", "fail") or answer.todo
    assert "\ue000" not in plain(answer.sentence)


@pytest.mark.parametrize(("facts", "verdict", "words"), ALONE, ids=lambda value: str(value)[:20])
def test_how_long_the_centre_has_not_answered(facts, verdict, words):
    """Without a hub's word the device's own count judges: after an hour see to it, after a day it is broken."""
    answer = of(Facts(facts.machine, facts.device, HubFacts("Not asked.", True)), "D020")

    assert (answer.verdict, words in plain(answer.sentence)) == (verdict, True), answer


def test_what_was_not_looked_at_is_not_called_good():
    """Without a device and a hub no check of theirs says ok, and each says why it was skipped."""
    nothing = Facts(MachineFacts(no_port="None."), DeviceFacts("No device."), HubFacts("No hub.", True))

    for finding in judged(nothing)[3:]:
        assert (finding.answer.verdict, bool(finding.answer.sentence)) == ("skip", True), finding


def test_a_strangers_status_breaks_nothing():
    """A hub of another version, or a file with nonsense in it, is no reason for the tool to fall over."""
    for value in (None, [], {}, "text", 5, [None], [[]]):
        for key in STATUS:
            judged(with_status(**{key: value}))


def test_the_page_lists_the_checks():
    """docs/diagnose.md has a row for each check under its number and name, and none besides."""
    rows = re.findall(r"^\| (D\d{3}) \| ([^|]+) \|", PAGE, re.MULTILINE)

    assert rows == [(check.code, check.name) for check in CHECKS]
    assert [check.code for check in CHECKS] == [f"D{number:03}" for number in range(1, 21)]
