"""The keystore on CPython and on MicroPython."""

from firmware.crypto.tests.both import both


@both("firmware.crypto.tests.keystore_checks")
def test_keystore(check, tmp_path):
    """Every promise of keystore_checks.py holds on this interpreter."""
    check(str(tmp_path / "data" / "settings"))
