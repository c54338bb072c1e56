"""Who plans, receipts and orders: the response centre and the hub at the line, as one object of calls.

Every order and receipt is signed and is the bytes that go over the real line.  What was sent is kept: the audit asks
what the device was allowed to do.
"""

from firmware.simulation.secure_element import verified
from protocol.commands import Command, SetClock
from protocol.cose import CONTEXT_COMMAND, CONTEXT_EVENT, CONTEXT_RECEIPT, event_hash, sign1, verify1
from protocol.events import CommandAccepted, CommandRefused, decode_event
from protocol.link_messages import ClockProof, LinkCommand, LinkReceipt, TimeReply, TimeRequest
from protocol.receipts import Receipt

HUB_ID = b"hub-side"
FOR_EVER_S = 4_294_967_295
LATELY = 50  # orders that may still be without an answer
HUB_MS, CENTRE_MS = 20, 400  # there and back: to the hub, to the centre


class Centre:
    """One device's centre.  `coses`: its events by seq, as they came."""

    def __init__(self, key, device_id, point):
        self.key = key
        self.device_id = device_id
        self.point = point
        self.counter = 0
        self.sent = []  # (at_ms, counter, body) of every signed order
        self.coses = {}
        self.heads = {}
        self.told = {}  # seq -> Event
        self.answered = 0  # the highest counter that an event answers
        self.receipted = 0
        self.connected = True  # the cable between hub and device
        self.reachable = True  # the hub's way to the centre
        self.hub_ahead_ms = 0  # what the hub's clock is off; it calls itself trusted
        self.receipts = True
        self.not_after_s = {}  # counter -> until when the order is good
        self.on_event = None  # called with each event as it comes: staff look at it
        self.on_plan = None  # called with (plan id, version) when the device doses by another plan
        self.inbox = []  # (at_ms, link message), in order
        self.session = 1
        self.wake = None  # of the courier that has power

    def copy(self):
        """As it is now, for another history."""
        other = Centre(self.key, self.device_id, self.point)
        vars(other).update(vars(self))
        other.sent, other.coses, other.heads = list(self.sent), dict(self.coses), dict(self.heads)
        other.told = dict(self.told)
        other.inbox, other.not_after_s = list(self.inbox), dict(self.not_after_s)
        other.wake = other.on_event = other.on_plan = None
        return other

    def order(self, now_ms, body, not_after_s=FOR_EVER_S):
        """Sign an order and put it on the line; returns its counter."""
        self.counter += 1
        self.sent.append((now_ms, self.counter, body))
        self.not_after_s[self.counter] = not_after_s
        self._send(now_ms, self.counter, body)
        return self.counter

    def _send(self, now_ms, counter, body):
        payload = Command(self.device_id, counter, self.not_after_s[counter], body).encode()
        signed = sign1(payload, self.key.kid, CONTEXT_COMMAND, self.key.sign)
        self._put(now_ms + CENTRE_MS, LinkCommand(signed))

    def send_again(self, now_ms):
        """Orders without an answer, in order; the device knows by the counter whether it has done them."""
        for _, counter, body in self.sent[-LATELY:]:
            in_time = self.utc_ms(now_ms) < self.not_after_s[counter] * 1000
            if counter > self.answered and in_time and not isinstance(body, SetClock):
                self._send(now_ms, counter, body)

    def cut_off(self):
        """The line is gone, and what was on it."""
        self.session += 1
        self.inbox = []

    def hear(self, now_ms, message):
        """What the device asks."""
        if isinstance(message, ClockProof) and self.reachable:
            self.order(now_ms, SetClock(message.nonce, self.utc_ms(now_ms) // 1000))
        elif isinstance(message, TimeRequest):
            hub_ms = self.utc_ms(now_ms) + HUB_MS // 2 + self.hub_ahead_ms
            self._put(now_ms + HUB_MS, TimeReply(message.t1_ms, hub_ms, hub_ms, True))

    def utc_ms(self, now_ms):
        """True time."""
        from firmware.simulation.world import EPOCH_MS

        return EPOCH_MS + now_ms

    @property
    def last(self):
        """The newest event that has come."""
        return next(reversed(self.coses)) if self.coses else 0

    def keep(self, seq, cose):
        """An event has come, and its signature holds."""
        signed = verify1(
            cose, CONTEXT_EVENT, lambda kid, data, signature: verified(self.point, data, signature)
        )
        self.coses.setdefault(seq, cose)
        self.heads[seq] = event_hash(cose)
        if seq in self.told:
            return
        event = self.told[seq] = decode_event(signed.payload)
        if isinstance(event.body, (CommandAccepted, CommandRefused)):
            self.answered = max(self.answered, event.body.counter)
        if self.on_event is not None:
            self.on_event(event)

    def receipt(self, now_ms):
        """Say that everything has come, if anything new has."""
        last = self.last
        if not (self.receipts and self.reachable) or last <= self.receipted:
            return
        self.receipted = last
        rows = [(self.device_id, last, self.heads[last])]
        payload = Receipt(HUB_ID, self.utc_ms(now_ms) // 1000, rows).encode()
        self._put(
            now_ms + CENTRE_MS, LinkReceipt(sign1(payload, self.key.kid, CONTEXT_RECEIPT, self.key.sign))
        )

    def _put(self, at_ms, message):
        self.inbox.append((at_ms, message))
        self.inbox.sort(key=lambda row: row[0])
        if self.wake is not None:
            self.wake()
