"""DS3231 at register level.  It runs on its battery: its distance to true time lives in the world.

Data sheet: time in registers 0x00..0x06 (BCD), control 0x0E (0x1C at power-up), status 0x0F (OSF set at first power-up,
EN32kHz set).  A write to the seconds restarts the second.  The month register's bit 7 toggles after the year 99.
Modelled in 24-hour mode only; the alarms keep what is written and never fire.
"""

FIRST_S = 946_684_800  # 2000-01-01, what the registers hold at first power-up
MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Ds3231:
    def __init__(self, world, clock):
        self._world = world
        self._clock = clock
        self._pointer = 0
        world.number("rtc_ahead_us", FIRST_S * 1_000_000 - clock.utc_us())
        world.number("rtc_osf", 1)
        self._others = world.block("rtc_others", 19, bytes(14) + bytes((0x1C, 0x08)))

    def disturb(self, request):
        """stopped: the battery was flat for a while.  ahead_s: it has run away from true time, or stayed behind."""
        if request.get("stopped"):
            self._world["rtc_osf"] = 1
        if "ahead_s" in request:
            self._world["rtc_ahead_us"] = request["ahead_s"] * 1_000_000

    def write(self, data, stop):
        if data:
            self._pointer = data[0] % 19
        if len(data) < 2:
            return
        time = self._time()
        timed = False
        for value in data[1:]:
            if self._pointer < 7:
                time[self._pointer] = value
                timed = True
            elif self._pointer == 0x0F:
                if not value & 0x80:
                    self._world.set("rtc_osf", 0)  # the flag can be cleared, never set
                self._others[0x0F] = value & 0x08
            else:
                self._others[self._pointer] = value
            self._pointer = (self._pointer + 1) % 19
        if timed:
            self._world.set("rtc_ahead_us", seconds(time) * 1_000_000 - self._clock.utc_us())
        self._world.save()

    def read(self, n):
        time = self._time()
        answer = bytearray(n)
        for i in range(n):
            address = self._pointer
            if address < 7:
                answer[i] = time[address]
            else:
                answer[i] = self._others[address] | (
                    0x80 if address == 0x0F and self._world["rtc_osf"] else 0
                )
            self._pointer = (address + 1) % 19
        return bytes(answer)

    def _time(self):
        return registers((self._clock.utc_us() + self._world["rtc_ahead_us"]) // 1_000_000)


def bcd(number):
    return number // 10 * 16 + number % 10


def month_days(year, month):
    return MONTHS[month - 1] + (1 if month == 2 and year % 4 == 0 else 0)  # the chip knows no other rule


def registers(total_s):
    """Count the calendar up from 2000, as the chip does."""
    days, rest = divmod(total_s - FIRST_S, 86400)
    weekday = (days + 5) % 7 + 1  # 2000-01-01 was a Saturday; the chip only counts on from what was set
    year = days // 1461 * 4
    days %= 1461
    while days >= 365 + (year % 4 == 0):
        days -= 365 + (year % 4 == 0)
        year += 1
    month = 1
    while days >= month_days(year, month):
        days -= month_days(year, month)
        month += 1
    century = 0x80 if year // 100 % 2 else 0
    return [bcd(rest % 60), bcd(rest // 60 % 60), bcd(rest // 3600), weekday,
            bcd(days + 1), bcd(month) | century, bcd(year % 100)]  # fmt: skip


def seconds(time):
    """The other way; digits that are none count as they stand."""
    second, minute, hour, _, day, month, year = [(value >> 4) * 10 + value % 16 for value in time]
    month = min(12, max(1, month % 80))
    days = year * 365 + (year + 3) // 4 + day - 1
    for earlier in range(1, month):
        days += month_days(year, earlier)
    return FIRST_S + days * 86400 + hour * 3600 + minute * 60 + second
