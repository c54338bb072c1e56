"""A flashed dispenser in its flat: the loader and two slots below it, a hub at its line that brings versions."""

import time
from pathlib import Path

from firmware.tests.hub_side import PATIENCE_S, HubSide
from firmware.tests.unit import Unit
from protocol.bundle import Bundle
from protocol.events import Booted, CommandRefused
from protocol.firmware_pieces import FirmwarePieces
from protocol.service_commands import InstallFirmware
from protocol.service_messages import UNASKED, ServiceAnswer, ServiceAsk
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flashed import flashed, version
from tools.exit_codes import NO_DEVICE
from tools.refusal import Refusal
from tools.workshop.ports import Candidate
from tools.workshop.service import open_service

FAR_S = 2 * 3600  # of the first dose: no rule holds an update up for an hour


class UpdatingHub(HubSide):
    """`answers`: what a device in service mode has said, by number."""

    def __init__(self, port: Path, rate: float) -> None:
        self.answers: dict[int, ServiceAnswer] = {}
        self._number = 0
        super().__init__(port, rate)

    def _handle(self, message) -> None:
        if isinstance(message, ServiceAnswer):
            self.answers[message.number] = message
        else:
            super()._handle(message)

    def ask(self, what: int, body: bytes | None, lives) -> ServiceAnswer | None:
        """The answer to this question; None when the device is gone: lives() says so."""
        self._number += 1
        number, epoch = self._number, None
        end = time.monotonic() + PATIENCE_S
        while number not in self.answers and lives() and time.monotonic() < end:
            # A session that ended has taken the question along.
            if self._link.up and self._link.epoch != epoch:
                epoch = self._link.epoch
                self.send(ServiceAsk(number, what, body))
            self._ended.wait(0.005)
        return self.answers.get(number)


class UpdatingUnit(Unit):
    """A unit of the same house whose code lies on its flash.  `key`: signs its releases."""

    def __init__(self, folder: Path, rate: float) -> None:
        self.key = flashed(folder)
        super().__init__(folder, rate)
        self.device = VirtualDispenser(folder, rate=rate, stock=True)

    def __enter__(self) -> "UpdatingUnit":
        self.device.start()
        self.hub = UpdatingHub(self.device.port, self._rate)
        self.hub.trust()
        self.hub.set_clock(self.now_s)
        return self

    def version(self, sequence: int, name: str) -> Bundle:
        """The firmware of this working tree under another name, signed for this unit."""
        return version("tablet", self.key, sequence, name)

    def runs(self, name: str) -> None:
        """Wait until the unit has told a start of this version, newer than all other starts."""
        self.hub.wait(lambda: [body.version for body in self.hub.bodies(Booted)][-1:] == [name])

    def calls_for(self, bundle: Bundle) -> None:
        """The centre's command: take this very version.  Returns when the unit is in service mode for it.

        That it was accepted is in the journal by then, and told when the unit doses again.
        """
        self.hub.answers.pop(UNASKED, None)
        counter = self.hub.order(InstallFirmware(bundle.manifest.sequence, bundle.manifest_digest()))
        self.hub.wait(lambda: UNASKED in self.hub.answers or self.no_to(counter))
        assert not self.no_to(counter), self.no_to(counter)

    def no_to(self, counter: int) -> list[CommandRefused]:
        """Whether and why the unit refused this command."""
        return [body for body in self.hub.bodies(CommandRefused) if body.counter == counter]

    def give_by_cable(
        self, bundle: Bundle, desk: int = 0, writes: int = 0, torn: bool = False
    ) -> FirmwarePieces:
        """Bring it over the unit's own USB port, until it stands or the power fails.

        The power fails at that flash write from the first question to `desk` on, before it or in its middle.
        """
        pieces = FirmwarePieces(bundle.cose, bundle.pack)
        cable = Candidate(str(self.device.usb), "", "")
        try:
            with open_service(cable, now_ms=self.hub.now_ms) as service:
                while (question := pieces.ask()) is not None:
                    if question[0] == desk:
                        self.device.cut_at_flash_write(writes, torn)
                        desk = 0
                    pieces.take(*service.ask_for_code(*question))
        except Refusal as refusal:
            if refusal.code != NO_DEVICE:
                raise
        return pieces

    def back(self, name: str) -> None:
        """The power has failed and comes back: wait until this version has told its start."""
        self.went_off()
        boots = len(self.hub.bodies(Booted))
        self.device.power_on()
        assert self.hub.wait_for(Booted, count=boots + 1)[-1].version == name

    def give(self, bundle: Bundle) -> FirmwarePieces:
        """Bring it as a hub does, until it stands or the power fails."""
        pieces = FirmwarePieces(bundle.cose, bundle.pack)
        while (question := pieces.ask()) is not None:
            answer = self.hub.ask(*question, lambda: self.device.read()["power"])
            if answer is None:
                break
            pieces.take(answer.result, answer.body)
        return pieces
