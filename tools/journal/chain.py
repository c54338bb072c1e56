"""Prove a journal: each signature, the chain from event to event, what is missing, starts and clock.  Pure.

Three weights: BROKEN (not what the device wrote, or not in its order), GAP (events are missing), NOTED (happens, and is
worth reading).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from protocol.cose import CONTEXT_EVENT, event_hash, verify1
from protocol.envelope import CLOCK_UNSET, Heading, decode_heading
from protocol.errors import DispenserError
from tools.journal.event_file import Row

BROKEN, GAP, NOTED = "broken", "gap", "noted"
# A clock drifts 2 s a day at most before it is set (firmware/core/clock_judging.py); a second more is rounding.
CLOCK_SLACK_S = 5

Verify = Callable[[bytes, bytes, bytes], bool]  # (kid, message, signature), as cose.verify1


@dataclass(frozen=True)
class Finding:
    """seq: the event it is about."""

    weight: str
    seq: int
    sentence: str


@dataclass
class Proof:
    """What was found.  signed: signatures that hold; None when there was no key to check them by."""

    first: int = 0
    last: int = 0
    events: int = 0
    lost: int = 0
    starts: int = 0
    signed: int | None = None
    findings: list[Finding] = field(default_factory=list)

    def of(self, weight: str) -> list[Finding]:
        """The findings of this weight."""
        return [finding for finding in self.findings if finding.weight == weight]


def prove(rows: Iterable[Row], device_id: bytes, verify: Verify | None) -> Proof:
    """Go through the journal in the order of the file."""
    walk = _Walk(device_id, verify)
    for row in rows:
        walk.step(row)
    return walk.proof


class _Walk:
    def __init__(self, device_id: bytes, verify: Verify | None) -> None:
        self.proof = Proof(signed=None if verify is None else 0)
        self._device_id = device_id
        self._verify = verify
        self._before: Heading | None = None
        self._head: bytes | None = None  # hash of the event before; None: it is not there
        self._seen: dict[int, bytes] = {}

    def step(self, row: Row) -> None:
        proof, known = self.proof, self._seen.get(row.seq)
        if known is not None:
            if row.cose is not None and event_hash(row.cose) != known:
                self._say(BROKEN, row.seq, f"there are two different events {row.seq}: a fork")
            return
        if proof.last and row.seq < proof.last:
            self._say(BROKEN, row.seq, f"event {row.seq} stands behind event {proof.last}")
            return
        self._missing_before(row.seq)
        proof.first, proof.last = proof.first or row.seq, row.seq
        if row.cose is None:
            proof.lost += 1
            self._say(GAP, row.seq, f"event {row.seq} is lost on the device, which knows it")
            self._head = None
            return
        self._seen[row.seq] = event_hash(row.cose)
        heading = self._read(row.seq, row.cose)
        proof.events += 1
        if heading is not None:
            self._follow(heading)
        self._before, self._head = heading or self._before, self._seen[row.seq]

    def _missing_before(self, seq: int) -> None:
        last = self.proof.last
        if last and seq > last + 1:
            missing = f"event {last + 1} is" if seq == last + 2 else f"events {last + 1} to {seq - 1} are"
            self._say(GAP, last + 1, f"{missing} missing")
            self._head = None

    def _read(self, seq: int, cose: bytes) -> Heading | None:
        """The heading of an event that is one, and says what its row says."""
        try:
            heading = decode_heading(self._payload(cose))
        except DispenserError as error:
            self._say(BROKEN, seq, f"event {seq} does not hold: {error}")
            return None
        if heading.device_id != self._device_id:
            self._say(BROKEN, seq, f"event {seq} is of another device, {heading.device_id.hex()}")
            return None
        if heading.seq != seq:
            self._say(BROKEN, seq, f"event {seq} says that it is event {heading.seq}")
            return None
        return heading

    def _payload(self, cose: bytes) -> bytes:
        if self._verify is None:
            return verify1(cose, CONTEXT_EVENT, lambda kid, message, signature: True).payload
        payload = verify1(cose, CONTEXT_EVENT, self._verify).payload
        self.proof.signed = (self.proof.signed or 0) + 1
        return payload

    def _follow(self, heading: Heading) -> None:
        if self._head is not None and heading.prev != self._head:
            self._say(BROKEN, heading.seq, f"event {heading.seq} does not follow event {heading.seq - 1}")
        before = self._before
        if before is None or heading.boot != before.boot:
            self.proof.starts += 1
        if before is None:
            return
        if heading.boot < before.boot:
            words = f"event {heading.seq} counts {heading.boot} starts, the event before it {before.boot}"
            self._say(BROKEN, heading.seq, words)
        elif heading.boot == before.boot and heading.uptime_ms < before.uptime_ms:
            self._say(
                BROKEN, heading.seq, f"event {heading.seq} is earlier after the start than the one before it"
            )
        self._clock(before, heading)

    def _clock(self, before: Heading, now: Heading) -> None:
        """Steps of the clock, seen against the time since the start, which nobody can set."""
        if CLOCK_UNSET in (before.clock, now.clock):
            if before.clock != now.clock:
                gone = now.clock == CLOCK_UNSET
                self._say(
                    NOTED, now.seq, "the clock is unset" if gone else f"the clock is set: {when(now.utc_s)}"
                )
            return
        step_s = now.utc_s - before.utc_s
        if now.boot == before.boot:
            step_s -= (now.uptime_ms - before.uptime_ms) // 1000
            if abs(step_s) <= CLOCK_SLACK_S:
                return
            way = "forward" if step_s > 0 else "back"
            self._say(NOTED, now.seq, f"the clock went {way} by {abs(step_s)} s: {when(now.utc_s)}")
        elif step_s < -CLOCK_SLACK_S:
            self._say(NOTED, now.seq, f"after a start the clock was {-step_s} s back: {when(now.utc_s)}")

    def _say(self, weight: str, seq: int, sentence: str) -> None:
        self.proof.findings.append(Finding(weight, seq, sentence))


def when(utc_s: int) -> str:
    """An instant as a technician reads it."""
    return f"{datetime.fromtimestamp(utc_s, UTC):%Y-%m-%d %H:%M:%S} UTC" if utc_s else "no time"
