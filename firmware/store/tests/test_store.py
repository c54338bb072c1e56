"""Journal and settings on CPython and on MicroPython."""

from firmware.crypto.tests.both import both


@both("firmware.store.tests.journal_checks")
def test_journal(check, tmp_path):
    """Every promise of journal_checks.py holds on this interpreter."""
    check(str(tmp_path / "data" / "journal"))


@both("firmware.store.tests.settings_checks")
def test_settings(check, tmp_path):
    """Every promise of settings_checks.py holds on this interpreter."""
    check(str(tmp_path / "data" / "settings"))
