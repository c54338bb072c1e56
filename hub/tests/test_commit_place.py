"""Where the outbox commits, by what the last commits cost."""

from hub.core.commit_place import PAUSE_MS, CommitPlace


def after(place, *commits_ms):
    for commit_ms in commits_ms:
        place.seen(commit_ms)
    return place.inline


def fast_place():
    place = CommitPlace()
    assert after(place, *[0.2] * 60)
    return place


def test_nothing_is_known_of_a_new_disk_so_the_loop_does_not_wait_for_it():
    """A hub that starts on a slow card stands still for none of its commits."""
    place = CommitPlace()
    assert not place.inline
    for _ in range(1_000):
        assert not after(place, 5.0)


def test_a_disk_that_has_shown_that_it_is_fast_is_waited_for():
    """After some fast commits the hub writes at once, without a thread in between."""
    assert after(CommitPlace(), *[0.3] * 60)


def test_one_late_commit_of_a_fast_disk_changes_nothing():
    """A busy machine is late now and then: the hub does not swing to and fro."""
    place = fast_place()
    for _ in range(50):
        assert after(place, 9.0, *[0.3] * 5)


def test_a_disk_that_becomes_slow_is_left_to_the_thread():
    """A card that wears out is noticed while the hub runs."""
    assert not after(fast_place(), *[5.0] * 30)


def test_one_long_pause_is_enough_and_each_next_trial_comes_later():
    """A card that stops to erase is not waited for twice in a row, and ever more rarely after that."""
    place, needed = fast_place(), []
    for _ in range(9):
        assert not after(place, PAUSE_MS)
        count = 0
        while not place.inline:
            place.seen(0.2)
            count += 1
        needed.append(count)
    assert needed == sorted(needed) and needed[-1] >= 4_000
