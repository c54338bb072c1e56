"""How long to wait before trying again.  Pure: the caller brings the dice."""

# A broker that comes back must not be met by every hub of a county in the same second, and a person who repairs a
# cable should not have to wait: 1 s to 60 s, spread over the upper half.
FIRST_MS = 1_000
LIMIT_MS = 60_000

# A broker that is only started anew is away for seconds: in the first eight or so the hub asks often enough to be back
# within 2 s of it, and even so a county's hubs spread over three quarters of a second.
QUICK_TRIES = 6
QUICK_MS = 1_500


def delay_ms(failures: int, dice_per_mille: int, first_ms: int = FIRST_MS, limit_ms: int = LIMIT_MS) -> int:
    """Milliseconds to wait after so many failures in a row.

    failures: 1 after the first failure; 0 means nothing failed and gives 0.
    dice_per_mille: 0 to 1000, random; spreads the result over the upper half of the step.
    """
    if failures <= 0:
        return 0
    step_ms = min(
        limit_ms, first_ms << min(failures - 1, 30)
    )  # 30: the shift stays small, the limit came long before
    return step_ms // 2 + (step_ms - step_ms // 2) * dice_per_mille // 1000


def broker_delay_ms(failures: int, dice_per_mille: int) -> int:
    """The same for the way to the centre: QUICK_TRIES short pauses first, then 3 s, 6 s ... to a minute."""
    if failures <= QUICK_TRIES:
        return delay_ms(min(failures, 1), dice_per_mille, FIRST_MS if failures == 1 else QUICK_MS)
    return delay_ms(failures - QUICK_TRIES + 1, dice_per_mille, QUICK_MS)
