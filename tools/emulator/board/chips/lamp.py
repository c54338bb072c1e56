"""The lamp in the button: PWM duty in, light in per mille out."""


class Lamp:
    def __init__(self, wiring, pin):
        self._wiring = wiring
        self._level = 0
        wiring.pwm(pin, self._changed)
        wiring.report("light", lambda: self._level)

    def _changed(self, hz, duty, t_us):
        level = (duty * 1000 + 32767) // 65535 if hz else 0
        if level != self._level:
            self._level = level
            self._wiring.emit("light", {"level": level})
