"""Turn wall-clock times into UTC instants, once, here: the device evaluates no calendar rule.  Pure.

Why here: docs/decisions/0002.  A local time that does not exist (spring) becomes the first instant after the
hole; a local time that comes twice (autumn) is taken once, the first.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def instant_s(day: date, at: time, zone: ZoneInfo) -> int:
    """UTC seconds of a local wall-clock time."""
    local = datetime.combine(day, at, tzinfo=zone)  # fold=0: the first of a doubled time
    exists = local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
    return int(local.timestamp()) if exists else _first_after_hole(local)


def _first_after_hole(local: datetime) -> int:
    """The change-over itself: the first instant whose offset is the one after the hole."""
    low = int((local - timedelta(hours=3)).timestamp())
    high = int((local + timedelta(hours=3)).timestamp())
    zone = local.tzinfo
    after = datetime.fromtimestamp(high, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high


def offsets(from_s: int, to_s: int, zone: ZoneInfo) -> list[list[int]]:
    """Offset changes for showing local time: [[from_s, offset_s], ...], the first one holds at from_s."""
    found = [[from_s, _offset_s(from_s, zone)]]
    hour_s = from_s - from_s % 3600  # IANA changes of the last decades fall on whole hours UTC
    while hour_s <= to_s:
        hour_s += 3600
        if _offset_s(hour_s, zone) != found[-1][1]:
            found.append([hour_s, _offset_s(hour_s, zone)])
    return found


def _offset_s(at_s: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def days_from(first: date, count: int) -> list[date]:
    """`count` days, the first included."""
    return [first + timedelta(days=number) for number in range(count)]
