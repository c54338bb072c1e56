"""Virtual time: a heap of events, moved on by the firmware's sleeps, polls and clock reads only.

It never runs ahead of rate x real time.  Rate 0 has no such limit: it jumps from event to event, and stands
still when nothing is pending.  All times are integer microseconds since the world began.
"""

import heapq

from uselect import POLLIN, poll
from utime import time_ns

FOREVER = 1 << 61
READ_US = 2  # what a call of ticks_us() takes on a 125 MHz RP2040: about 250 cycles
LOOK_US = 1000  # how often a firmware that only reads the clock looks up for bench and line
# Without a pace, bench and line are looked at in one step of 16: each look is a system call.
STEPS_A_LOOK = 15
LONGEST_WAIT_MS = 60_000


class Clock:
    """start_us: the instant of power-on.  utc0_us: UTC of instant 0.  pace, hold: see set_pace, set_hold."""

    def __init__(self, start_us, utc0_us, on_held, on_fault):
        self._now = self.boot_us = start_us
        self._utc0 = utc0_us
        self._on_held = on_held
        self._on_fault = on_fault
        self._heap = [
            [FOREVER, 0, None]
        ]  # never empty: what a prompt's look does may fall between two instructions
        self._sequence = 0
        self._check = 0
        self._inside = False  # an event or an input is being worked on: time stands still
        self._masked = 0  # depth of disabled interrupts
        self._pended = []
        self._poller = poll()
        self._listeners = []
        self._rate = self._base = self._base_real = 0
        self._steps = 0
        self._hold = FOREVER
        self._told_held = False
        self._interrupted = 0
        self._catching_up = False
        self.looked_after = False  # a program waits for USB, and works on all that comes meanwhile

    def set_pace(self, rate_milli, base_us, base_real_us):
        """Virtual base_us is real base_real_us (UTC); from there on 1000 rate_milli = real time, 0 = unlimited."""
        self._rate, self._base, self._base_real = rate_milli, base_us, base_real_us
        self._check = 0

    def set_hold(self, hold_us):
        """Stand still at hold_us (FOREVER: never) until another hold is set."""
        self._hold, self._told_held, self._check = hold_us, False, 0

    def interrupt_program(self, until_real_us, told):
        """Ctrl-C: the program ends where it next looks at the clock, and told() is called; unless it is too late."""
        self._interrupted, self._told = until_real_us, told

    def _end_program(self):
        """Not in the middle of a flash write, and not for what only looks after the board at its prompt."""
        if time_ns() // 1000 > self._interrupted:
            self._interrupted = 0
        elif not self._masked and not self._catching_up:
            self._interrupted = 0
            self._told()
            raise KeyboardInterrupt

    def listen(self, stream, readable):
        """Call readable() whenever the real descriptor `stream` has input."""
        self._listeners.append((stream, readable))
        self._poller.register(stream, POLLIN)

    def attend(self, stream, on):
        """Stop or go on looking at a stream that is listened to."""
        self._poller.modify(stream, POLLIN if on else 0)

    def now_us(self):
        return self._now

    def utc_us(self):
        return self._utc0 + self._now

    def behind_us(self):
        """How far virtual time lags behind its pace: 0 when it keeps up."""
        return max(0, min(self._allowed(), self._hold) - self._now) if self._rate else 0

    def call_at(self, t_us, function):
        self._sequence += 1
        entry = [t_us, self._sequence, function]
        heapq.heappush(self._heap, entry)
        if t_us < self._check:
            self._check = t_us
        return entry

    def cancel(self, entry):
        entry[2] = None

    def read(self):
        """The instant now, as the firmware reads it: reading takes time, and interrupts may come meanwhile."""
        self._now = now = self._now + READ_US
        if now >= self._check and not self._inside:
            while self._wait(now):
                pass
            if self._interrupted:
                self._end_program()
            self._run_due()
            now = self._now
            self._check = min(now + LOOK_US, self._heap[0][0])
        return now

    def sleep(self, us):
        """Let `us` pass, with everything that falls into them."""
        deadline = self._now + us
        if self._inside:  # in an interrupt handler: nothing else can happen
            self._now = deadline
            return
        while self.step(deadline):
            pass

    def block(self, us):
        """Let `us` pass with interrupts off, as while the flash is busy."""
        self.mask()
        try:
            self.sleep(us)
        finally:
            self.unmask()

    def step(self, deadline):
        """Go on to the next event, input or `deadline`.  False: it was the deadline, or this is an interrupt."""
        if self._inside:
            return False
        if self._interrupted:
            self._end_program()
        heap = self._heap
        due = heap[0][0]
        target = due if due < deadline else deadline
        if self._wait(target):
            return True
        if target > self._now:
            self._now = target
        if due <= self._now:
            self._run_due()
            return True
        return False

    def catch_up(self):
        """Work on all that has come and is due: for a board whose prompt waits outside of this clock.

        Without a pace its time stands still, unless the bench lets it go on to a hold.
        """
        if self._inside or self._masked or self.looked_after:
            return
        limit = min(self._allowed(), self._hold)
        if limit == FOREVER:
            limit = self._now
        self._catching_up = True
        try:
            while self._look(self._now, 0):
                pass
            while limit > self._now and self.step(limit):
                pass
            if self._now >= self._hold:
                self._stand_still()
        finally:
            self._catching_up = False

    def mask(self):
        self._masked += 1

    def unmask(self):
        self._masked -= 1
        while self._pended and not self._masked:
            self.interrupt(*self._pended.pop(0))

    def masked(self):
        return self._masked > 0

    def interrupt(self, handler, argument):
        """Run an interrupt handler of the firmware now, or when interrupts come back (once, as a latch does)."""
        if self._masked:
            if (handler, argument) not in self._pended:
                self._pended.append((handler, argument))
            return
        before, self._inside = self._inside, True
        try:
            handler(argument)
        except Exception as fault:  # as on the board: printed, and the program goes on
            self._on_fault("Uncaught exception in IRQ callback handler", fault)
        finally:
            self._inside = before

    def _run_due(self):
        heap = self._heap
        before, self._inside = self._inside, True
        try:
            while heap[0][0] <= self._now:
                function = heapq.heappop(heap)[2]
                if function:
                    function()
        finally:
            self._inside = before

    def _allowed(self):
        if not self._rate:
            return FOREVER
        return self._base + (time_ns() // 1000 - self._base_real) * self._rate // 1000

    def _wait(self, target):
        """Wait until `target` may be.  True: input came first, and was worked on at its instant."""
        while True:
            allowed = self._allowed()
            limit = allowed if allowed < self._hold else self._hold
            if limit > target and not self._rate:
                self._steps += 1
                if self._steps & STEPS_A_LOOK:
                    return False
            timeout_ms = 0
            if target > limit or limit == FOREVER == target:
                timeout_ms = -1
                if limit == self._hold != FOREVER:
                    self._stand_still()
                elif self._rate:
                    timeout_ms = min(LONGEST_WAIT_MS, (target - limit) // self._rate + 1)
            if self._look(target, timeout_ms):
                return True
            if not timeout_ms:
                return False

    def _stand_still(self):
        self._now = max(self._now, self._hold)
        if not self._told_held:
            self._told_held = True
            self._on_held()

    def _look(self, target, timeout_ms):
        found = False
        for stream, _ in self._poller.ipoll(timeout_ms):
            if not found:
                found = True
                reached = min(target, self._allowed(), self._hold)
                if reached > self._now and reached != FOREVER:
                    self._now = reached
            before, self._inside = self._inside, True
            try:
                for known, readable in self._listeners:
                    if known is stream:
                        readable()
            finally:
                self._inside = before
        return found
