"""Bench requests that every board answers, and the dispatch to those its chips answer."""

import gc


class Bench:
    """on_power: False in the process that only keeps the mechanics going while the power is off."""

    def __init__(self, clock, wiring, control, flash, on_power):
        self._clock = clock
        self._wiring = wiring
        self._control = control
        self._flash = flash
        self._on_power = on_power
        wiring.command("read", self._read)
        wiring.command("ping", lambda request: None)
        wiring.command("heap", self._heap)
        wiring.command("end", self._end)
        wiring.command("hold", lambda request: clock.set_hold(request["hold_us"]))
        wiring.command("pace", self._pace)
        wiring.command("interrupt", self._interrupt)
        wiring.command("cut_at_flash_write", self._cut_at)

    def handle(self, request):
        """Work on one request, now or at its `at_ms`."""
        at_ms = request.get("at_ms")
        if isinstance(at_ms, int) and at_ms * 1000 > self._clock.now_us():
            self._clock.call_at(at_ms * 1000, lambda: self._do(request))
        else:
            self._do(request)

    def _do(self, request):
        answer = {"id": request.get("id"), "ok": True}
        try:
            answer.update(self._command(request)(request) or {})
        except ValueError as refused:
            answer = self._refusal(request, str(refused))
        except KeyError as missing:
            answer = self._refusal(
                request, "'%s' needs the field '%s'." % (request.get("do"), missing.args[0])
            )
        except (TypeError, AttributeError) as wrong:
            answer = self._refusal(
                request, "A field of '%s' is of the wrong kind: %s." % (request.get("do"), wrong)
            )
        answer["t_us"] = self._clock.now_us()
        self._control.send(answer)

    def _refusal(self, request, sentence):
        return {"id": request.get("id"), "ok": False, "error": sentence}

    def _command(self, request):
        command = self._wiring.commands.get(request.get("do"))
        if command is None:
            hidden = ("ping", "end", "hold", "pace", "interrupt")
            known = ", ".join(sorted(name for name in self._wiring.commands if name not in hidden))
            raise ValueError("This board does not know '%s'; it knows %s." % (request.get("do"), known))
        return command

    def _read(self, request):
        clock = self._clock
        facts = {name: report() for name, report in self._wiring.reports.items()}
        facts["utc_s"] = clock.utc_us() // 1_000_000
        facts["uptime_ms"] = (clock.now_us() - clock.boot_us) // 1000 if self._on_power else 0
        facts["behind_ms"] = clock.behind_us() // 1000
        facts["flash_writes"] = self._flash.writes if self._flash else 0
        return facts

    def _heap(self, request):
        gc.collect()
        return {"free": gc.mem_free(), "alive": gc.mem_alloc()}

    def _end(self, request):
        self._control.end(request["reason"], self._clock.now_us())

    def _pace(self, request):
        self._clock.set_pace(request["rate_milli"], request["base_us"], request["base_real_us"])

    def _interrupt(self, request):
        self._clock.interrupt_program(
            request["until_real_us"], lambda: self._control.send({"interrupted": True})
        )

    def _cut_at(self, request):
        self._flash.cut_at(request["n"], bool(request.get("torn")))
