"""A dispenser that has lost the time."""

from hil_tests.auditor import NOTHING_WRONG, audit
from hil_tests.unit import WINDOW_S, Unit
from protocol.dose_events import CAUSE_UNTRUSTED_CLOCK


def test_without_the_time_nothing_is_released_and_words_say_so(unit: Unit):
    """Battery clock flat and no hub: no press opens the due dose; with the time back it is withheld, and shown so."""
    unit.load()
    unit.town.kill("hub")
    unit.device.cut_power()
    unit.device.ask("rtc", stopped=True)
    unit.device.power_on()
    before = unit.shows("Please wait")
    in_the_window_s = unit.doses[0]["due_s"] + 30
    unit.device.wait_for(lambda facts: facts["utc_s"] > in_the_window_s)
    unit.device.press()
    unit.device.wait_for(lambda facts: facts["utc_s"] > in_the_window_s + WINDOW_S)
    after = unit.shows("Please wait")
    assert (after["moves"], after["pills"], after["taken"]) == (before["moves"], {"1": 2}, [])

    unit.town.start_again("hub")
    unit.event("DoseWithheld", 1, cause=CAUSE_UNTRUSTED_CLOCK)
    unit.alarm(kind="withheld", condition="active")
    raised = [e["body"]["detail"] for e in unit.get("events") if e["name"] == "AlarmRaised"]
    assert raised.count("clock not set") == 2  # when it was new, and now
    assert "ReleaseIntended" not in unit.told(1)
    assert audit(unit) == NOTHING_WRONG
