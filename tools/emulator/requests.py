"""What the bench may ask: what the supervisor answers itself, and what it hands on to the board."""

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tools.emulator.bad_line import Noise
from tools.emulator.bench_server import Connection, Request

if TYPE_CHECKING:
    from tools.emulator.supervisor import Supervisor

Facts = dict[str, Any]
Own = Callable[[Request], Facts | None]
NOISE_FIELDS = ("seed", "flip", "drop", "dup", "split", "stall")
ADDRESS_FIELDS = ("id", "do", "at_ms")


class Requests:
    def __init__(self, supervisor: "Supervisor") -> None:
        self._supervisor = supervisor
        self._next_id = 1
        self._waiting: dict[int, Callable[[Facts], None]] = {}
        self._runs: list[tuple[int, Connection, Request]] = []
        self._own: dict[str, Own] = {
            "cable": self._cable,
            "usb": lambda request: self._supervisor.usb.plug(bool(request["in"])),
            "line": self._line,
            "screen": self._screen,
            "bootsel": lambda request: self._supervisor.enter_bootsel(),
        }

    def handle(self, connection: Connection, request: Request) -> None:
        """Raises ValueError with a sentence, KeyError for a missing field."""
        do = request["do"]
        if do == "watch":
            connection.watching = bool(request.get("on", True))
            connection.answer(request)
        elif do == "run":
            self._run(connection, request)
        elif do == "power":
            self._power(connection, request)
        elif do in self._own:
            self._do_own(connection, request, self._own[do])
        elif "at_ms" in request:
            self._later(connection, request)
        elif do == "cut_at_flash_write" and not self._supervisor.powered:
            self._supervisor.planned_cut = {"n": request["n"], "torn": bool(request.get("torn"))}
            connection.answer(request)
        elif do == "read":
            self._hand_on(request, lambda answer: self._answer(connection, request, self._completed(answer)))
        else:
            self._hand_on(request, lambda answer: self._answer(connection, request, answer))

    def answered(self, message: Facts) -> None:
        """The board answered."""
        waiting = self._waiting.pop(message.get("id", 0), None)
        if waiting:
            waiting(message)

    def held(self, held_us: int) -> None:
        """The board stands still: the runs that wanted to come this far are done."""
        done = [run for run in self._runs if run[0] <= held_us]
        self._runs = [run for run in self._runs if run[0] > held_us]
        for _, connection, request in done:
            connection.answer(request, {"t_ms": held_us // 1000})

    def died(self) -> None:
        """The board went without answering."""
        waiting, self._waiting = self._waiting, {}
        for tell in waiting.values():
            tell({"ok": False, "error": "The board lost its power before it could answer; ask again."})

    def _hand_on(self, request: Request, done: Callable[[Facts], None]) -> None:
        process = self._supervisor.process
        if process is None:
            raise ValueError("The board is not started yet; ask again.")
        number, self._next_id = self._next_id, self._next_id + 1
        self._waiting[number] = done
        process.send({**request, "id": number})
        process.wake()

    def _answer(self, connection: Connection, request: Request, answer: Facts) -> None:
        answer.pop("t_us", None)
        connection.send({**answer, "id": request.get("id")})

    def _completed(self, answer: Facts) -> Facts:
        return {**self._supervisor.facts(), **answer} if answer["ok"] else answer

    def _do_own(self, connection: Connection, request: Request, own: Own) -> None:
        if "at_ms" not in request:
            connection.answer(request, own(request))
            return

        def done(answer: Facts) -> None:
            own(request)

        self._hand_on({"do": "ping", "at_ms": request["at_ms"]}, done)
        connection.answer(request)

    def _later(self, connection: Connection, request: Request) -> None:
        """Answered at once; what is refused when its time has come is an event."""

        def done(answer: Facts) -> None:
            if not answer["ok"]:
                self._supervisor.tell("refused", {"do": request["do"], "error": answer["error"]})

        self._hand_on(request, done)
        connection.answer(request)

    def _power(self, connection: Connection, request: Request) -> None:
        on, supervisor = bool(request["on"]), self._supervisor
        if on == supervisor.powered:
            connection.answer(request)
        elif "at_ms" in request or not supervisor.pace.rate_milli:
            end = {"do": "end", "reason": "power_on" if on else "power_cut", "at_ms": request.get("at_ms", 0)}
            if "at_ms" in request:
                self._hand_on(end, lambda answer: None)
                connection.answer(request)
            else:  # its answer is its death
                self._hand_on(end, lambda answer: connection.answer(request))
        else:
            supervisor.power_on() if on else supervisor.power_off("power_cut")
            connection.answer(request)

    def _run(self, connection: Connection, request: Request) -> None:
        """Let the world go on: for_ms, until_ms (both virtual), or for ever; at another rate if one is given."""
        supervisor, pace = self._supervisor, self._supervisor.pace
        stood_still = supervisor.hold_us >= 0
        start_us = pace.last_us() if stood_still else pace.now_us()
        if "for_ms" in request:
            supervisor.hold_us = start_us + int(request["for_ms"]) * 1000
        else:
            supervisor.hold_us = int(request["until_ms"]) * 1000 if "until_ms" in request else -1
        if stood_still or "rate" in request:
            pace.change(request.get("rate", pace.rate_milli / 1000), start_us)
            self._hand_on({"do": "pace", **pace.facts()}, lambda answer: None)
        supervisor.move_serial()  # what the hub has sent comes before the time that now passes
        hold_us = supervisor.hold_us if supervisor.hold_us >= 0 else 1 << 61
        if supervisor.hold_us >= 0:
            self._runs.append((hold_us, connection, request))
        else:
            connection.answer(request)
        self._hand_on({"do": "hold", "hold_us": hold_us}, lambda answer: None)

    def _cable(self, request: Request) -> None:
        if request["in"]:
            self._supervisor.relay.plug()
        else:
            self._supervisor.relay.pull()

    def _line(self, request: Request) -> None:
        fields = {name: value for name, value in request.items() if name not in ADDRESS_FIELDS}
        unknown = sorted(fields.keys() - set(NOISE_FIELDS))
        if unknown:
            raise ValueError(
                f"'line' does not know {', '.join(unknown)}; it knows {', '.join(NOISE_FIELDS)}."
            )
        self._supervisor.relay.set_noise(Noise(**fields))

    def _screen(self, request: Request) -> Facts:
        return {"png": base64.b64encode(self._supervisor.seen.screen_png()).decode()}
