"""Owns one virtual dispenser: its process, its power, its cable, its bench channel.  Runs in one thread."""

import contextlib
import selectors
import socket
from collections.abc import Callable
from typing import Any

from tools.emulator.alive import Alive
from tools.emulator.bench_server import BenchServer
from tools.emulator.bootsel import NAME, BootselDrive
from tools.emulator.build import build_board
from tools.emulator.pace import Pace
from tools.emulator.process import Process
from tools.emulator.requests import Requests
from tools.emulator.seen import Seen
from tools.emulator.serial_relay import SerialRelay
from tools.emulator.settings import BoardError, Settings, compiled
from tools.emulator.usb_port import UsbPort
from tools.emulator.usb_relay import UsbRelay

CAUSE_POWER_ON, CAUSE_WATCHDOG = 1, 3  # machine.reset_cause() of the rp2 port
SOFT_RESET = "soft_reset"
RESTARTS = {"watchdog": CAUSE_WATCHDOG, "reset": CAUSE_WATCHDOG, SOFT_RESET: CAUSE_POWER_ON}
PROMPT_LOOK_S = 0.02  # how often a board that waits at its prompt looks up
DRIVE_LOOK_S = 0.05  # how often a drive in BOOTSEL mode is looked at
NEVER = -1


class Supervisor:
    def __init__(self, settings: Settings, pace: Pace) -> None:
        """Compile what is new and open port and bench; the power comes with run().  Raises BuildError, OSError."""
        self.settings = settings
        self.pace = pace
        self.boots = 0
        self.heap: dict[str, int | None] = {"heap_free": None, "heap_board": None}
        self._alive = Alive(settings.hung_s)
        self.planned_cut: dict[str, Any] | None = None
        self.hold_us = 0 if settings.hold else NEVER
        self.seen = Seen(settings.folder)
        self._board = build_board()
        self._code = {} if settings.stock else compiled(settings.firmware, settings.model)
        self._selector = selectors.DefaultSelector()
        self.usb = UsbRelay(
            UsbPort(settings.usb_ports()), settings.folder / "console.log", self._selector, settings.stock
        )
        self._stopping = False
        self._wake, self._waker = socket.socketpair()
        self._selector.register(self._wake, selectors.EVENT_READ, lambda: None)
        self.drive = BootselDrive(settings.folder / NAME, settings.bootsel_link())
        self.relay = SerialRelay(settings.port_link, pace, self._selector)
        self.requests = Requests(self)
        self.bench = BenchServer(settings.bench, self._selector, self.requests.handle)
        try:
            self.relay.plug()
        except OSError:
            self.bench.close()
            raise
        self.process: Process | None = None

    def let_in(self) -> None:
        """Hear who is there before the power comes, so that they miss nothing of it: let in first, then listened to."""
        self._serve(0.0)
        self._serve(0.0)

    def run(self) -> None:
        """Power on, and serve until stop().  Leaves no process, port or socket behind."""
        try:
            self.power_on(CAUSE_POWER_ON)
            while not self._stopping:
                self._turn()
        finally:
            self._close()

    def stop(self) -> None:
        """May be called from another thread or a signal handler."""
        self._stopping = True
        with contextlib.suppress(OSError):  # it has ended by itself
            self._waker.send(b"x")

    # power

    def now_us(self) -> int:
        """The world's instant, which does not go beyond where it is held."""
        last_us = self.pace.last_us()
        return (
            min(self.pace.now_us(), max(self.hold_us, last_us)) if self.hold_us >= 0 else self.pace.now_us()
        )

    def power_on(self, cause: int = CAUSE_POWER_ON, at_us: int | None = None) -> None:
        """at_us: the instant, when it is not this one."""
        self.drive.vanish()
        self.boots += 1
        self._cause = cause
        self._spawn(True, cause, at_us)

    def power_off(self, reason: str, at_us: int | None = None) -> None:
        """Cut the power, whatever the board is doing; its mechanics live on."""
        self._bury(reason)
        self._spawn(False, CAUSE_POWER_ON, at_us)

    def enter_bootsel(self) -> None:
        """Power on with BOOTSEL held: no firmware, no USB port, but a drive that takes a UF2 file."""
        self.power_off("bootsel")
        self.drive.appear()

    @property
    def powered(self) -> bool:
        return self.process is not None and self.process.power

    def _spawn(self, power: bool, cause: int, at_us: int | None) -> None:
        if self.process:
            self._bury(None)
        config = {
            "folder": str(self.settings.folder),
            "model": self.settings.model,
            "power": power,
            "cause": cause,
            "code": self._code,
            "unique_id": self.settings.unique_id,
            "stock": self.settings.stock,
            "raw": self.usb.raw,
            "start_us": self.now_us() if at_us is None else at_us,
            "utc0_us": self.pace.utc0_us,
            **self.pace.facts(),
            "hold_us": self.hold_us,
            "cut": self.planned_cut if power else None,
        }
        if power:
            self.planned_cut = None
        self.process = Process(self._board, config)
        self.usb.connect(self.process.usb, power, self.process.takes_ctrl_c, self.interrupt)
        self._alive.began()
        self._selector.register(self.process.control, selectors.EVENT_READ, self._hear)
        self._selector.register(self.process.uart, selectors.EVENT_READ, self._from_device)

    def _bury(self, reason: str | None) -> None:
        """End the process, after hearing what it told before it died.  reason: for the watchers, None for nobody.

        A soft reset leaves the USB port as it is.
        """
        process, self.process = self.process, None
        if process is None:
            return
        was_powered = process.power
        self._alive.interrupted()
        self._selector.unregister(process.control)
        self._selector.unregister(process.uart)
        process.kill()
        for message in process.messages():
            self._message(message)
        self.seen.power_lost()
        self.relay.from_device(process.serial_bytes())
        self.relay.power_lost()
        self.usb.disconnect(stays=reason == SOFT_RESET)
        process.close()
        self.requests.died()
        if reason and was_powered:
            self.tell("exit", {"reason": reason})

    def interrupt(self) -> None:
        """Ctrl-C for the board's program."""
        if self.process:
            self._alive.interrupt(self.process)

    # what is seen

    def tell(self, event: str, fields: dict[str, Any]) -> None:
        self.bench.tell({"event": event, "t_ms": self.now_us() // 1000, **fields})

    def facts(self) -> dict[str, Any]:
        """What the supervisor knows and the board does not."""
        return {
            **self.seen.facts(self.now_us() // 1000),
            "power": self.powered,
            "cable": self.relay.plugged,
            "boots": self.boots,
            **self.heap,
            "line": self.relay.facts(),
        }

    def move_serial(self) -> float | None:
        """Pass on what is due on the line; returns the seconds until more is due, or None."""
        return self.relay.move(self.process.uart if self.process and self.process.power else None)

    # the loop

    def _turn(self) -> None:
        waits_s = [self.move_serial(), self.usb.move(), self._alive.wait_s()]
        if self.process and self.process.at_prompt:
            if not self._alive.interrupting:
                self.process.wake()
            waits_s.append(PROMPT_LOOK_S)
        if self.drive.there():
            waits_s.append(DRIVE_LOOK_S)
            if self.drive.full():
                self.power_on()
        self._serve(min(wait_s for wait_s in waits_s if wait_s is not None))
        self._check_alive()

    def _serve(self, longest_s: float) -> None:
        """Wait for something to be read, and do what it asks."""
        for key, _ in self._selector.select(longest_s):
            if key.fd in self._selector.get_map():  # an earlier one of this round may have closed it
                callback: Callable[[], None] = key.data
                callback()

    def _from_device(self) -> None:
        if self.process:
            self.relay.from_device(self.process.serial_bytes())

    def _hear(self) -> None:
        process = self.process
        if process is None:
            return
        for message in process.messages():
            self.usb.from_board()  # what it printed before it told this is kept before this is passed on
            self._alive.told()
            self._message(message)
            if self.process is not process:
                return
        if process.gone():
            self._died(process)

    def _died(self, process: Process) -> None:
        """By itself, or killed by somebody else: as a power cut, if the mechanics at least can live on.

        A stock board ends its prompt by itself when it is told to make a soft reset.
        """
        if process.at_prompt and process.left():
            self._exited(SOFT_RESET)
            return
        if not process.power:
            console = (self.settings.folder / "console.log").read_text(errors="replace")
            raise BoardError(f"The board's own code does not run; its last words: {console[-600:].strip()}")
        self.power_off("process died")

    def _message(self, message: dict[str, Any]) -> None:
        self.pace.seen(message.get("t_us", message.get("t_ms", 0) * 1000))
        if "exit" in message:
            self._exited(message["exit"])
        elif "event" in message:
            self._event(message)
        elif "held_us" in message:
            self.pace.seen(message["held_us"])
            self.requests.held(message["held_us"])
        elif "watchdog_ms" in message and self.process:
            self.process.watchdog_ms = message["watchdog_ms"]
        elif "interrupted" in message:
            self._alive.interrupted()
        elif "interrupt" in message:
            self.interrupt()
        elif "at_prompt" in message and self.process:
            self.process.at_prompt = True
            self.usb.at_prompt()
        elif "heap_free" in message:
            self.heap = message
        else:
            self.requests.answered(message)

    def _event(self, message: dict[str, Any]) -> None:
        self.bench.tell(message)
        follows = self.seen.event(message)
        if follows:
            self.bench.tell(follows)

    def _exited(self, reason: str) -> None:
        if self.process is None:  # it is being buried already
            return
        if reason == SOFT_RESET:
            self._bury(reason)
            self.usb.say(b"MPY: soft reboot\r\n")
            self.power_on(self._cause, self.pace.last_us())
        elif reason in RESTARTS:
            self._bury(reason)
            self.power_on(RESTARTS[reason], self.pace.last_us())
        elif reason == "bootsel":
            self.enter_bootsel()
        elif reason == "power_on":
            self.power_on(at_us=self.pace.last_us())
        else:
            self.power_off(reason, self.pace.last_us())

    def _check_alive(self) -> None:
        if self.process and not self._alive.look(self.process):
            self._exited("watchdog")

    def _close(self) -> None:
        self._bury(None)
        self.relay.pull()
        self.usb.close()
        self.drive.vanish()
        self.bench.close()
        self._selector.close()
        self._wake.close()
        self._waker.close()
