"""I5: sure of the time and of the place, seen from outside."""

from firmware.simulation.pouch_truth import as_intended, head_proven
from firmware.simulation.refill_truth import nothing_while_filling

SET_CLOCK = 19  # type of the order
NOTICED_MS = 15_000  # a leaning or a turned dispenser is noticed by then: the firmware looks every 10 s
LEANING_DEG = 45
DOUBTED_S, CONTRADICTION_S = 600, 60


def i5_sure_of_time_and_place(history):
    """No intent while the time is unset or doubted, or the position unproven."""
    intents = {event.seq: event for _, event, _ in history.events("ReleaseIntended")}
    found = ["slot %d: the clock is not set" % e.body.slot for e in intents.values() if not e.clock]
    last = history.journalled()
    place, doubt = Place(), Doubt(history)
    for index, row in enumerate(history.log):
        place.see(row)
        doubt.see(row)
        if row[1] == "journalled" and row[2] in intents and last[row[2]] == index:
            reasons = place.unproven(row), doubt.of(intents[row[2]], row[0])
            where = "release in slot %d at %d: " % (intents[row[2]].body.slot, intents[row[2]].utc_s)
            found += [where + reason for reason in reasons if reason]
    return found + as_intended(history) + head_proven(history) + nothing_while_filling(history)


class Place:
    """Whether the position is proven, seen from outside.  What happened a moment ago cannot be known yet."""

    def __init__(self):
        self._disturbed = None  # (at_ms, what) since the last motion that arrived
        self._leaning_ms = None
        self._blind = False
        self._labels = None  # of a roll: whether they are read

    def see(self, row):
        """One note of the world after the other."""
        at_ms, word = row[0], row[1]
        if word in ("loaded", "read"):  # a roll: leaning moves nothing, unless its labels are read
            self._labels = word == "read"
        if word in ("power on", "arrived", "read"):
            self._disturbed = None
            self._leaning_ms = at_ms if self._leaning_ms is not None else None
        elif word == "failed":
            self._disturbed = (at_ms - NOTICED_MS, row[2])
        elif word == "turned by hand":
            self._disturbed = self._disturbed or (at_ms, word)
        elif word in ("fault", "mended") and row[2] == "tilt silent":
            self._blind = word == "fault"  # what nothing can feel, nobody can know; it is an alarm of its own
        elif word == "tilt" and not (self._blind and row[2] > LEANING_DEG):
            long = self._leaning_ms is not None and at_ms - self._leaning_ms > NOTICED_MS
            if long and self._labels is not False:
                self._disturbed = (self._leaning_ms, "tilted")
            leans = row[2] > LEANING_DEG
            self._leaning_ms = (self._leaning_ms or at_ms) if leans else None

    def unproven(self, row):
        """Why the position was not proven at this note of the journal, or None."""
        at_ms, _, _, position, tilt_deg, _ = row
        if position is None:
            return "it stands at no place that can be proven"
        if self._leaning_ms is not None and at_ms - self._leaning_ms > NOTICED_MS:
            return "it leans by %d degrees" % tilt_deg
        if self._disturbed is not None and at_ms - self._disturbed[0] >= NOTICED_MS:
            return "not proven anew since: " + self._disturbed[1]
        return None


class Doubt:
    """Whether a hub had contradicted the clock in this start, and the centre had not spoken since."""

    def __init__(self, history):
        self._accepted = [
            e for _, e, _ in history.events("CommandAccepted") if e.body.command_type == SET_CLOCK
        ]
        self._since_ms = None

    def see(self, row):
        """One note of the world after the other."""
        if row[1] == "power on":
            self._since_ms = None
        elif row[1] == "hub says" and abs(row[2]) > CONTRADICTION_S and self._since_ms is None:
            self._since_ms = row[0]

    def of(self, intent, at_ms):
        """Why the time was doubted at this intent, or None."""
        if self._since_ms is None or at_ms - self._since_ms >= DOUBTED_S * 1000:
            return None
        if [e for e in self._accepted if e.boot == intent.boot and e.seq < intent.seq]:
            return None
        return "the hub contradicted the clock %d s ago" % ((at_ms - self._since_ms) // 1000)
