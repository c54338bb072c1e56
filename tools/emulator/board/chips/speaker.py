"""Speaker behind its class-D amplifier: PWM in, tone on/off and pitch out.  Below 20 Hz nobody hears anything."""


class Speaker:
    def __init__(self, wiring, pin):
        self._wiring = wiring
        self._tone = {"on": False, "hz": 0}
        wiring.pwm(pin, self._changed)
        wiring.report("tone", lambda: self._tone)

    def _changed(self, hz, duty, t_us):
        on = hz >= 20 and 0 < duty < 65535
        tone = {"on": on, "hz": hz if on else 0}
        if tone != self._tone:
            self._tone = tone
            self._wiring.emit("tone", tone)
