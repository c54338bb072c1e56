"""The patient's wall clock: an instant as day and minute.  For showing only; no dose is ever moved by it.  Pure."""


def local_time(at_s: int, now_s: int, offset_s: int, now_offset_s: int) -> tuple[int, int, int]:
    """(days from today, weekday 0 = Monday, minute of the day) of UTC `at_s`, in local time.

    offset_s and now_offset_s: local time minus UTC at those two instants, from the plan.
    """
    day, second_of_day = divmod(at_s + offset_s, 86400)
    today = (now_s + now_offset_s) // 86400
    return day - today, (day + 3) % 7, second_of_day // 60  # 1970-01-01 was a Thursday
