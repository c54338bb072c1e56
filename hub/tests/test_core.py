"""The hub's decisions, pure."""

import errno

from hypothesis import given
from hypothesis import strategies as st

from hub.core import path_faults, port_faults
from hub.core.backoff import QUICK_MS, QUICK_TRIES, broker_delay_ms, delay_ms
from hub.core.batches import MAX_BYTES, MAX_EVENTS, first_batch
from hub.core.broker_choice import RETURN_AFTER_MS, BrokerChoice
from hub.core.clock_trust import HOLDOVER_LIMIT_MS, ClockTrust
from hub.core.device_watch import DeviceWatch
from hub.core.mailbox import MAX_COMMANDS, PATH, RECEIPT, Mailbox
from hub.core.path_faults import PathFault
from hub.core.sequence import FORK, GAP, REPEAT, STORE, judge
from protocol.link_messages import MAX_COSE
from protocol.path_messages import Events, encode_path_message


@given(st.integers(0, 10_000), st.integers(0, 1000))
def test_the_pause_grows_to_a_minute_and_is_never_below_half_its_step(failures, dice):
    """After any number of failures the hub waits between half a second and a minute."""
    pause_ms = delay_ms(failures, dice)
    assert pause_ms == 0 if failures == 0 else 500 <= pause_ms <= 60_000
    assert delay_ms(failures, 0) <= pause_ms <= delay_ms(failures, 1000)


@given(st.integers(0, 10_000), st.integers(0, 1000))
def test_a_broker_that_is_back_after_seconds_is_found_within_two(failures, dice):
    """A broker that was only started anew has the hub back within 2 s; one that stays away is asked once a minute."""
    pause_ms = broker_delay_ms(failures, dice)
    assert pause_ms <= (QUICK_MS if failures <= QUICK_TRIES else 60_000)
    assert broker_delay_ms(0, dice) == 0 and broker_delay_ms(1, 1000) == 1_000
    assert broker_delay_ms(QUICK_TRIES + 1, 1000) == 2 * QUICK_MS and broker_delay_ms(20, 1000) == 60_000


@given(st.one_of(st.none(), st.integers(1, 50)), st.integers(1, 52), st.sampled_from([None, True, False]))
def test_only_the_next_event_is_taken_in_silence(last, seq, same):
    """An event that is not the next one is a repeat, a fork or a gap, never silently taken."""
    verdict = judge(last, seq, same, None)
    if last is None or seq == last + 1:
        assert verdict == STORE
    elif seq > last:
        assert verdict == GAP
        assert judge(last, seq, same, asked_at=last) == STORE  # told where we stand, it vouches for the rest
        assert judge(last, seq, same, asked_at=last - 1) == GAP
    else:
        assert verdict == (FORK if same is False else REPEAT)


@given(st.lists(st.integers(1, MAX_COSE), max_size=600))
def test_no_batch_is_larger_than_the_contract_and_none_is_smaller_than_it_must_be(sizes):
    """Packed one after another, all events go up, in order, in messages of at most 64 KiB and 256 events."""
    events = [bytes(size) for size in sizes]
    while events:
        count = first_batch(events)
        assert 1 <= count <= MAX_EVENTS
        assert len(encode_path_message(Events(events[:count]))) <= MAX_BYTES
        if count < min(len(events), MAX_EVENTS):
            assert sum(len(event) + 3 for event in events[: count + 1]) + 5 > MAX_BYTES
        events = events[count:]
    assert first_batch([]) == 0


@given(st.lists(st.sampled_from(["command", "receipt", "path", "take", "ack", "anew"]), max_size=60))
def test_every_command_reaches_the_link_in_order_until_it_is_acknowledged(moves):
    """Whatever the link loses, each command is handed over until acknowledged, in order, never two for one."""
    box, number, waiting, travelling, acked = Mailbox(), 0, [], [], 0
    for move in moves:
        if move == "command" and len(waiting) < MAX_COMMANDS:
            number += 1
            assert box.put_command(b"c%d" % number)
            assert not box.put_command(b"c%d" % number)
            waiting.append(b"c%d" % number)
        elif move in ("receipt", "path"):
            box.put_newest(RECEIPT if move == "receipt" else PATH, move.encode())
        elif move == "take":
            letter = box.take()
            if waiting:
                assert letter == waiting.pop(0)
            if letter is not None:
                travelling.append(letter)
        elif move == "ack" and travelling:
            travelling.pop(0)
            acked += 1
            box.acked(acked)
        elif move == "anew":
            waiting = [letter for letter in travelling if letter.startswith(b"c")] + waiting
            travelling, acked = [], 0
            box.new_session()


def test_of_receipts_only_the_newest_is_worth_sending():
    """A newer receipt replaces one that still waits, and a session that ends does not bring the old one back."""
    box = Mailbox()
    box.put_newest(RECEIPT, b"old")
    assert box.take() == b"old"
    box.put_newest(RECEIPT, b"new")
    box.new_session()
    assert box.take() == b"new" and box.take() is None


def test_a_silence_is_told_once_and_so_is_its_end():
    """Silence is told within thirty seconds and once; a device known to be silent is not told again after a restart."""
    watch = DeviceWatch()
    watch.expect(b"a", False, 0)
    watch.expect(b"b", True, 0)
    assert not watch.heard(b"c", 1_000)
    assert watch.newly_lost(27_999) == []
    assert watch.newly_lost(28_500) == [(b"a", 28_500)]
    assert watch.newly_lost(29_000) == [(b"c", 28_000)]
    assert watch.newly_lost(90_000) == []
    assert watch.heard(b"a", 90_000) and watch.heard(b"b", 90_000) and not watch.heard(b"a", 90_001)


def test_the_clock_is_shown_as_truth_only_after_it_was_synchronised():
    """A hub that has just started does not teach time; one that lost its source is good for twelve hours."""
    trust = ClockTrust()
    assert (trust.seen(False, 0, 0), trust.trusted) == (0, False)
    assert (trust.seen(True, 1, 1), trust.trusted) == (2, True)
    for late_ms, quality in ((0, 1), (2, 0)):
        assert trust.seen(False, HOLDOVER_LIMIT_MS + late_ms, HOLDOVER_LIMIT_MS + late_ms) == quality
        assert trust.trusted == (quality == 1)


def test_every_reason_not_to_open_a_port_has_its_own_sentence():
    """No such port, busy, no permission, not a port: four sentences, each with what to do."""
    numbers = (errno.ENOENT, errno.EBUSY, errno.EACCES, errno.ENOTTY, errno.EIO)
    sentences = {port_faults.open_fault("/dev/x", number, "it failed") for number in numbers}
    assert len(sentences) == 5 and all("/dev/x" in sentence for sentence in sentences)


def test_garbage_is_told_once_and_noise_between_sound_frames_is_not():
    """Eight damaged frames in a row are told once; damaged frames among sound ones are only counted."""
    health = port_faults.LineHealth("/dev/x", 115_200)
    assert [health.seen(1, sound=number % 3 == 0) for number in range(60)] == [None] * 60
    said = [health.seen(3, sound=False) for _ in range(10)]
    assert [sentence is not None for sentence in said].count(True) == 1
    assert "115200 baud" in health.sentence() and health.garbage
    health.seen(0, sound=True)
    assert not health.garbage


ALERTS = (
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_REVOKED",
    "UNKNOWN_CA",
    "CERTIFICATE_REQUIRED",
    "BAD_CERTIFICATE",
)


def test_every_reason_not_to_reach_the_broker_has_its_own_sentence():
    """Expired, wrong authority, wrong host, refused and unreachable are told apart."""
    faults = [PathFault("tls", verify_code=code) for code in (9, 10, 19, 62, 1)]
    faults += [PathFault("mqtt", refusal=code) for code in (1, 2, 3, 4, 5, 255)]
    faults += [PathFault("lost", name) for name in ALERTS]
    faults += [PathFault(stage, "some reason") for stage in ("resolve", "connect", "tls", "mqtt", "lost")]
    sentences = [path_faults.sentence(fault, "broker.example", 8883) for fault in faults]
    assert len(set(sentences)) == len(sentences)
    assert path_faults.own_certificate(10, 20, 15) is None
    assert "expired" in path_faults.own_certificate(10, 20, 20)
    assert "not valid yet" in path_faults.own_certificate(10, 20, 9)
    assert [path_faults.days_left(86_400 * 3, now) for now in (0, 86_400 * 3, 86_400 * 4)] == [3, 0, -1]


def test_the_second_broker_serves_while_the_first_does_not_answer():
    """A broker that is away makes way for the other at once; only a round in vain makes the hub wait longer."""
    choice = BrokerChoice(2)
    assert choice.ended() == 0 and choice.current == 1
    choice.came_up(5_000)
    assert not choice.is_time_to_look(5_000 + RETURN_AFTER_MS - 1)
    assert choice.is_time_to_look(5_000 + RETURN_AFTER_MS)
    assert not choice.is_time_to_look(5_000 + RETURN_AFTER_MS + 1)  # asked, and not there yet
    assert choice.ended() == 1 and choice.current == 0


def test_a_round_without_any_broker_makes_the_pause_longer():
    """With both brokers away the pauses grow as with one."""
    choice = BrokerChoice(2)
    assert [choice.ended() for _ in range(6)] == [0, 1, 0, 2, 0, 3]
    alone = BrokerChoice(1)
    assert [alone.ended() for _ in range(3)] == [1, 2, 3]
    alone.came_up(0)
    assert not alone.is_time_to_look(10 * RETURN_AFTER_MS)
