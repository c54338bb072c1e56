"""A step as words on the panel: the language's own, with day, time and number put in.  Pure; loaded when it changes."""

from firmware.core.wall_clock import local_time

# A day's parts begin at these minutes; the last goes on to midnight, and 23:00 is night again.
_PARTS_MIN = (0, 300, 660, 840, 1020)
_LATE_MIN = 1380
LARGE = 11  # so many characters of "3 tabletter" fit as a headline (ui/tests)


def words_of(language):
    """All words of one language.  ValueError if unknown."""
    if language == "nb":
        from firmware.refill.words.nb import WORDS
    elif language == "nn":
        from firmware.refill.words.nn import WORDS
    elif language == "se":
        from firmware.refill.words.se import WORDS
    elif language == "en":
        from firmware.refill.words.en import WORDS
    else:
        raise ValueError("no words in " + language)
    return WORDS


def lines_of(language, step, values=()):
    """The lines of a step.  values: ((mark, text), ...) to put in; see when() and how_many()."""
    text = words_of(language)[step]
    for mark, value in values:
        text = text.replace(mark, value)
    return text.split("\n")


def when(language, offsets, at_s, now_s):
    """The values that name an instant: "{day}" Tuesday, "{when}" today, "{part}" morning, "{time}" 08:00."""
    words = words_of(language)
    days, weekday, minute = local_time(at_s, now_s, _offset_s(offsets, at_s), _offset_s(offsets, now_s))
    day = words["days"].split("|")[weekday]
    part = 0
    for number, from_min in enumerate(_PARTS_MIN):
        part = number if from_min <= minute < _LATE_MIN else part
    near = words["tomorrow" if days else "today"] if days in (0, 1) else day
    return (
        ("{day}", day),
        ("{when}", near),
        ("{part}", words["parts"].split("|")[part]),
        ("{time}", "%02d:%02d" % divmod(minute, 60)),
    )


def how_many(language, many, kind):
    """The values that say how many tablets or pouches; kind: "pill" or "pouch".  Large, where that fits."""
    one, more = words_of(language)[kind].split("|")
    text = "%d %s" % (many, one if many == 1 else more)
    return (("{many}", text), ("{pills}", ("*" if len(text) <= LARGE else "") + text))


def _offset_s(offsets, at_s):
    offset_s = 0
    for from_s, value_s in offsets:
        if at_s >= from_s:
            offset_s = value_s
    return offset_s
