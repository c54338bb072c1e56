"""Is the hub there?"""

from centre.core.presence import Patience, Presence, State, is_lost, on_heard, on_state

PATIENCE = Patience(lost_after_s=30, silent_after_s=180, listening_since_s=0)
BORN = on_state(Presence(), State(True, 5, "", 100), 1000)


def test_the_will_of_an_old_connection_is_ignored():
    """A last message of a connection that was already replaced does not declare the hub dead."""
    assert on_state(BORN, State(False, 4, "", 90), 1001) == BORN


def test_a_will_becomes_an_alarm_after_half_a_minute():
    """A hub that only restarts is no alarm; one that stays away for 30 s is."""
    gone = on_state(BORN, State(False, 5, "", 90), 1000)
    assert not is_lost(gone, 1029, PATIENCE)
    assert is_lost(gone, 1030, PATIENCE)
    back = on_state(gone, State(True, 6, "", 130), 1040)
    assert not is_lost(back, 5000, PATIENCE)


def test_silence_counts_for_a_hub_that_beats():
    """A hub that has promised to report and is silent for three minutes is lost."""
    beating = on_state(BORN, State(True, 5, "", 160), 1060)
    assert not is_lost(beating, 1240, PATIENCE)
    assert is_lost(beating, 1241, PATIENCE)
    assert not is_lost(on_heard(beating, 1200), 1241, PATIENCE)


def test_a_quiet_hub_that_never_promised_is_not_lost():
    """A hub that reports only when something happens may be silent all night."""
    assert not is_lost(BORN, 90_000, PATIENCE)
    told_twice = on_state(BORN, State(True, 5, "", 100), 1060)  # the broker repeats what it kept
    assert not is_lost(told_twice, 90_000, PATIENCE)


def test_our_own_deafness_is_not_the_hubs_silence():
    """When the centre itself was cut off, it first listens before it calls hubs lost."""
    beating = on_state(BORN, State(True, 5, "", 160), 1060)
    assert not is_lost(beating, 9000, Patience(30, 180, listening_since_s=8900))


def test_a_hub_that_was_never_there_is_being_installed():
    """A registered hub that has not yet been connected is no alarm."""
    assert not is_lost(Presence(), 10_000, PATIENCE)
