"""Any message that the code can make: the newer kinds field by field, and plans that may or may not be allowed."""

from hypothesis import strategies as st

from protocol import commands, events, refill_commands
from protocol.load_plan import ASSISTED, MESSAGE_ONLY, TIME_CRITICAL, Dose
from protocol.record import U16_MAX, U32_MAX
from protocol.roll_manifest import RollManifest
from protocol.tests.samples import MORNING_S
from protocol.tray_tag import TrayTag

CREDENTIALS = st.binary(min_size=8, max_size=8)
ROLES = st.integers(events.ROLE_RELATIVE, events.ROLE_TECHNICIAN)
BITS = st.integers(0, (1 << 56) - 1)
IDS = st.binary(min_size=16, max_size=16)
SLOTS = st.integers(1, 56)
KINDS = st.integers(events.RELEASE_EARLY, events.RELEASE_ASSISTED)
COUNTERS = MOMENTS = st.integers(1, U32_MAX)
CODES = st.integers(1, U16_MAX)
DETAILS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x7f", min_codepoint=32), max_size=64
)


def maybe(values):
    return st.none() | values


EVENT_BODIES = st.one_of(
    st.builds(events.ReleaseIntended, IDS, SLOTS),
    st.builds(events.ReleaseIntended, IDS, SLOTS, KINDS, COUNTERS),
    st.builds(events.DosePresented, IDS, SLOTS, maybe(KINDS)),
    st.builds(
        events.DoseTaken, IDS, SLOTS, maybe(st.sampled_from([events.RELEASE_EARLY, events.RELEASE_ASSISTED]))
    ),
    st.builds(events.DoseWithheld, IDS, SLOTS, st.sampled_from([*range(1, 10), events.CAUSE_REFILL])),
    st.builds(events.LateRelease, IDS, SLOTS, COUNTERS, st.integers(1, 3)),
    st.builds(
        events.AuthorisationEnded, COUNTERS, KINDS, st.integers(1, 4), st.integers(0, 56), st.integers(0, 56)
    ),
    st.builds(events.PressRefused, st.integers(0, events.CAUSE_REFILL)),
    st.builds(events.Paused, COUNTERS, st.integers(1, 3)),
    st.builds(events.Resumed, COUNTERS, MOMENTS),
    st.builds(events.Authorised, COUNTERS, KINDS, MOMENTS, st.integers(1, (1 << 56) - 1)),
    st.builds(events.AlarmAcknowledged, COUNTERS, CODES),
    st.builds(events.AlarmRaised, CODES, DETAILS, maybe(st.integers(1, 3))),
    st.builds(events.AlarmCleared, CODES, maybe(DETAILS)),
    st.builds(events.RefillStarted, CREDENTIALS, ROLES),
    st.builds(
        events.RefillSealed,
        CREDENTIALS,
        ROLES,
        st.integers(events.WAY_SWAP, events.WAY_ROLL),
        IDS,
        COUNTERS,
        BITS,
        BITS,
        st.lists(st.tuples(SLOTS, st.integers(1, 2)), max_size=56, unique_by=lambda row: row[0]),
        MOMENTS,
        MOMENTS,
        st.binary(max_size=56),
        maybe(st.integers(0, U32_MAX)),
    ),
    st.builds(events.RefillAborted, CREDENTIALS, ROLES, st.integers(1, 4), st.booleans()),
    st.builds(events.RefillRefused, CREDENTIALS, st.integers(1, 9)),
    st.builds(events.CredentialRefused, st.integers(0, 4)),
    st.builds(events.CredentialsLocked, st.integers(1, 86400)),
    st.builds(events.PouchesRetiring, SLOTS, st.integers(1, 4)),
    st.builds(events.PouchesRetained, SLOTS, st.integers(0, 4), st.integers(0, 255)),
    st.builds(events.RollConfirmed, COUNTERS, SLOTS),
    st.builds(events.ChamberEmptied, st.integers(0, 255)),
)

COMMAND_BODIES = st.one_of(
    st.builds(
        commands.AuthoriseRelease,
        st.lists(IDS, min_size=1, max_size=56, unique=True),
        st.just(events.RELEASE_EARLY),
        MOMENTS,
        maybe(MOMENTS),
    ),
    st.builds(commands.AuthoriseRelease, st.lists(IDS, min_size=1, max_size=56, unique=True), KINDS, MOMENTS),
    st.builds(commands.Pause, st.integers(1, 3)),
    st.builds(commands.Resume, MOMENTS),
    st.builds(commands.CancelDose, IDS),
    st.builds(commands.AcknowledgeAlarm, CODES),
    st.builds(refill_commands.AddCredential, CREDENTIALS, ROLES, IDS, maybe(IDS), maybe(MOMENTS)),
    st.builds(refill_commands.AddCredential, CREDENTIALS, ROLES, st.none(), IDS, maybe(MOMENTS)),
    st.builds(refill_commands.RevokeCredential, CREDENTIALS),
    st.builds(refill_commands.ConfirmRoll, SLOTS),
)

TRAY_TAGS = st.builds(
    lambda tray_id, device_id, plan_id, count, times: TrayTag(
        tray_id, device_id, plan_id, count, *sorted(times)
    ),
    st.integers(0, U32_MAX),
    CREDENTIALS,
    IDS,
    st.integers(1, 28),
    st.tuples(MOMENTS, MOMENTS),
)
MANIFESTS = st.builds(
    RollManifest,
    st.builds(str.__add__, st.text("0123456789-ABCXYZabcxyz", max_size=11), st.sampled_from("0123456789")),
    st.lists(st.integers(0, 2), min_size=1, max_size=56).filter(any).map(bytes),
    st.integers(0, 3),
    st.integers(0, 3),
    st.booleans(),
    st.integers(40, 120),
)


@st.composite
def doses(draw, number, due_s):
    """A dose of this number (id and slot); it may be had late unless it lies elsewhere."""
    window_s = draw(st.integers(5, 300)) * 60
    flags = draw(st.sampled_from([0, TIME_CRITICAL, MESSAGE_ONLY, ASSISTED, ASSISTED | TIME_CRITICAL]))
    late_s = None if flags & MESSAGE_ONLY else draw(maybe(st.integers(window_s + 1, 86400)))
    early_s = draw(st.sampled_from([0, 0, 1800, 18000]))
    return Dose(bytes([number]) * 16, number, due_s, early_s, window_s, 1, flags, "", late_s)


@st.composite
def dose_rows(draw):
    """Doses in order of due, some too close to each other."""
    gaps = draw(st.lists(st.integers(1, 72), min_size=1, max_size=6))
    return [draw(doses(n + 1, MORNING_S + sum(gaps[: n + 1]) * 1800)) for n in range(len(gaps))]
