"""When each alarm begins and when it ends, one sentence each, to hold the core's alarms against."""

from firmware.core import alarm_changes, alarms

LEANS, UPSIDE_DOWN = (alarms.TILTED, alarms.LEANING), (alarms.TILTED, alarms.UPSIDE_DOWN)
OVERTURNED = alarms.TILTED, alarms.OVERTURNED
BREAK_IN = alarms.BREAK_IN, alarms.FORCED
LID, MAINS, LOW, SPENT = [
    (code, "") for code in (alarms.LID_OPEN, alarms.NO_MAINS, alarms.BATTERY_LOW, alarms.BATTERY_SPENT)
]
GAUGE, SENSOR = (alarms.TECHNICAL, alarms.GAUGE), (alarms.TECHNICAL, alarms.TILT_SENSOR)
BEAM = alarms.TECHNICAL, alarms.BEAM
DRAWER = alarms.DRAWER, alarm_changes.NOT_EMPTIED
UNFINISHED, BY_HAND, OPENED = [
    (alarms.ROLL_HANDLED, words)
    for words in (alarm_changes.NOT_FINISHED, alarm_changes.BY_HAND, alarm_changes.OPENED)
]
NEARLY, FULL = (alarms.CHAMBER, alarms.NEARLY_FULL), (alarms.CHAMBER, alarm_changes.CHAMBER_FULL)
EMPTY, NO_PLAN, LOST = (alarms.EMPTY, ""), (alarms.NO_PLAN, ""), (alarms.NO_PLAN, alarms.STORAGE)


class AlarmModel:
    """on: the alarms that stand.  seen: codes that a person has acknowledged since they were raised."""

    def __init__(self):
        self.on, self.seen = set(), set()

    def look(self, facts, filled_anew):
        """Whatever begins stands; what stands and ends is over; everything else stays as it was."""
        begins, ends = set(), set()
        for row, begin, end in self.sentences(facts, filled_anew):
            if begin:
                begins.add(row)
            elif end:
                ends.add(row)
        self.seen -= {code for code, detail in begins - self.on}
        self.on = (self.on | begins) - ends
        self.seen &= {code for code, _ in self.on}

    def acknowledge(self, code):
        if code in {each for each, _ in self.on}:
            self.seen.add(code)

    def sentences(self, now, filled_anew):
        """(alarm, it begins, it ends)"""
        known = now.angle_deg is not None
        hangs = known and now.angle_deg > 120
        yield UPSIDE_DOWN, hangs, known
        yield LEANS, known and not hangs and now.tilted_ms >= 5_000, known
        stood_up = known and not hangs and (now.overturned or UPSIDE_DOWN in self.on)
        yield OVERTURNED, stood_up, alarms.TILTED in self.seen or filled_anew
        yield SENSOR, not known and now.tilt_silent_ms > 60_000, True
        yield BREAK_IN, now.forced, alarms.BREAK_IN in self.seen
        filling = now.filling_ms > 0
        yield LID, now.filling_ms > 30 * 60_000 if filling else now.lid_open_ms > 5 * 60_000, True
        yield MAINS, now.no_mains_ms > 60_000, True
        cell = now.battery_per_mille
        unplugged = now.no_mains_ms > 0 and cell is not None
        yield LOW, unplugged and cell < 200, not unplugged or cell >= 250
        yield SPENT, now.spent, True
        yield GAUGE, now.gauge_silent_ms > 60_000, True
        yield DRAWER if now.is_roll else BEAM, now.beam_ms > 60_000, True
        yield UNFINISHED, now.unfinished, True
        yield BY_HAND, now.vouched, alarms.ROLL_HANDLED in self.seen
        yield OPENED, now.opened, alarms.ROLL_HANDLED in self.seen
        yield FULL, now.chamber_full, True
        yield NEARLY, now.chamber_low and not now.chamber_full, True
        yield LOST, now.plan_lost, True
        yield NO_PLAN, not now.plan_lost and now.no_plan_ms > 3_600_000, True
        there = not now.plan_lost and now.no_plan_ms <= 3_600_000
        yield EMPTY, there and now.empty, True
        yield from self.low_stock(now, there and not now.empty and now.days_left is not None)

    def low_stock(self, now, low):
        """Said in the day, anew with each smaller number, until somebody has seen it."""
        said = {row for row in self.on if row[0] == alarms.LOW_STOCK}
        left_alone = bool(said) and alarms.LOW_STOCK in self.seen
        today = alarms.LOW_STOCK, f"{now.days_left} days left"
        speak = low and now.humane and not left_alone
        for row in said | {today}:
            yield row, speak and row == today, not low or (speak and row != today)
