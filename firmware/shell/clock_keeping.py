"""Keep the time: the battery clock at start, the hub's nudges, the centre's signed word."""

import os

from firmware.core import alarms
from firmware.core.clock import DOUBTED, Clock
from firmware.shell.rare import drop
from protocol.device_events import SOURCE_CENTRE, SOURCE_RTC, ClockSet
from protocol.dose_events import CAUSE_UNTRUSTED_CLOCK, CAUSE_WAS_OFF
from protocol.errors import MessageError
from protocol.link_messages import ClockProof, TimeRequest

# The battery clock drifts 0.2 s a day (DS3231, 2 ppm): once an hour keeps it far below the 2 s of a slew.
ASK_EVERY_MS = 3600000
# Until an answer was usable: after a power cut of the whole flat the hub needs a minute or two to know the time itself.
ASK_SOON_MS, SOON_TIMES = 10000, 12
ASK_LATER_MS = 60000
# The round trip to the centre may take 30 s; ask again when the answer could not be believed any more.
PROVE_EVERY_MS = 60000


class ClockKeeping:
    """`rtc`: the battery clock."""

    def __init__(self, rtc, recorder, uptime):
        self._rtc = rtc
        self._recorder = recorder
        self._uptime = uptime
        self._clock = Clock()
        self._needs_proof = False
        self._nonce = None
        self._asked_ms = None  # when the nonce went out
        self._ask_at_ms = 0
        self._in_vain = 0  # so often the hub was asked since its last usable answer
        self._jumped = False  # since this start the time was unknown or stepped

    def start(self):
        """Believe the battery clock or not."""
        from firmware.core.clock_judging import at_boot

        self._clock = at_boot(self._rtc.utc_s(), self._recorder.ledger.latest_s, self._uptime.ms())
        self._needs_proof = self.now_s() is None
        # The alarm still stands: the time came back in the very moment when the power went; no dose has heard of it.
        self._jumped = self._needs_proof or (alarms.TECHNICAL, alarms.CLOCK) in self._recorder.ledger.alarms

    def tell_start(self):
        """Journal where the time comes from, or that there is none."""
        if self.now_s() is None:
            self._recorder.alarm(alarms.CLOCK)
        else:
            self._recorder.clear(alarms.CLOCK)
            self._recorder.note(ClockSet(0, self.now_s(), SOURCE_RTC))

    def now_s(self):
        """UTC seconds since 1970, or None while the clock is unset."""
        return self._clock.now_s(self._uptime.ms())

    def quality(self):
        """0 unset, 1 holdover, 2 synced."""
        return self._clock.quality(self._uptime.ms())

    def doubted(self):
        """True while a hub contradicts us and the centre has not spoken: nothing is released."""
        return self._clock.doubted(self._uptime.ms())

    def not_offered(self):
        """Why a window can have gone by without an offer: the first look after a start finds what passed while we were
        off, every later one only what a clock has jumped over."""
        return CAUSE_UNTRUSTED_CLOCK if self._jumped else CAUSE_WAS_OFF

    def session_started(self):
        """A new hub session: ask for the time at once."""
        self._ask_at_ms = self._in_vain = 0
        self._asked_ms = None

    def next_message(self):
        """What the hub should be asked now, or None."""
        now_ms = self._uptime.ms()
        if self._needs_proof and (self._asked_ms is None or now_ms - self._asked_ms >= PROVE_EVERY_MS):
            self._nonce, self._asked_ms = os.urandom(8), now_ms
            return ClockProof(self._nonce)
        if now_ms >= self._ask_at_ms:
            self._ask_at_ms = now_ms + (ASK_SOON_MS if self._in_vain < SOON_TIMES else ASK_LATER_MS)
            self._in_vain += 1
            return TimeRequest(now_ms)
        return None

    def next_due_ms(self):
        """Milliseconds until next_message() has something to say."""
        now_ms = self._uptime.ms()
        due_ms = self._ask_at_ms
        if self._needs_proof:
            due_ms = min(due_ms, 0 if self._asked_ms is None else self._asked_ms + PROVE_EVERY_MS)
        return max(0, due_ms - now_ms)

    def hear_hub(self, reply):
        """Take a TimeReply for what it is worth."""
        from firmware.core import clock_judging

        self._clock, verdict, _ = clock_judging.hear_hub(
            self._clock, reply.t1_ms, reply.t2_ms, reply.t3_ms, self._uptime.ms(), reply.trusted
        )
        if verdict != clock_judging.IGNORED:
            self._in_vain, self._ask_at_ms = 0, self._uptime.ms() + ASK_EVERY_MS
        doubted = self.doubted()
        if verdict == clock_judging.NEEDS_PROOF:
            self._needs_proof = True
        elif verdict == clock_judging.NUDGED:
            self._needs_proof = doubted
            self._keep_in_chip()
            if not doubted:
                self._recorder.clear(DOUBTED)
        if doubted:
            self._recorder.alarm(DOUBTED)
        del clock_judging
        drop("firmware.core.clock_judging")

    def judge(self, order):
        """What SetClock would make of the clock.  Raises MessageError with the refusal code."""
        from firmware.core.clock_judging import hear_centre

        asked_ms = self._asked_ms if order.nonce == self._nonce else None
        clock, refused = hear_centre(self._clock, asked_ms, order.utc_s, self._uptime.ms())
        if refused:
            raise MessageError(refused, "clock")
        return clock

    def take(self, clock):
        """Go by the judged clock from now on; the step is journalled first."""
        old_s, new_s = self.now_s() or 0, clock.now_s(self._uptime.ms())
        self._nonce, self._needs_proof = None, False
        if abs(new_s - old_s) > 2:
            self._recorder.note(ClockSet(old_s, new_s, SOURCE_CENTRE))
            self._jumped = True
        self._clock = clock
        self._keep_in_chip()
        self._recorder.clear(alarms.CLOCK)
        self._recorder.clear(DOUBTED)

    def _keep_in_chip(self):
        """The battery clock follows when it is a second off."""
        now_s, chip_s = self.now_s(), self._rtc.utc_s()
        if chip_s is None or abs(now_s - chip_s) >= 1:
            try:
                self._rtc.set(now_s)
            except OSError:
                self._recorder.alarm(alarms.RTC)
                return
        self._recorder.clear(alarms.RTC)
