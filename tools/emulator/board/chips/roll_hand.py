"""What hands and bad luck do to the multidose dispenser: load, empty, take, open, tilt, jam."""

from chips.pouches import JOINED, STRIP, TORN, UNREADABLE

SPILL_DEG = 60
TORN_PART = 3, 5  # of its length: there the sensor sees the tear as a mark
MARKS = {"doubled": JOINED, "torn": TORN, "unreadable": UNREADABLE}
BROKEN = {"stuck": "roll_stuck", "reader": "reader_dead", "chamber_beam": "beam_blind"}
BROKEN.update({"mark": "mark_blind", "drawer_sensor": "drawer_blind"})
FAULTS = ("stuck", "cutter", "reader", "chamber_beam", "mark", "drawer_sensor")


class RollHand:
    """lid: line of its switch, low = closed."""

    def __init__(self, wiring, world, roll, pouches, drawer, cutter, lid):
        self._wiring, self._world = wiring, world
        self._roll, self._pouches, self._drawer, self._cutter, self._lid = roll, pouches, drawer, cutter, lid
        world.number("lid_open")
        world.number("tilt_deg")
        self._unlocked = 0
        for name in (
            "load_roll",
            "cut_roll",
            "empty_chamber",
            "pull",
            "roll",
            "take",
            "lid",
            "tilt",
            "cover_beam",
        ):
            wiring.command(name, getattr(self, name))
        wiring.report("head", roll.head)
        wiring.report("lid_open", lambda: bool(world["lid_open"]))
        wiring.report("lock", lambda: "unlocked" if self._unlocked else "locked")
        wiring.report("door", wiring.reports["shutter"])
        self._show_lid()

    def lock(self, unlocked):
        """The lid's solenoid; an open lid can always be closed, and then it is locked."""
        self._unlocked = unlocked

    def _show_lid(self):
        self._lid.set(self._world["lid_open"])

    def lid(self, request):
        is_open = bool(request["open"])
        if is_open and not self._unlocked and not request.get("force"):
            raise ValueError("The lid is locked; a refill unlocks it, or break it open with 'force': true.")
        self._world["lid_open"] = int(is_open)
        self._show_lid()
        self._wiring.emit("lid", {"open": is_open})

    def tilt(self, request):
        self._world["tilt_deg"] = request["deg"]
        if abs(request["deg"]) >= SPILL_DEG:
            self._drawer.spill()

    def take(self, request):
        return {"reached": self._drawer.take(request.get("ms", 400) * 1000)}

    def cover_beam(self, request):
        """Dirt on the drawer's sensor: it sees something always."""
        self._world["drawer_covered"] = int(bool(request["on"]))
        self._drawer.show()

    def load_roll(self, request):
        if self._roll.head() is not None:
            raise ValueError("There is a roll in the dispenser; take it out first with 'cut_roll'.")
        pouches = request["pouches"]
        if not 1 <= len(pouches) <= STRIP:
            raise ValueError("A roll has 1 to %d pouches, not %d." % (STRIP, len(pouches)))
        self._roll.load([self._packed(pouch) for pouch in pouches])

    def _packed(self, pouch):
        label, mm, pills = pouch["label"], pouch.get("mm", 70), pouch["pills"]
        flags = sum([flag for mark, flag in MARKS.items() if pouch.get(mark)])
        unknown = sorted(set(pouch) - set(MARKS) - {"label", "mm", "pills"})
        if unknown:
            raise ValueError(
                "A pouch has label, mm, pills, torn, doubled, unreadable, but no '%s'." % unknown[0]
            )
        if not 20 <= mm <= 200 or not 0 <= pills <= 99:
            raise ValueError(
                "A pouch is 20 to 200 mm long and holds 0 to 99 pills, not %s and %s." % (mm, pills)
            )
        if len(label.encode()) > 16:
            raise ValueError("A label has at most 16 characters; '%s' has more." % label)
        if flags & TORN:
            mm = mm * TORN_PART[0] // TORN_PART[1]
        return label, mm, pills, flags

    def cut_roll(self, request):
        return {"pouches": self._told(self._roll.take_out())}

    def pull(self, request):
        """A hand moves the strip, away from its spool or back."""
        if not self._world["lid_open"]:
            raise ValueError(
                "The strip can be pulled only under an open lid; open it first: lid with 'open': true."
            )
        self._roll.pull(request["mm"])

    def empty_chamber(self, request):
        return {"pouches": self._told(self._drawer.empty_chamber())}

    def _told(self, numbers):
        told = []
        for number in numbers:
            label, mm, pills, _ = self._pouches.record(number)
            told.append({"label": label, "mm": mm, "pills": pills})
        return told

    def roll(self, request):
        """Faults of the mechanism, on until they are taken back."""
        wanted = {name: bool(request[name]) for name in FAULTS if name in request}
        if not wanted:
            raise ValueError("Give at least one of: %s; true breaks it, false mends it." % ", ".join(FAULTS))
        for name, fault in BROKEN.items():
            if name in wanted:
                self._world[fault] = int(wanted[name])
        if "cutter" in wanted:
            self._cutter.jam(wanted["cutter"])
        self._roll.look()
        self._drawer.show()
