"""What hands and bad luck do to a virtual dispenser: a method for each bench request that tests and stories use."""

from typing import Any

from tools.emulator.bench_client import ANSWER_S


class Hands:
    """Base of VirtualDispenser.  What each request means and refuses: board/README.md."""

    def ask(self, do: str, timeout_s: float = ANSWER_S, **fields: Any) -> dict[str, Any]:
        """Any bench request."""
        raise NotImplementedError

    def press(self, ms: int = 150) -> None:
        self.ask("press", ms=ms)

    def take(self) -> None:
        """A hand breaks the beam and takes what lies at the opening."""
        self.ask("take")

    def fill(self, slots: dict[int, int]) -> None:
        self.ask("fill", slots={str(slot): pills for slot, pills in slots.items()})

    def key(self, keys: str) -> None:
        """Type on the filler's keypad: digits, `*` for Back, `#` for OK."""
        self.ask("key", keys=keys)

    def tag(self, uid: str | None, data: bytes = b"") -> None:
        """Hold a tag at the NFC reader until it is taken away (None).  data: its pages from 4 on."""
        self.ask("tag", uid=uid, data=data.hex())

    def tray(self, slots: dict[int, int]) -> None:
        """Swap the whole tray, under an open lid; slots that are not named are empty."""
        self.ask("tray", slots={str(slot): pills for slot, pills in slots.items()})

    def load_roll(self, pouches: list[dict[str, Any]]) -> None:
        """Thread a roll: label, pills, mm (70) of each pouch, and what is wrong with it: torn, doubled, unreadable."""
        self.ask("load_roll", pouches=pouches)

    def cut_roll(self) -> list[dict[str, Any]]:
        """Take the roll out; returns what was left of it."""
        return list(self.ask("cut_roll")["pouches"])

    def empty_chamber(self) -> list[dict[str, Any]]:
        """Take out what was retained; returns it."""
        return list(self.ask("empty_chamber")["pouches"])

    def break_roll(self, **faults: bool) -> None:
        """Break or mend: stuck, cutter, reader, chamber_beam, mark, drawer_sensor."""
        self.ask("roll", **faults)

    def lid(self, open: bool, force: bool = False) -> None:
        """force: break it open though it is locked (multidose)."""
        self.ask("lid", open=open, force=force)

    def tilt(self, deg: int) -> None:
        """Lean it over: 0 upright, 180 upside down."""
        self.ask("tilt", deg=deg)

    def stall(self, on: bool) -> None:
        """Hold the carousel, so that the motor turns in vain; or let it go."""
        self.ask("stall", on=on)

    def cover_beam(self, on: bool) -> None:
        """Dirt in the pick-up beam, or a dead emitter; or clean it."""
        self.ask("cover_beam", on=on)

    def turn_by_hand(self, places: int) -> None:
        """Turn the carousel by so many of its 29 places, with power or without."""
        self.ask("turn_by_hand", cdeg=round(places * 36000 / 29))

    def jam_shutter(self, on: bool) -> None:
        """Jam the shutter where it stands; or let it go."""
        self.ask("jam_shutter", on=on)

    def force_shutter(self, per_mille: int) -> None:
        """Pry it to 0 (closed) to 1000 (open)."""
        self.ask("force_shutter", per_mille=per_mille)

    def battery(self, per_mille: int) -> None:
        """Charge or drain the cell."""
        self.ask("battery", per_mille=per_mille)

    def mains(self, plugged: bool) -> None:
        """Put the plug in, or pull it."""
        self.ask("mains", **{"in": plugged})
