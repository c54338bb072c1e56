"""What goes up first, what goes up again, and when the centre counts as silent: pure decisions."""

from hypothesis import given
from hypothesis import strategies as st

from hub.core.centre_watch import SILENT_AFTER_MS, CentreWatch
from hub.core.lap import Lap
from hub.core.resend import (
    FIRST_ROUND_MS,
    HOLE_AGE_MS,
    HOLE_PAUSE_MS,
    LAST_ROUND_MS,
    SILENT_ROUND_BATCHES,
    Resend,
)
from hub.edges.sending import next_batch


def rounds(resend, now_ms, rows):
    """Play one moment: which rows are sent again, two in a message."""
    sent = []
    while (lap := resend.again(now_ms)) is not None:
        batch = [row for row in rows if lap.row < row <= lap.up_to][:2]
        sent += batch
        if batch:
            lap.went(batch[-1], ahead=False)
        resend.resent(bool(batch))
    return sent


def test_what_has_no_receipt_goes_again_soon_then_every_half_minute():
    """5, 10, 20 s after the connect and every 30 s after that, everything that still waits is sent again."""
    resend = Resend(0)
    resend.sent(5, 0)
    times = [ms for ms in range(0, 130_000, 500) if rounds(resend, ms, [3, 4, 5])]
    assert times == [5_000, 15_000, 35_000, 65_000, 95_000, 125_000]


def test_what_was_sent_a_moment_ago_is_not_sent_again():
    """A round covers only what has had its time to be receipted."""
    resend = Resend(0)
    resend.sent(5, 0)
    resend.sent(9, FIRST_ROUND_MS - 100)
    assert rounds(resend, FIRST_ROUND_MS, [5, 9]) == [5]
    assert rounds(resend, FIRST_ROUND_MS + LAST_ROUND_MS, [5, 9]) == [5, 9]


def test_before_the_first_receipt_a_round_is_bounded_and_the_next_goes_on():
    """While nobody has answered repeats are limited, and yet every event has its turn; a receipt lifts the limit."""
    rows = list(range(1, 4 * SILENT_ROUND_BATCHES + 1))
    resend = Resend(0)
    resend.sent(rows[-1], 0)
    half = 2 * SILENT_ROUND_BATCHES
    assert rounds(resend, 5_000, rows) == rows[:half]
    assert rounds(resend, 15_000, rows) == rows[half:]
    resend.receipt(34_000)
    assert rounds(resend, 44_999, rows) == []
    assert rounds(resend, 45_000, rows) == rows


def test_while_receipts_come_little_is_sent_twice():
    """A centre that is busy gets its time; but what a broker lost goes again within half a minute all the same."""
    resend, times = Resend(0), []
    resend.sent(5, 0)
    for now_ms in range(0, 70_000, 1_000):
        resend.receipt(now_ms)
        if rounds(resend, now_ms, [5]):
            times.append(now_ms)
    assert times == [30_000, 60_000]
    resend.sent(9, 85_000)
    resend.receipt(89_000)
    assert rounds(resend, 90_000, [5, 9]) == [5]


def test_what_the_centre_lacks_goes_again_at_once():
    """The centre got a later event and not the one before: all that waits goes again now, and not over and over."""
    resend = Resend(0)
    resend.sent(5, 0)
    resend.sent(9, 1_500)
    resend.hole(3, HOLE_AGE_MS)
    assert rounds(resend, HOLE_AGE_MS, [3, 5, 9]) == [3, 5, 9]
    resend.hole(3, HOLE_AGE_MS + HOLE_PAUSE_MS - 1)
    assert rounds(resend, HOLE_AGE_MS + HOLE_PAUSE_MS - 1, [3, 5, 9]) == []


def test_a_hole_that_does_not_fill_is_asked_about_less_and_less():
    """A centre that is only slow gets its time: the pauses between repeats double up to half a minute."""
    resend, times = Resend(0), []
    resend.sent(9, 0)
    for now_ms in range(HOLE_AGE_MS, 40_000, 500):
        resend.hole(3, now_ms)
        if rounds(resend, now_ms, [3, 9]) and now_ms % 5_000:
            times.append(now_ms)
    pauses = [later - sooner for sooner, later in zip(times, times[1:], strict=False)]
    assert 2 <= len(pauses) <= 6 and pauses == sorted(pauses)


def test_what_has_not_been_sent_or_only_just_is_no_hole():
    """An alarm that overtook the others makes no repeats: what it overtook is on its way."""
    resend = Resend(0)
    resend.sent(5, 10_000)
    resend.hole(6, 11_000)
    resend.hole(4, 10_000 + HOLE_AGE_MS - 1)
    assert rounds(resend, 4_999, [4, 5]) == []


class Rows:
    """An outbox of (id, urgent) without a disk; each event is as long as its size says."""

    def __init__(self, urgent, size):
        self.rows_ = [(n + 1, is_urgent) for n, is_urgent in enumerate(urgent)]
        self.size = size

    def rows(self, after, up_to, limit, urgent_sent):
        found = [n for n, urgent in self.rows_ if after < n <= up_to and (not urgent or n > urgent_sent)]
        return [(n, n.to_bytes(self.size, "big")) for n in found[:limit]]

    def urgent_rows(self, after, up_to, limit):
        found = [n for n, urgent in self.rows_ if urgent and after < n <= up_to]
        return [(n, n.to_bytes(self.size, "big")) for n in found[:limit]]


@given(st.lists(st.booleans(), max_size=700), st.integers(2, 1000))
def test_urgent_events_go_first_then_all_in_order_and_none_twice(urgent, size):
    """However much waits: each event goes up once, urgent ones before a backlog, and each kind in its own order."""
    outbox, lap, sent, ahead = Rows(urgent, size), Lap(), [], []
    more = True
    while more:
        batch = next_batch(outbox, lap)
        more = batch.more
        if batch.coses:
            lap.went(batch.newest_id, batch.ahead)
            numbers = [int.from_bytes(cose, "big") for cose in batch.coses]
            (ahead if batch.ahead else sent).append(numbers)
            assert not (batch.ahead and sent)  # nothing new came: all urgent ones went before the first other
    flat = [n for numbers in ahead + sent for n in numbers]
    assert sorted(flat) == [n for n, _ in outbox.rows_]
    for part in (ahead, sent):
        in_part = [n for numbers in part for n in numbers]
        assert in_part == sorted(in_part)
    if ahead:
        assert sorted(n for numbers in ahead for n in numbers) == [
            n for n, is_urgent in outbox.rows_ if is_urgent
        ]


def test_a_fresh_alarm_overtakes_a_backlog_that_is_being_sent():
    """An alarm that is stored while days of events go up goes with the next message."""
    outbox, lap = Rows([False] * 600, 300), Lap()
    first = next_batch(outbox, lap)
    lap.went(first.newest_id, first.ahead)
    outbox.rows_.append((601, True))
    second = next_batch(outbox, lap)
    assert (second.ahead, second.newest_id) == (True, 601)


def test_a_centre_that_does_not_answer_for_a_minute_is_silent_until_a_receipt_comes():
    """A minute without a receipt means no contact; the first receipt ends it, a reconnect does not."""
    watch = CentreWatch()
    assert watch.due_ms() is None
    watch.sent(1_000)
    watch.sent(50_000)
    assert watch.due_ms() == 1_000 + SILENT_AFTER_MS
    watch.judge(True, 61_000)
    watch.connection_lost()
    watch.sent(62_000)
    assert watch.silent and watch.due_ms() is None
    assert watch.answered() and not watch.silent and not watch.answered()


def test_silence_about_a_dispenser_that_nobody_enrolled_says_nothing():
    """Its events get no receipt, and that must not look like a centre that is away."""
    watch = CentreWatch()
    watch.sent(0)
    watch.judge(False, 60_000)
    assert not watch.silent and watch.due_ms() == 120_000
    watch.answered()
    assert watch.due_ms() is None
    watch.sent(200_000)
    watch.connection_lost()
    assert watch.due_ms() is None


def test_while_the_centre_is_silent_it_is_asked_every_half_minute():
    """A question every 30 s is enough to notice that it is back, and cheap on a cellular line."""
    resend = Resend(0)
    assert [ms for ms in range(0, 100_000, 1_000) if resend.probe_due(ms)] == [5_000, 35_000, 65_000, 95_000]
