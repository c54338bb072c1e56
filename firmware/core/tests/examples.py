"""How many examples hypothesis looks at."""

from hypothesis import settings

USUAL = 100  # of hypothesis's own profile; a profile with fewer (conftest.py) makes every number here smaller


def examples(number: int, **more: object) -> settings:
    """Settings for a test that looks at so many examples, or at a share of them when time is short."""
    return settings(max_examples=max(5, number * settings().max_examples // USUAL), deadline=None, **more)
