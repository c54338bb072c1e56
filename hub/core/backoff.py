"""How long to wait before trying again.  Pure: the caller brings the dice."""

# A broker that comes back must not be met by every hub of a county in the same second, and a person who repairs a
# cable should not have to wait: 1 s to 60 s, spread over the upper half (design section 9).
FIRST_MS = 1_000
LIMIT_MS = 60_000


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
