"""The dispenser's own memory of what happened: trimmed when receipted, and honest about what it lost."""

from hil_tests.auditor import NOTHING_WRONG, audit
from hil_tests.flash_image import journal_now, shorten_journal, spoil_journal
from hil_tests.unit import Unit


def test_receipts_let_the_dispenser_forget(unit: Unit):
    """What the centre has receipted is trimmed from the journal, and nothing else is."""
    unit.load()
    unit.event("DoseMissed", 1)

    def trimmed():
        journal = journal_now(unit.device.folder / "flash.bin")
        return journal if journal and journal["held"] and journal["held"][0][0] > 1 else None

    unit.wait_until(trimmed, "a trimmed journal")
    assert audit(unit) == NOTHING_WRONG


def test_a_spoilt_journal_is_reported_and_dosing_goes_on(unit: Unit):
    """While the power is off, bytes of a journal file go bad: the board says so, and the next dose is given."""
    unit.load()
    unit.device.cut_power()
    spoil_journal(unit.device.folder / "flash.bin")
    unit.device.power_on()
    unit.alarm(kind="journal_damaged", condition="active", owner="technician")
    goes_on(unit)


def test_a_truncated_journal_is_reported_and_dosing_goes_on(unit: Unit):
    """While the power is off, the end of the journal goes: the board says so, and the next dose is given."""
    unit.load()
    unit.device.cut_power()
    shorten_journal(unit.device.folder / "flash.bin", 20)
    unit.device.power_on()
    unit.event("AlarmRaised", detail="journal damaged")
    unit.alarm(kind="journal_damaged", condition="active", owner="technician")
    goes_on(unit)


def goes_on(unit: Unit) -> None:
    """The dose of the plan in force is offered and taken."""
    unit.event("DoseDue", 1)
    unit.press_and_take(1)
    unit.event("DoseTaken", 1)
    unit.sees(position=0)
    # The device says how many numbers can have been used and lost; what the centre lacks is among them.
    told = unit.event("JournalDamaged")["body"]["lost"]
    findings = audit(unit, told)
    assert (findings.doubled, findings.in_order, findings.same_history) == (0, True, True)
    assert findings.lost <= told
