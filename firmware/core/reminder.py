"""How far a reminder has grown: elapsed share of the window in, stage out.  Pure.

Default timeline for a 60 min window: light and soft tone at once, louder after 5 min, the relative's note
after 15 min, the pre-alarm after 30 min while the dose can still be rescued.
"""

# (per mille of the window, stage); 83 per mille of 60 min is 5 min
DEFAULT = ((0, 1), (83, 2), (250, 3), (500, 4))

# Half the window: the response centre is told while somebody can still ring the patient.
PRE_ALARM_PER_MILLE = 500


def elapsed_per_mille(elapsed_s: int, window_s: int) -> int:
    """Share of the window that has gone, 0 to 1000; window_s > 0."""
    return min(1000, max(0, elapsed_s * 1000 // window_s))


def reached(profile: tuple[tuple[int, int], ...], elapsed_s: int, window_s: int) -> tuple[int, bool]:
    """Return (stage, is the pre-alarm due).  An empty profile means DEFAULT; stage 0: not yet."""
    gone = elapsed_per_mille(elapsed_s, window_s)
    stage = 0
    for at_per_mille, next_stage in profile or DEFAULT:
        if gone >= at_per_mille:
            stage = max(stage, next_stage)
    return stage, gone >= PRE_ALARM_PER_MILLE


def next_change_s(profile: tuple[tuple[int, int], ...], elapsed_s: int, window_s: int) -> int:
    """Seconds from the due time of the next change: a stage, the pre-alarm, or the window's end."""
    marks = [at for at, _ in profile or DEFAULT] + [PRE_ALARM_PER_MILLE, 1000]
    times = [-(-at * window_s // 1000) for at in marks]  # rounded up: never early
    return min([at_s for at_s in times if at_s > elapsed_s] or [window_s])
