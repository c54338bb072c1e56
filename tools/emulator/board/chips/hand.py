"""What hands do to the tablet dispenser: reach into the opening, open, tilt, turn, fill."""

HAND_MS = 400  # how long a hand is in the opening
FALL_MS = 10  # how long pills that slide out are in the beam


class Hand:
    """Drives beam and lid pins, and answers the bench."""

    def __init__(self, wiring, world, clock, mechanics, beam_pin, lid_pin):
        self._wiring, self._world, self._clock, self._mechanics = wiring, world, clock, mechanics
        self._beam = wiring.input(beam_pin, 0)  # light on the receiver pulls it low
        self._lid = wiring.input(lid_pin, world["lid_open"])
        self._in_beam = 0
        self._covered = False
        for name in ("take", "tilt", "turn_by_hand", "magnet", "fill", "tray", "cover_beam"):
            wiring.command(name, getattr(self, name))
        wiring.command("lid", self._move_lid)
        wiring.report("angle_cdeg", lambda: mechanics.angle_udeg() // 10_000)
        wiring.report("position", lambda: mechanics.nearest()[0])
        wiring.report("lid_open", lambda: bool(world["lid_open"]))
        wiring.report("pills", mechanics.pills)
        wiring.report("occupied", mechanics.occupied)

    def _after(self, us, function):
        self._clock.call_at(self._clock.now_us() + us, function)

    def take(self, request):
        hand_us = request.get("ms", HAND_MS) * 1000
        if not self._mechanics.reachable():
            return {"reached": False}  # the shutter stands before the beam: nothing is seen of this hand
        self._mechanics.hands_in += 1
        self._block(hand_us)
        self._after(hand_us // 2, self._grasp)
        self._after(hand_us, self._withdraw)
        return {"reached": True}

    def _withdraw(self):
        self._mechanics.hands_in -= 1

    def _grasp(self):
        slot, pills = self._mechanics.empty_opening()
        if pills:
            utc_s = self._clock.utc_us() // 1_000_000
            self._wiring.emit("taken", {"slot": slot, "n": pills, "utc_s": utc_s})

    def cover_beam(self, request):
        """Dust, or an emitter that is dead: also behind the closed shutter."""
        if bool(request["on"]) != self._covered:
            self._covered = not self._covered
            (self._enter if self._covered else self._unblock)()

    def _block(self, us):
        self._enter()
        self._after(us, self._unblock)

    def _enter(self):
        self._in_beam += 1
        if self._in_beam == 1:
            self._beam.set(1)
            self._wiring.emit("beam", {"broken": True})

    def _unblock(self):
        self._in_beam -= 1
        if not self._in_beam:
            self._beam.set(0)
            self._wiring.emit("beam", {"broken": False})

    def _move_lid(self, request):
        is_open = bool(request["open"])
        self._world["lid_open"] = int(is_open)
        self._lid.set(int(is_open))
        self._wiring.emit("lid", {"open": is_open})

    def tilt(self, request):
        self._world["tilt_deg"] = request["deg"]
        if abs(request["deg"]) < self._mechanics.spill_deg:
            return
        slot, pills = self._mechanics.empty_opening()
        if pills:
            self._block(FALL_MS * 1000)
            self._wiring.emit("spilled", {"slot": slot, "n": pills})

    def turn_by_hand(self, request):
        self._mechanics.turn(request["cdeg"] * 10_000)
        self._world.save()

    def magnet(self, request):
        self._world["magnet"] = int(bool(request["ok"]))

    def fill(self, request):
        self._mechanics.fill(request["slots"])

    def tray(self, request):
        """Another tray is put in; the carousel's axle keeps its angle."""
        if not self._world["lid_open"]:
            raise ValueError(
                "The tray can be swapped only under an open lid; open it first: lid with 'open': true."
            )
        self._mechanics.swap(request["slots"])
