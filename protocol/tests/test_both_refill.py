"""Refill, roll, credentials and the tray's tag: their bounds and rules, on both interpreters."""

from protocol import credentials, errors, events, refill_commands, tray_tag
from protocol.dispenser_events import late_body
from protocol.load_plan import MEDIUM_ROLL, MESSAGE_ONLY
from protocol.pouch_label import label_of
from protocol.record import U32_MAX
from protocol.roll_manifest import RollManifest
from protocol.tests import samples
from protocol.tests.makers import code_of, dose, plan
from protocol.tests.samples import CREDENTIAL, DEVICE, HASH, MORNING_S, PLAN
from protocol.tray_tag import TrayTag

BITS = (1 << 56) - 1
SEALED = (CREDENTIAL, 1, 1, PLAN, 1, 0, 0, (), 1, 1, b"", 0)
# A kind, arguments that it takes, and which of them (index) goes from where to where.
BOUNDS = (
    (events.RefillStarted, (CREDENTIAL, 1), ((1, 1, 3),)),
    (
        events.RefillSealed,
        SEALED,
        (
            (1, 1, 3),
            (2, 1, 3),
            (4, 1, U32_MAX),
            (5, 0, BITS),
            (6, 0, BITS),
            (8, 1, U32_MAX),
            (9, 1, U32_MAX),
            (11, 0, U32_MAX),
        ),
    ),
    (events.RefillAborted, (CREDENTIAL, 1, 1, False), ((1, 1, 3), (2, 1, 4))),
    (events.RefillRefused, (CREDENTIAL, 1), ((1, 1, 9),)),
    (events.CredentialRefused, (0,), ((0, 0, 4),)),
    (events.CredentialsLocked, (900,), ((0, 1, 86400),)),
    (events.PouchesRetiring, (1, 1), ((0, 1, 56), (1, 1, 4))),
    (events.PouchesRetained, (1, 1, 1), ((0, 0, 56), (1, 0, 4), (2, 0, 255))),
    (events.RollConfirmed, (1, 1), ((0, 1, U32_MAX), (1, 1, 56))),
    (events.ChamberEmptied, (1,), ((0, 0, 255),)),
    (refill_commands.AddCredential, (CREDENTIAL, 1, HASH, HASH, 1), ((1, 1, 3), (4, 1, U32_MAX))),
    (refill_commands.ConfirmRoll, (1,), ((0, 1, 56),)),
    (RollManifest, ("4711", b"\x01", 0, 0, True, 70), ((2, 0, 3), (3, 0, 3), (5, 40, 120))),
    (TrayTag, (7, DEVICE, PLAN, 28, 1, U32_MAX), ((0, 0, U32_MAX), (3, 1, 28), (4, 1, U32_MAX))),
)


def test_each_number_has_its_bounds():
    """The first and the last allowed number are taken, one less and one more are refused, never bent."""
    for kind, arguments, fields in BOUNDS:
        for index, low, high in fields:
            for value in (low, high, low - 1, high + 1, -1):
                changed = arguments[:index] + (value,) + arguments[index + 1 :]
                expected = 0 if low <= value <= high else errors.OUT_OF_BOUNDS
                assert code_of(kind, *changed) == expected, (kind, index, value)


def test_a_seal_names_each_difference_once():
    """What differs after a refill is told compartment by compartment, each once, as missing or as too much."""

    def sealed(differences, slot_s=b""):
        return events.RefillSealed(*(SEALED[:7] + (differences, 1, 1, slot_s)))

    everywhere = [(slot, events.DIFF_EXTRA) for slot in range(1, 57)]
    assert code_of(sealed, everywhere, bytes(56)) == 0
    for wrong in (
        [(0, 1)],
        [(57, 1)],
        [(1, 0)],
        [(1, 3)],
        [(1, 1), (1, 2)],
        [(1, 1, 1)],
        everywhere + [(1, 1)],
    ):
        assert code_of(sealed, wrong) == errors.OUT_OF_BOUNDS, wrong
    assert code_of(sealed, (), bytes(57)) == errors.OUT_OF_BOUNDS
    for wrong in ([1], ["1"], "1"):
        assert code_of(sealed, wrong) == errors.BAD_BYTES, wrong
    assert code_of(sealed, (), "1") == errors.BAD_BYTES


def test_a_credential_is_a_tag_a_pin_or_both():
    """No credential opens without tag and PIN; each is known by a hash of 16 bytes that belongs to one device."""
    assert code_of(refill_commands.AddCredential, CREDENTIAL, 1, HASH) == 0
    assert code_of(refill_commands.AddCredential, CREDENTIAL, 1, None, HASH) == 0
    assert code_of(refill_commands.AddCredential, CREDENTIAL, 1) == errors.OUT_OF_BOUNDS
    for wrong in (HASH[:15], HASH + b"\x00", b""):
        assert code_of(refill_commands.AddCredential, CREDENTIAL, 1, wrong) == errors.OUT_OF_BOUNDS
        assert code_of(refill_commands.AddCredential, CREDENTIAL, 1, HASH, wrong) == errors.OUT_OF_BOUNDS
    assert code_of(refill_commands.RevokeCredential, CREDENTIAL[:7]) == errors.OUT_OF_BOUNDS


def test_a_pin_and_a_tag_have_one_hash_on_both_sides():
    """Device and centre find the same hash; another device, or another digit, has another one."""
    assert credentials.pin_hash("123456", DEVICE).hex() == "50a04dbdc36026402d449ec663fcfb72"
    assert (
        credentials.tag_hash(b"\x04\xa1\xb2\xc3\xd4\xe5\xf6", DEVICE).hex()
        == "6f68366a1cc045010fc7d4c7af5d1dbd"
    )
    assert credentials.pin_hash("123456", samples.HUB) != credentials.pin_hash("123456", DEVICE)
    assert credentials.pin_hash("123457", DEVICE) != credentials.pin_hash("123456", DEVICE)
    assert credentials.tag_hash(b"\x04", samples.HUB) != credentials.tag_hash(b"\x04", DEVICE)


def test_a_pin_is_six_digits():
    """A PIN shorter or longer, or with anything but a digit in it, has no hash."""
    for wrong in ("12345", "1234567", "12345a", "12345-", "", "١٢٣٤٥٦"):
        assert code_of(credentials.pin_hash, wrong, DEVICE) == errors.OUT_OF_BOUNDS, wrong
    for wrong in (123456, b"123456", None):
        assert code_of(credentials.pin_hash, wrong, DEVICE) == errors.BAD_BYTES, wrong
    for wrong in (b"", bytes(11)):
        assert code_of(credentials.tag_hash, wrong, DEVICE) == errors.OUT_OF_BOUNDS, wrong


def test_a_tray_tag_has_one_form():
    """A tray's tag is 48 bytes that name tray, device, plan and days; anything else is no tag, and nobody's tray."""
    tag = TrayTag(7, DEVICE, PLAN, 28, MORNING_S, MORNING_S + 586800)
    data = tag.encode()
    assert (
        data.hex()
        == "44565431000000075a7a78cca4a0f42091a400000000000000000000000000010000001c6b03f2806b0ce6b0b204ab30"
    )
    assert tray_tag.decode(data) == tag
    for wrong in (
        b"",
        data[:-1],
        data + b"\x00",
        bytes(48),
        b"\xff" * 48,
        b"DVT2" + data[4:],
        data[:-1] + b"\x00",
    ):
        assert code_of(tray_tag.decode, wrong) == errors.BAD_BYTES, wrong
    assert code_of(tray_tag.decode, data.hex()) == errors.BAD_BYTES
    assert code_of(TrayTag, 7, DEVICE, PLAN, 28, 2, 1) == errors.OUT_OF_BOUNDS
    assert (tray_tag.LAST_PAGE - tray_tag.FIRST_PAGE + 1) * 4 == tray_tag.TAG_BYTES


def test_a_checksum_does_not_excuse_bad_numbers():
    """A tag that is whole but says what no tray can be is refused too."""
    data = TrayTag(7, DEVICE, PLAN, 28, 1, 2).encode()
    for at, field in ((32, 0), (32, 29), (36, 0), (36, 3), (40, 0)):
        changed = data[:at] + field.to_bytes(4, "big") + data[at + 4 : 44]
        whole = changed + tray_tag.binascii.crc32(changed).to_bytes(4, "big")
        assert code_of(tray_tag.decode, whole) == errors.OUT_OF_BOUNDS, (at, field)


def test_a_pouch_is_labelled_by_roll_and_place():
    """The label of a pouch is the roll's number and its place in the roll."""
    assert label_of("4711", 1) == "4711-001"
    assert label_of("A-9", 120) == "A-9-120"


def a_roll(pouches, number="4711", header=0, trailer=0):
    return RollManifest(number, bytes(pouches), header, trailer, True, 70)


def test_a_roll_has_a_number_and_bounds():
    """1 to 12 letters, digits or dashes, one digit at least; 1 to 56 doses of 0 to 4 pouches, 120 at most in all."""
    for number in ("7", "A-z9" * 3):
        assert code_of(a_roll, [1], number) == 0
    for number in ("", "4" * 13, "47 11", "47\n", "4711æ", "ROLL-A"):
        assert code_of(a_roll, [1], number) == errors.OUT_OF_BOUNDS, number
    for pouches in ([], [1] * 57, [5], [0], [0, 0]):
        assert code_of(a_roll, pouches) == errors.OUT_OF_BOUNDS, pouches
    assert code_of(a_roll, [4] * 28 + [2], "1", 3, 3) == 0
    assert code_of(a_roll, [4] * 28 + [3], "1", 3, 3) == errors.OUT_OF_BOUNDS
    assert code_of(RollManifest, "4711", "\x01", 0, 0, True, 70) == errors.BAD_BYTES
    assert code_of(RollManifest, 4711, b"\x01", 0, 0, True, 70) == errors.BAD_BYTES
    assert code_of(RollManifest, "4711", b"\x01", 0, 0, 1, 70) == errors.BAD_BYTES


def rolled(doses, pouches):
    return plan(doses, medium=MEDIUM_ROLL, roll=a_roll(pouches))


def test_a_roll_and_only_a_roll_says_what_it_is_made_of():
    """A plan for a roll comes with the roll's description; a plan for a tray has none."""
    one = [dose(1, MORNING_S)]
    assert code_of(rolled, one, [1]) == 0
    for changes in ({"medium": MEDIUM_ROLL}, {"roll": a_roll([1])}):
        assert code_of(lambda given=changes: plan(one, **given)) == errors.OUT_OF_BOUNDS, changes


def test_a_roll_gives_its_doses_in_order():
    """The pouches hang together: an earlier dose lies further ahead, and none lies beyond the end of the roll."""
    two = [dose(1, MORNING_S), dose(2, MORNING_S + 7200)]
    assert code_of(rolled, two, [1, 2]) == 0
    assert code_of(rolled, two, [1]) == errors.OUT_OF_BOUNDS
    swapped = [dose(1, MORNING_S, slot=2), dose(2, MORNING_S + 7200, slot=1)]
    assert code_of(rolled, swapped, [1, 1]) == errors.OUT_OF_BOUNDS
    assert code_of(rolled, [dose(1, MORNING_S, slot=56)], [1] * 56) == 0
    many = [dose(n, MORNING_S + n * 3600) for n in range(1, 57)]
    assert code_of(rolled, many, [2] * 56) == 0


def test_a_missed_pouch_is_never_had_late():
    """A missed pouch lies in the locked chamber, so no dose of a roll can be given late."""
    assert code_of(rolled, [dose(1, MORNING_S, late_s=14400)], [1]) == errors.OUT_OF_BOUNDS


def test_a_dose_has_pouches_or_lies_elsewhere():
    """A dose in the roll has at least one pouch; one that lies outside the device has none."""
    elsewhere = [dose(1, MORNING_S), dose(2, MORNING_S + 7200, flags=MESSAGE_ONLY)]
    assert code_of(rolled, elsewhere, [4, 0]) == 0
    assert code_of(rolled, elsewhere, [1, 1]) == errors.OUT_OF_BOUNDS
    assert code_of(rolled, elsewhere, [0, 1]) == errors.OUT_OF_BOUNDS
    # Slot 1: a dose that a new plan left out.
    assert code_of(rolled, [dose(2, MORNING_S, slot=2)], [0, 1]) == 0


def test_what_a_refill_reports_is_loaded_when_it_is_read():
    """A journal with events of a refill or a roll is read whole on the board too."""
    from protocol import dispenser_events

    for event in samples.EVENTS:
        if 27 <= event.body.TYPE <= 36:
            assert dispenser_events.decode_event(event.encode()) == event
            assert late_body(event.body.TYPE) is type(event.body)
    assert late_body(26) is None
