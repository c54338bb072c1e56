"""The roll: a strip of pouches that is fed past a cutting line, a drawer under it, a retention chamber under that.

Lengths are mm.  The strip's coordinate 0 is its front end; the cutting line lies at `out_mm` of it, so that many mm
hang beyond the line.  The mark sensor sits at the line.
"""

from collections import namedtuple

from firmware.simulation.world import COVERED, World

STEPS_A_MM, MS_A_STEP = 20.48, 2  # half-steps of the feed roller (docs/hardware.md)
MARK_MM = 1.0  # the sensor sees a perforation so near
CLEAN_MM = 2.0  # so near to one a cut opens no pouch
FREE_MM = 5.0  # a strip that has passed the line so far hangs on nothing more
CUT_MS = 800  # one revolution
CUTS_AT = 0.5  # of a revolution the blade is through
JAMS_AT = 0.3
DROP_MS = 150  # from the flap's opening to a piece in the beam, and between two pieces
BEAM_MS = 40  # a piece in the beam
CHAMBER_PLACES = 20
SLACK_MM = 20  # what the spool can take back
READER_MM = 35  # the label that the reader sees lies so far behind the line
READER_SEES_MM = 25  # ... to both sides

# A pouch as it was packed.  `joined`: no perforation between it and the next.
Pouch = namedtuple("Pouch", "label mm slot dose_id pills joined")


class RollWorld(World):
    """A kitchen with a multidose dispenser."""

    def __init__(self, dice):
        super().__init__(dice)
        self.strip = []  # Pouches, the head first
        self.out_mm = 0.0
        self.feeding = None  # (from_ms, to_ms, out_mm at from_ms, mm to go)
        self.drawer = []  # pieces: tuples of Pouches that hang together
        self.chamber = []
        self.blade = 0.0  # of a revolution from home
        self.cutting_ms = None  # since when the cutter's motor has power
        self.cuts = 0  # stretches of power; an act of an older one is void
        self.flap_open = False
        self.flaps = 0
        self.beam_until_ms = -1
        self.expander = bytearray(
            b"\xff\xff" + bytes(20)
        )  # registers of the MCP23017, which a warm start leaves

    def copy(self):
        """A snapshot."""
        other = super().copy()
        other.strip, other.drawer, other.chamber = list(self.strip), list(self.drawer), list(self.chamber)
        other.expander = bytearray(self.expander)
        return other

    # ---- the strip

    def out(self):
        """How far the strip's front end hangs beyond the line."""
        if self.feeding is None:
            return self.out_mm
        from_ms, to_ms, start_mm, mm = self.feeding
        part = min(1.0, (self.now_ms - from_ms) / max(1, to_ms - from_ms))
        return max(-SLACK_MM, start_mm + mm * part)

    def feed(self, mm):
        """The feed roller turns for so many mm; returns how long it takes, ms."""
        ms = round(abs(mm) * STEPS_A_MM * MS_A_STEP)
        self.feeding = (self.now_ms, self.now_ms + ms, self.out_mm, 0 if "roll stuck" in self.faults else mm)
        return ms

    def stop_feeding(self):
        """The roller stands; a strip whose end has passed the line lies in the drawer."""
        self.out_mm, self.feeding = self.out(), None
        if self.strip and self.out_mm > sum(pouch.mm for pouch in self.strip) + FREE_MM:
            self._fall(self._off(len(self.strip)))

    def marks(self):
        """Where the perforations are: the front end, every seam, the rear end."""
        at_mm, found = 0.0, [0.0] if self.strip else []
        for pouch in self.strip:
            at_mm += pouch.mm
            if not pouch.joined:
                found.append(at_mm)
        return found

    def mark(self):
        """Whether the sensor sees a perforation at the line."""
        if "mark dirty" in self.faults:
            return False
        out_mm = self.out()
        return any(abs(at_mm - out_mm) <= MARK_MM for at_mm in self.marks())

    def label(self):
        """What the reader can read: empty when it sees no label."""
        at_mm = -self.out()
        for pouch in self.strip:
            if abs(at_mm + pouch.mm / 2 - READER_MM) <= READER_SEES_MM:
                return pouch.label
            at_mm += pouch.mm
        return ""

    def pull(self, mm):
        """A hand moves the strip."""
        self.out_mm = max(-SLACK_MM, self.out() + mm)

    def _off(self, count):
        piece, self.strip = tuple(self.strip[:count]), self.strip[count:]
        self.out_mm -= sum(pouch.mm for pouch in piece)
        return piece

    # ---- the cutter

    def cutter_at(self):
        """Where the blade is, 0 to 1; 0 is home."""
        if self.cutting_ms is None:
            return self.blade
        turned = self.blade + (self.now_ms - self.cutting_ms) / CUT_MS
        return min(turned, max(self.blade, JAMS_AT)) if "cutter stuck" in self.faults else turned % 1.0

    def cut_power(self, on):
        """The cutter's motor gets or loses power; what the blade does then is planned (hands: blade_through)."""
        if on == (self.cutting_ms is not None):
            return
        self.cuts += 1
        if not on:
            self.blade, self.cutting_ms = self.cutter_at(), None
            return
        self.cutting_ms = self.now_ms
        self._plan_cut((CUTS_AT - self.blade) % 1.0)

    def _plan_cut(self, turn):
        self.plan_act(self.now_ms + round(turn * CUT_MS), "blade_through", self.cuts)

    def blade_through(self, number):
        """The blade goes through whatever lies under it, if its motor has had power all the time."""
        if number != self.cuts or "cutter stuck" in self.faults:
            return
        self._cut(self.out())
        self._plan_cut(1.0)

    def _cut(self, out_mm):
        if self.feeding is not None:  # nobody should: it goes on from here
            from_ms, to_ms, start_mm, mm = self.feeding
            self.feeding = (self.now_ms, to_ms, out_mm, start_mm + mm - out_mm)
        self.out_mm = out_mm
        self._cut_at(out_mm)
        if self.feeding is not None:
            self.feeding = (*self.feeding[:2], self.out_mm, self.feeding[3])

    def _cut_at(self, out_mm):
        at_mm = count = 0
        while count < len(self.strip) and at_mm + self.strip[count].mm <= out_mm + CLEAN_MM:
            at_mm += self.strip[count].mm
            count += 1
        left_mm = out_mm - at_mm
        if not count and left_mm <= CLEAN_MM:
            return
        piece = self._off(count)
        if left_mm > CLEAN_MM and self.strip:  # through a pouch: its tablets fall with the piece
            torn, *self.strip = self.strip
            self.note("sliced", torn.slot, torn.dose_id)
            piece += (torn._replace(mm=left_mm, label=""),)
            self.strip.insert(0, torn._replace(mm=torn.mm - left_mm, pills=0, label="", dose_id=None))
            self.out_mm = 0.0
        if piece:
            self._fall(piece)

    # ---- drawer, flap and chamber

    def _fall(self, piece):
        if self.flap_open:
            self._into_chamber(piece)
            return
        self.drawer.append(piece)
        self.note("falls", doses_of([piece]))
        if self.opening() > COVERED:
            self.uncover()

    def _into_chamber(self, piece):
        self.chamber.append(piece)
        self.beam_until_ms = self.now_ms + BEAM_MS
        self.note("retained", doses_of([piece]), len(self.chamber))

    def flap_power(self, on):
        """The drawer's floor opens or closes; the pieces fall one by one (hands: drop)."""
        if on == self.flap_open:
            return
        self.flap_open = on
        self.flaps += 1
        if on:
            for n in range(1, len(self.drawer) + 1):
                self.plan_act(self.now_ms + n * DROP_MS, "drop", self.flaps)

    def drop(self, number):
        """One piece falls into the chamber, if the floor has been open all the time."""
        if number == self.flaps and self.drawer:
            self._into_chamber(self.drawer.pop(0))
            return True
        return False

    # ---- as every medium

    def position(self):
        """0 when a perforation lies at the line and the drawer is empty, else None."""
        return 0 if self.feeding is None and self.mark() and not self.drawer else None

    def uncover(self):
        """What lies in the drawer comes to light: each dose, and with how many whole pouches."""
        lying = [pouch for piece in self.drawer for pouch in piece if pouch.label]
        for slot, dose_id in doses_of(self.drawer):
            self.note("uncovers", slot, dose_id, len([pouch for pouch in lying if pouch.dose_id == dose_id]))

    def shown(self):
        """The slot of what lies in the drawer, 0 when nothing does."""
        return self.within_reach()[0][0]

    def within_reach(self):
        """[(slot, dose id)] of what lies in the drawer."""
        return doses_of(self.drawer) or [(0, None)]

    def take(self):
        """A hand in the open drawer takes everything."""
        got, self.drawer = [pouch for piece in self.drawer for pouch in piece], []
        return [
            (slot, dose_id, sum(pouch.pills for pouch in got if pouch.dose_id == dose_id))
            for slot, dose_id in doses_of([got])
        ]

    def stop(self, warm):
        """A restart: the roller stands.  No power: the blade stands, the floor closes, the lid is locked."""
        if self.feeding:
            self.stop_feeding()
        if not warm:
            self.cut_power(False)
            self.flap_power(False)
            self.expander[:] = b"\xff\xff" + bytes(20)

    def moving(self):
        """Whether one of its motors has power."""
        return self.feeding is not None or self.cutting_ms is not None or self.flap_open


def doses_of(pieces):
    """[(slot, dose id)] of the medicine in these, each dose once; empty pouches are none."""
    found = {pouch.dose_id: pouch.slot for piece in pieces for pouch in piece if pouch.dose_id is not None}
    return [(slot, dose_id) for dose_id, slot in found.items()]
