"""When a lost way to the centre is shown at home."""

from firmware.core import alarms
from firmware.core.contact import LOST_MS, Contact
from firmware.core.signals import CHIME_MS, FLAP_MS, LOW, MEDIUM, NONE, Signals

NO_CONTACT = ((alarms.NO_CONTACT, ""),)


def test_it_is_lost_after_half_a_minute_and_back_at_once():
    """A hub that starts anew in 29 s is never missed; one that is away for 30 s is, until it speaks again."""
    contact = Contact(0)
    contact.look(True, 5000)
    contact.look(False, 5000 + LOST_MS - 1)
    assert not contact.lost(5000 + LOST_MS - 1)
    assert contact.lost(5000 + LOST_MS)
    contact.look(True, 5000 + LOST_MS)
    assert not contact.lost(5000 + LOST_MS)


def test_a_way_that_comes_and_goes_sounds_once_an_hour():
    """A bad line, lost and back every two minutes for three hours: three soft tones, not ninety."""
    signals, heard = Signals(), []
    for at_ms in range(0, 3 * FLAP_MS, 120_000):
        heard.append(signals.now(NO_CONTACT, (), False, at_ms).sound)
        assert signals.now(NO_CONTACT, (), False, at_ms + CHIME_MS).sound == NONE
        assert signals.now((), (), False, at_ms + 60_000).sound == NONE
    assert heard.count(LOW) == 3 and heard.count(NONE) == len(heard) - 3


def test_another_alarm_sounds_whatever_the_line_does():
    """Contact was lost and heard a minute ago; lost anew together with an open lid, the lid is heard."""
    signals = Signals()
    signals.now(NO_CONTACT, (), False, 0)
    signals.now((), (), False, 30_000)
    both = (*NO_CONTACT, (alarms.LID_OPEN, ""))
    assert signals.now(both, (), False, 60_000).sound == MEDIUM


def test_at_night_it_is_only_seen():
    """In quiet hours nothing sounds; in the morning it is not told as news."""
    signals = Signals()
    night = signals.now(NO_CONTACT, (), True, 0)
    assert (night.light, night.sound) == (LOW, NONE)
    assert signals.now(NO_CONTACT, (), False, CHIME_MS).sound == NONE
