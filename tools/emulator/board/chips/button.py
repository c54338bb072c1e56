"""The button: contacts that close to ground, and bounce."""

BOUNCE_US = (0, 700, 1500)  # contacts close, open and close again


class Button:
    def __init__(self, wiring, clock, pin):
        self._clock = clock
        self._line = wiring.input(pin, 1)
        wiring.command("press", self._press)

    def _after(self, us, level):
        self._clock.call_at(self._clock.now_us() + us, lambda: self._line.set(level))

    def _press(self, request):
        hold_us = request.get("ms", 150) * 1000
        if hold_us < 20_000:
            raise ValueError("A press shorter than 20 ms does not close the contacts; give at least 20.")
        for at_us in BOUNCE_US:
            self._after(at_us, 0)
            self._after(at_us + 300, 1)
            self._after(hold_us + at_us, 0)
            self._after(hold_us + at_us + 300, 1)
        self._after(BOUNCE_US[-1] + 600, 0)
        self._after(hold_us + BOUNCE_US[-1] + 600, 1)
