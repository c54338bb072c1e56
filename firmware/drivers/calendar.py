"""UTC seconds as the DS3231's seven time registers, and back.  Pure; loaded when the clock is read or set.

Source: Maxim DS3231 data sheet, "Timekeeping Registers" (table 1: 0x00 to 0x06 in BCD; hours bit 6 = 12-hour mode;
month bit 7 = century).
"""

_HOURS_12 = 0x40
_CENTURY = 0x80
_SECONDS_A_DAY = 86400
_FIRST_YEAR = 2000
_LAST_YEAR = 2099  # the chip's leap years are right up to 2100 (data sheet, general description)


def seconds_of(registers):
    """UTC seconds of the seven time registers, or None when they hold no time that set() could have written."""
    if registers[2] & _HOURS_12 or registers[5] & _CENTURY:
        return None
    second, minute, hour, _, day, month, year = [_from_bcd(value) for value in registers]
    if None in (second, minute, hour, day, month, year):
        return None
    year += _FIRST_YEAR
    if second > 59 or minute > 59 or hour > 23 or not 1 <= month <= 12:
        return None
    if not 1 <= day <= days_in_month(year, month):
        return None
    return days_since_1970(year, month, day) * _SECONDS_A_DAY + hour * 3600 + minute * 60 + second


def registers_of(utc_s):
    """The seven time registers of UTC seconds.  Raises ValueError outside the chip's years."""
    days, second_of_day = divmod(utc_s, _SECONDS_A_DAY)
    year, month, day = date_of(days)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError("the clock holds the years 2000 to 2099")
    weekday = (days + 3) % 7 + 1  # 1 = Monday; 1970-01-01 was a Thursday
    values = (
        second_of_day % 60,
        second_of_day // 60 % 60,
        second_of_day // 3600,
        weekday,
        day,
        month,
        year - _FIRST_YEAR,
    )
    return bytes([value // 10 << 4 | value % 10 for value in values])


def days_in_month(year, month):
    """28 to 31, in the Gregorian calendar."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def days_since_1970(year, month, day):
    """Days from 1970-01-01, proleptic Gregorian; years are counted from March so that leap days come last."""
    year -= month <= 2
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + day_of_year - 719468


def date_of(days):
    """(year, month, day) of days since 1970-01-01; the inverse of days_since_1970()."""
    days += 719468
    era, day_of_era = divmod(days, 146097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    march_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * march_month + 2) // 5 + 1
    month = march_month + 3 if march_month < 10 else march_month - 9
    return era * 400 + year_of_era + (month <= 2), month, day


def _from_bcd(value):
    """The number, or None when a digit is no digit."""
    high, low = value >> 4, value & 15
    return high * 10 + low if high <= 9 and low <= 9 else None
