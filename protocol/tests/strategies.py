"""Any message that the code can make: the newer kinds field by field, and plans that may or may not be allowed."""

from hypothesis import strategies as st

from protocol import commands, events
from protocol.load_plan import ASSISTED, MESSAGE_ONLY, TIME_CRITICAL, Dose
from protocol.record import U16_MAX, U32_MAX
from protocol.tests.samples import MORNING_S

IDS = st.binary(min_size=16, max_size=16)
SLOTS = st.integers(1, 28)
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
    st.builds(events.DoseWithheld, IDS, SLOTS, st.integers(1, events.CAUSE_TILTED)),
    st.builds(events.LateRelease, IDS, SLOTS, COUNTERS, st.integers(1, 3)),
    st.builds(
        events.AuthorisationEnded, COUNTERS, KINDS, st.integers(1, 4), st.integers(0, 28), st.integers(0, 28)
    ),
    st.builds(events.PressRefused, st.integers(0, events.REFUSED_ASSISTED)),
    st.builds(events.Paused, COUNTERS, st.integers(1, 3)),
    st.builds(events.Resumed, COUNTERS, MOMENTS),
    st.builds(events.Authorised, COUNTERS, KINDS, MOMENTS, st.integers(1, (1 << 28) - 1)),
    st.builds(events.AlarmAcknowledged, COUNTERS, CODES),
    st.builds(events.AlarmRaised, CODES, DETAILS, maybe(st.integers(1, 3))),
    st.builds(events.AlarmCleared, CODES, maybe(DETAILS)),
)

COMMAND_BODIES = st.one_of(
    st.builds(
        commands.AuthoriseRelease,
        st.lists(IDS, min_size=1, max_size=28, unique=True),
        st.just(events.RELEASE_EARLY),
        MOMENTS,
        maybe(MOMENTS),
    ),
    st.builds(commands.AuthoriseRelease, st.lists(IDS, min_size=1, max_size=28, unique=True), KINDS, MOMENTS),
    st.builds(commands.Pause, st.integers(1, 3)),
    st.builds(commands.Resume, MOMENTS),
    st.builds(commands.CancelDose, IDS),
    st.builds(commands.AcknowledgeAlarm, CODES),
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
