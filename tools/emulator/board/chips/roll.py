"""The strip of pouches between its spool and the cutting line: how far it stands out, marks, and what a cut takes off.

Lengths are in units of 1/512 mm, so that a half-step (20.48 a mm: 4096 a turn of a roller of 200 mm) is 25 of them.
`fed`: how far the line stands behind the front of the first pouch.  Perforations lie at the front, between pouches that
are not joined, and at the rear end.
"""

from chips.pouches import CUT_OPEN, JOINED, UNREADABLE

MM = 512
HALF_STEP = 25
NEAR = MM  # the sensor sees a perforation within 1 mm
CLEAN = 2 * MM  # so near to a perforation a cut opens no pouch
SLACK = 20 * MM  # what the spool can take back
FREE = 5 * MM  # a strip that has passed the line so far hangs on nothing more
VIEW, VIEW_HALF = (
    35 * MM,
    25 * MM,
)  # the label reader looks there, behind the line, and sees so far to both sides
FAR = 1 << 40


class Roll:
    """mark: the sensor's line.  dropped(numbers): called with what has come off, in the order it falls."""

    def __init__(self, world, pouches, mark, dropped):
        self._world, self._pouches, self._mark, self._dropped = world, pouches, mark, dropped
        world.number("fed")
        world.number("roll_stuck")
        world.number("mark_blind")
        self.look()

    def half_steps(self, way):
        """The feed roller turns; stored with the next world.save()."""
        if not self._world["roll_stuck"]:
            self._move(way * HALF_STEP)

    def pull(self, mm):
        """A hand moves the strip."""
        self._move(mm * MM)
        self._world.save()

    def _move(self, units):
        if self._end == 0:
            return
        fed = max(-SLACK, self._world["fed"] + units)
        self._world.set("fed", fed)
        if self._low <= fed < self._high:
            self._show(fed)
        else:
            self.look()
        if fed >= self._end + FREE:
            self._drop(len(self._pouches.numbers("strip")), 0)

    def look(self):
        """Find the perforations on both sides of the line anew."""
        fed, at = self._world["fed"], 0
        numbers = self._pouches.numbers("strip")
        self._end = FAR if numbers else 0
        lines = [0] if numbers else []
        for number in numbers:
            _, mm, _, flags = self._pouches.record(number)
            at += mm * MM
            if number == numbers[-1]:
                self._end = at
            if number == numbers[-1] or not flags & JOINED:
                lines.append(at)
            if at > fed and lines[-1] > fed:
                break
        self._low = max([line for line in lines if line <= fed] or [-FAR])
        self._high = min([line for line in lines if line > fed] or [FAR])
        self._show(fed)

    def _show(self, fed):
        near = fed - self._low <= NEAR or self._high - fed <= NEAR
        self._mark.set(int(near and not self._world["mark_blind"]))

    def head(self):
        """Label of the pouch at the line; None when there is none."""
        numbers = self._pouches.numbers("strip")
        return self._pouches.record(numbers[0])[0] if numbers else None

    def in_view(self):
        """What the label reader can read; empty when it sees none that can be read."""
        start = -self._world["fed"]
        for number in self._pouches.numbers("strip"):
            label, mm, _, flags = self._pouches.record(number)
            if abs(start + mm * MM // 2 - VIEW) <= VIEW_HALF:
                return "" if flags & UNREADABLE else label
            start += mm * MM
        return ""

    def cut(self):
        """The blade goes through at the line, wherever the strip stands."""
        count, rest = self._over_the_line()
        if count or rest:
            self._drop(count, rest)

    def tear_off(self):
        """A hand takes what hangs out, up to the last perforation."""
        count, _ = self._over_the_line()
        if count:
            self._drop(count, 0)

    def _over_the_line(self):
        """(pouches that are out as a whole, units of the next one that are out too: 0 when hardly any)"""
        rest, count = self._world["fed"], 0
        for number in self._pouches.numbers("strip"):
            length = self._pouches.record(number)[1] * MM
            if length > rest + CLEAN:
                break
            rest -= length
            count += 1
        return count, rest if rest > CLEAN else 0

    def _drop(self, count, rest):
        """Take `count` pouches off, and `rest` units of the next: that one is cut open, and what is in it falls."""
        numbers = self._pouches.numbers("strip")
        if self._pouches.room("drawer") < count + 1:
            return  # there it piles up to the blade
        falling, left = numbers[:count], numbers[count:]
        fed = self._world["fed"] - sum(self._pouches.record(number)[1] for number in falling) * MM
        if rest:
            label, mm, pills, flags = self._pouches.record(left[0])
            out_mm = max(1, min(mm - 1, (rest + MM // 2) // MM))
            parts = self._pouches.write(
                [(label, out_mm, pills, CUT_OPEN), ("", mm - out_mm, 0, flags & JOINED | CUT_OPEN)]
            )
            falling, left, fed = falling + parts[:1], parts[1:] + left[1:], 0
        elif self._pouches.record(falling[-1])[3] & JOINED:
            label, mm, pills, flags = self._pouches.record(falling[-1])
            falling = falling[:-1] + self._pouches.write([(label, mm, pills, flags & ~JOINED)])
        self._pouches.keep("strip", left)
        self._world.set("fed", fed)
        self.look()
        self._dropped(falling)

    def load(self, records):
        """A strip in place of none, its front at the line."""
        self._pouches.keep("strip", self._pouches.write(records))
        self._world.set("fed", 0)
        self._world.save()
        self.look()

    def take_out(self):
        """The numbers of what was left."""
        numbers = self._pouches.numbers("strip")
        self._pouches.keep("strip", b"")
        self._world.save()
        self.look()
        return numbers
