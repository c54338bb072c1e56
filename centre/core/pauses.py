"""When a pause has lasted so long that somebody must look at it again.  Pure."""

# A filling is changed every 14 days in ordinary service (reference: Helsedirektoratet on multidose; Baerum fetched and
# filled the device every 14 days): after that, what lies in a paused device fits no plan any more (decision 14).
REMIND_EVERY_S = 14 * 86400


def must_be_told(since_s: int, told_s: int | None, now_s: int) -> bool:
    """True once in every 14 days of a pause.

    since_s: when it began.  told_s: when it was last told, for this pause or an older one.  UTC seconds since 1970.
    """
    periods = (now_s - since_s) // REMIND_EVERY_S
    return periods >= 1 and (told_s is None or told_s < since_s + periods * REMIND_EVERY_S)
