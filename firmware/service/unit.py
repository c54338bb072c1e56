"""What a desk may use.  Built once, when service mode starts."""

from firmware.core import service_rules
from firmware.shell.clock_keeping import ClockKeeping
from firmware.shell.plan_keeping import PlanKeeping
from firmware.shell.recorder import Recorder
from firmware.shell.uptime import Uptime
from firmware.store.journal import Journal
from firmware.version import VERSION
from protocol.service_events import ENDED_DONE, ENDED_LEFT


class Unit:
    """The device in service mode.

    board, settings, keystore: as the dosing app has them.  recorder: opened; note() writes an event.  clock, plans,
    uptime: started.  carried: type -> body (service_commands.py) of each signed command accepted in this service.
    update: what the UPDATE desks remember between questions.  how: of service_events.ServiceStarted.
    """

    version = VERSION

    def __init__(self, board, settings, keystore, how):
        self.board = board
        self.settings = settings
        self.keystore = keystore
        self.how = how
        self.carried = {}
        self.update = None
        self.ending = 0  # why, once it is decided
        self.wiped = False  # nothing may be written any more
        self.uptime = Uptime()
        self.recorder = Recorder(Journal(board.data_dir + "/journal"), settings, keystore, self.uptime)
        self.recorder.feed = self.feed
        self.clock = self.recorder.clock = ClockKeeping(board.rtc, self.recorder, self.uptime)
        self.plans = PlanKeeping(settings, self.recorder)

    def start(self):
        """Read the journal, the clock and the plan."""
        self.recorder.open()
        self.feed()
        self.clock.start()
        self.plans.start()
        self.feed()

    @property
    def owned(self):
        """It serves a centre."""
        return self.keystore.centre_point is not None

    @property
    def slots(self):
        """firmware/service/slots.py: which version runs, which slot takes the next one."""
        from firmware.service import slots

        return slots

    def feed(self):
        """Feed the watchdog: whoever works longer than 5 s without awaiting calls it."""
        self.board.watchdog.feed()

    def leave(self):
        """Back to dosing when this answer has arrived."""
        self.ending = self.ending or ENDED_LEFT

    def restart(self):
        """The same, because something is done that needs a new start."""
        self.ending = self.ending or ENDED_DONE

    def served_s(self):
        """Seconds since service mode began."""
        return self.uptime.ms() // 1000

    def to_dose_s(self):
        """Seconds to the next dose; as service_rules.seconds_to_dose."""
        return service_rules.seconds_to_dose(self.plans.active, self.recorder.ledger, self.clock.now_s())

    def left_s(self):
        """Seconds until service mode ends by itself."""
        return service_rules.left_s(self.owned, self.to_dose_s(), self.served_s())
