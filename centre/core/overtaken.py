"""Events may come in another order than they happened: an alarm overtakes what waits.  Of one cause the newest word
stands.  Pure.
"""

from collections.abc import Sequence

from centre.core.rules import COUNTED, Clear, Raise, Signal


def to_tell(news: Signal, later: Sequence[Signal]) -> list[Signal]:
    """What the board must hear of `news`, when `later` came before it and happened after it, in that order.

    An end that is older than the next beginning ends nothing; a beginning whose end is known is told with its end.
    What comes and goes with other words under one cause ends by its words: the newest must be the row's.
    """
    if not isinstance(news, Raise | Clear):
        return [news]
    words = [word for word in later if isinstance(word, Raise | Clear) and _concerns(word, news)]
    if not words:
        return [news]
    if isinstance(news, Raise):
        newest = words[-1]
        return [news] if isinstance(newest, Raise) and newest.code not in COUNTED else [news, newest]
    return [news] if isinstance(words[-1], Clear) else []


def _concerns(word: Raise | Clear, news: Raise | Clear) -> bool:
    return word.device_id == news.device_id and (_covers(word, news) or _covers(news, word))


def _covers(one: Raise | Clear, other: Raise | Clear) -> bool:
    if one.cause == other.cause:
        return True
    return isinstance(one, Clear) and one.every_detail and other.cause.startswith(one.cause + ":")
