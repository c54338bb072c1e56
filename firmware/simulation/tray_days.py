"""Days that only a tray can have."""

from firmware.simulation.day_pieces import HOUR, MINUTE, START_S, Day, begin, dose, dose_id, press_and_take
from firmware.simulation.media import TRAY
from protocol.care_commands import AuthoriseRelease
from protocol.dose_events import RELEASE_LATE


def _jam():
    doses = (dose(1, 10 * MINUTE), dose(2, 80 * MINUTE), dose(3, 150 * MINUTE), dose(28, 220 * MINUTE))
    acts = begin(TRAY, *doses) + [(9 * MINUTE, "fault", "stall")] + press_and_take(11 * MINUTE)
    acts += [(30 * MINUTE, "mend", "stall")]
    acts += [(79 * MINUTE, "fault", "shutter stuck")] + press_and_take(81 * MINUTE)
    acts += [
        (100 * MINUTE, "mend", "shutter stuck"),
        (151 * MINUTE, "press"),
        (151 * MINUTE + 15, "hand", 700_000),
    ]
    acts += [(219 * MINUTE, "turn", 2)] + press_and_take(221 * MINUTE) + press_and_take(223 * MINUTE)
    return Day(TRAY, "jam", acts, 5 * HOUR)


def _late():
    doses = [dose(1, 10 * MINUTE, late_s=2 * HOUR), dose(2, 5 * HOUR, late_s=2 * HOUR)]
    first = AuthoriseRelease([dose_id(1)], RELEASE_LATE, START_S + 80 * MINUTE)
    second = AuthoriseRelease([dose_id(2)], RELEASE_LATE, START_S + 6 * HOUR + 30 * MINUTE)
    again = AuthoriseRelease([dose_id(1)], RELEASE_LATE, START_S + 100 * MINUTE)
    acts = begin(TRAY, *doses) + [(45 * MINUTE, "press"), (50 * MINUTE, "order", first)]
    acts += press_and_take(52 * MINUTE) + [(54 * MINUTE, "press"), (60 * MINUTE, "order", again)]
    acts += press_and_take(62 * MINUTE) + [(5 * HOUR + 40 * MINUTE, "order", second)]
    acts += [
        (5 * HOUR + 45 * MINUTE, "press"),
        (6 * HOUR + 40 * MINUTE, "press"),
    ]  # the second lies there untaken
    return Day(TRAY, "late-authorised", acts, 7 * HOUR + 30 * MINUTE)


def _blind():
    doses = [dose(1, 10 * MINUTE), dose(2, HOUR)]
    acts = begin(TRAY, *doses) + [(9 * MINUTE, "fault", "beam dirty"), (11 * MINUTE, "press")]
    acts += [(11 * MINUTE + 15, "hand"), (14 * MINUTE, "mend", "beam dirty")] + press_and_take(HOUR + 60)
    return Day(TRAY, "blind beam", acts, 2 * HOUR)


TRAY_DAYS = (_jam(), _late(), _blind())
