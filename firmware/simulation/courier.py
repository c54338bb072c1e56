"""The line as calls: stands where firmware/shell/device_link.py stands, with the same rooms behind it.

Left out: frames, numbering, resending, the cable's noise (protocol/tests, firmware/tests and hil_tests have them).
Kept: sessions that begin from the journal, events in order, the time's questions, commands and receipts as signed
bytes, and that all of it may be gone for weeks.
"""

from firmware.shell.rare import drop
from firmware.simulation.micro_asyncio import Event, TimeoutError, wait_for_ms
from protocol.link_messages import LinkCommand, LinkReceipt, TimeReply

LONGEST_MS = 10000  # the watch must hear of us
AT_ONCE = 32  # events in one go


class Courier:
    """firmware.shell.device_link.DeviceLink; `uart` is the simulation's Centre with the world's clock."""

    def __init__(self, uart, recorder, keystore, clock, desk, uptime, vigil, contact, identity):
        self._centre, self._world = uart
        self._recorder = recorder
        self._keystore = keystore
        self._clock = clock
        self._desk = desk
        self._uptime = uptime
        self._vigil = vigil
        self._contact = contact
        # Quiet hours leap by: the line is looked at when somebody asks.
        self._contact_lost, contact.lost = contact.lost, self._lost
        self._session = 0
        self._session_new = True
        self._next_seq = 1
        self._plan = (b"", 0)
        self._wake = Event()
        self.path_up = None
        recorder.wakers.append(self._wake.set)
        self._centre.wake = self._wake.set

    async def listen(self):
        """Bytes come by themselves here."""
        await Event().wait()

    async def run(self):
        """Talk while there is a line."""
        woken = True
        while True:
            self._vigil.beat("link", self._uptime.ms())
            self._look_at_plan()
            wait_ms = LONGEST_MS
            if self._centre.connected and (woken or self._something_to_say()):
                wait_ms = self._talk()
            try:
                await wait_for_ms(self._wake.wait(), wait_ms)
                woken = True
            except TimeoutError:
                woken = wait_ms != LONGEST_MS
            self._wake.clear()

    def _lost(self, now_ms):
        self._contact.look(self._centre.connected, now_ms)
        return self._contact_lost(now_ms)

    def _something_to_say(self):
        """Whether a look round can find anything at all: most find nothing."""
        return self._session != self._centre.session or self._clock.next_due_ms() == 0

    def _talk(self):
        """Everything that can go now, both ways; returns when there may be more, in ms."""
        centre, world = self._centre, self._world
        if self._session != centre.session:
            self._begin()
        more = self._send_events()
        self._desk.work()
        message = self._clock.next_message()
        if message is not None:
            centre.hear(world.now_ms, message)
        if centre.inbox:
            world.busy_until_ms = world.now_ms
        if centre.inbox and centre.inbox[0][0] <= world.now_ms:
            self._take(centre.inbox.pop(0)[1])
            return 0
        if more or message is not None:
            return 0
        if self._session_new and not centre.inbox:
            self._session_new = False
            centre.send_again(world.now_ms)
        wait_ms = min(LONGEST_MS, self._clock.next_due_ms())
        return min(wait_ms, centre.inbox[0][0] - world.now_ms) if centre.inbox else wait_ms

    def _begin(self):
        self._session = self._centre.session
        self._session_new = True
        have_seq = self._centre.last
        self._recorder.hub_has(have_seq)
        self._next_seq = max(have_seq, self._recorder.receipted) + 1
        self._clock.session_started()

    def _send_events(self):
        last = self._recorder.ledger.seq
        for seq in range(self._next_seq, min(last, self._next_seq + AT_ONCE - 1) + 1):
            cose = self._recorder.read(seq)
            self._next_seq = seq + 1
            if cose is not None:
                self._centre.keep(seq, cose)
            else:
                self._recorder.tell_damage()
        return self._next_seq <= self._recorder.ledger.seq

    def _look_at_plan(self):
        ledger = self._recorder.ledger
        plan = (ledger.plan_id, ledger.version)
        if plan != self._plan and self._centre.on_plan is not None:
            self._centre.on_plan(*plan)
        self._plan = plan

    def _take(self, message):
        if isinstance(message, LinkCommand):
            self._desk.take(message.cose)
            self._desk.work()
        elif isinstance(message, TimeReply):
            self._hear_time(message)
        elif isinstance(message, LinkReceipt):
            self._take_receipt(message.cose)

    def _hear_time(self, message):
        now_s = self._clock.now_s()
        if now_s is not None:
            self._world.log.append((self._world.now_ms, "hub says", message.t3_ms // 1000 - now_s))
        self._clock.hear_hub(message)

    def _take_receipt(self, cose):
        from firmware.shell.receipt_work import covered

        row = covered(cose, self._keystore)
        drop("firmware.shell.receipt_work", "protocol.receipts")
        if row is not None:
            self._recorder.receipt(row[0], row[1])


DeviceLink = Courier  # the name under which firmware/app.py asks for it
