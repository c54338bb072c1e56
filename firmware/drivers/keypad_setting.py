"""Set the MPR121 up.  Loaded for that and dropped.

Source: MPR121 data sheet rev 4, register map: soft reset (0x80), thresholds (0x41 on), debounce (0x5B), filter (0x5C,
0x5D), automatic choice of charge current and time (0x7B to 0x7F; limits for 3.3 V as its formulas say), electrode
configuration (0x5E).  After the reset it is in stop mode, and only then may registers be written.
"""

from firmware.drivers.keypad import ADDRESS, ELECTRODES, RUNNING

_RESET, _RESET_KEY = 0x80, 0x63
_THRESHOLDS = 0x41
_DEBOUNCE = 0x5B
_AUTO = 0x7B
_BASELINE = 0x2B

_TOUCH, _RELEASE = 12, 6  # steps below the baseline; the data sheet's own example
# MHD, NHD, NCL, FDL for rising, falling, touched: NXP AN3944, the quick start's table.
_FILTER = b"\x01\x01\x0e\x00\x01\x05\x01\x00\x00\x00\x00"
# Upper, lower and target level for 3.3 V: (3.3 - 0.7) / 3.3 x 256 = 201, 65 % and 90 % of it (data sheet).
_LEVELS = b"\x0b\x00\xc9\x82\xb5"
# (debounce, filter).  A change counts after DR + 1 or DT + 1 readings in a row (0x5B: release in bits 4 to 6); a
# reading is SFI samples ESI apart (0x5D: SFI in bits 3 and 4, 0 is 4 samples; ESI 2^n ms in bits 0 to 2).
_SLOW = 0x70, 0x25  # every 4 x 32 ms; 8 readings until a release counts: told for 1.0 s longer
_QUICK = 0x30, 0x23  # every 4 x 8 ms; told for 0.13 s longer, which a collection or a flash erase may take


def set_up(i2c, quick):
    """Reset it and let it run.  Raises OSError when it does not answer."""
    debounce, filtering = _QUICK if quick else _SLOW
    _write(i2c, _RESET, bytes((_RESET_KEY,)))
    _write(i2c, _BASELINE, _FILTER)
    _write(i2c, _THRESHOLDS, bytes((_TOUCH, _RELEASE)) * 12)
    _write(i2c, _DEBOUNCE, bytes((debounce, 0x10, filtering)))  # 16 uA, until the chip has chosen
    _write(i2c, _AUTO, _LEVELS)
    _write(i2c, ELECTRODES, bytes((RUNNING,)))


def _write(i2c, register, data):
    i2c.writeto_mem(ADDRESS, register, data)
