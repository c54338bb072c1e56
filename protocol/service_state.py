"""What a device in service mode tells of itself, and what a part says when it is tried.  Bodies of STATE and SELF_TEST.

Numbers only, no judgement: what is too much or too little, the technician's tool knows (decision 42).
"""

from protocol.record import (
    MS_MAX,
    U16_MAX,
    U32_MAX,
    Record,
    at_most,
    exactly,
    flag,
    items,
    pair,
    text,
    within,
)

# Parts of STATE; each is answered with the record of its name.
TIME, POWER, FLASH, EVENTS, PLAN, CHAIN, FIRMWARE = 1, 2, 3, 4, 5, 6, 7

# Parts of SELF_TEST.  A motor moves only when nothing is loaded, or with the centre's signed ServiceTests.
MOTOR, ENCODER, BEAM, SPEAKER, NFC = 1, 2, 3, 4, 5

WORKS, FAULTY, NOT_TRIED = 0, 1, 2  # verdicts of a part
PLAN_NONE, PLAN_IN_FORCE, PLAN_UNREADABLE = 0, 1, 2

# Causes of NOT_TRIED.  Every other cause is a driver's.
LOADED = "loaded"
LID_OPEN = "lid open"
UNCOVERED = "shutter not closed"
UNPROVEN = "position not proven"
SPENT = "battery spent"
NO_ROLL = "no roll"

MAX_ALARMS = 24  # the codes there are, and room
MAX_DETAIL = 64  # characters, as AlarmRaised has
MAX_MANIFEST = 2000  # bytes: a signed manifest has some 250
DIGEST_BYTES = 32  # SHA-256
POINT_BYTES = 65  # an uncompressed P-256 point
STEPS_OF_CHAIN = 32  # events looked at for one answer: 32 reads of some 20 ms on the chip


class StateAsk(Record):
    """Tool -> device."""

    FIELDS = ((1, "part"), (2, "from_seq"))
    OPTIONAL = (2,)

    def __init__(self, part: int, from_seq: "int | None" = None) -> None:
        self.part = within(part, TIME, FIRMWARE, "part")
        # of CHAIN: the first event whose link is looked at; absent: the oldest one held
        self.from_seq = None if from_seq is None else within(from_seq, 1, U32_MAX, "from_seq")


class TimeState(Record):
    """What time the device believes it is."""

    FIELDS = ((1, "utc_s"), (2, "quality"), (3, "chip_s"), (4, "uptime_ms"))

    def __init__(self, utc_s: int, quality: int, chip_s: int, uptime_ms: int) -> None:
        self.utc_s = within(utc_s, 0, U32_MAX, "utc_s")  # since 1970; 0: it does not know
        self.quality = within(quality, 0, 2, "quality")  # as in every event's heading
        self.chip_s = within(chip_s, 0, U32_MAX, "chip_s")  # its battery clock; 0: stopped, or silent
        self.uptime_ms = within(uptime_ms, 0, MS_MAX, "uptime_ms")


class PowerState(Record):
    """What feeds it.  battery_mv, battery_per_mille: absent when the gauge does not answer."""

    FIELDS = ((1, "mains"), (2, "battery_mv"), (3, "battery_per_mille"))
    OPTIONAL = (2, 3)

    def __init__(
        self, mains: bool, battery_mv: "int | None" = None, battery_per_mille: "int | None" = None
    ) -> None:
        self.mains = flag(mains, "mains")
        self.battery_mv = None if battery_mv is None else within(battery_mv, 0, U16_MAX, "battery_mv")
        self.battery_per_mille = (
            None if battery_per_mille is None else within(battery_per_mille, 0, 1000, "battery_per_mille")
        )


class FlashState(Record):
    """The file system: blocks in all, free ones, bytes of each; and the heap's free bytes."""

    FIELDS = ((1, "blocks"), (2, "free"), (3, "block_bytes"), (4, "heap_free"))

    def __init__(self, blocks: int, free: int, block_bytes: int, heap_free: int) -> None:
        self.blocks = within(blocks, 1, U32_MAX, "blocks")
        self.free = within(free, 0, blocks, "free")
        self.block_bytes = within(block_bytes, 1, U32_MAX, "block_bytes")
        self.heap_free = within(heap_free, 0, U32_MAX, "heap_free")


class EventsState(Record):
    """The journal in numbers, and which alarms stand.

    waiting: events that no receipt covers for certain; waiting_since_s: time of the first of them, absent when none
    waits or it had no time.  alarms: [code, detail] each.
    """

    FIELDS = (
        (1, "oldest_seq"),
        (2, "last_seq"),
        (3, "waiting"),
        (4, "memory_lost"),
        (5, "alarms"),
        (6, "waiting_since_s"),
    )
    OPTIONAL = (6,)

    def __init__(
        self,
        oldest_seq: int,
        last_seq: int,
        waiting: int,
        memory_lost: bool,
        alarms: "list[list[object]]",
        waiting_since_s: "int | None" = None,
    ) -> None:
        self.oldest_seq = within(oldest_seq, 0, U32_MAX, "oldest_seq")  # first event held; 0: none
        self.last_seq = within(last_seq, 0, U32_MAX, "last_seq")
        self.waiting = within(waiting, 0, U32_MAX, "waiting")
        self.memory_lost = flag(memory_lost, "memory_lost")  # nobody knows what was given before the journal
        self.alarms = [_alarm(row) for row in items(alarms, 0, MAX_ALARMS, "alarms")]
        self.waiting_since_s = (
            None if waiting_since_s is None else within(waiting_since_s, 1, U32_MAX, "waiting_since_s")
        )


def _alarm(row: object) -> "list[object]":
    code, detail = pair(row, "alarm")
    return [within(code, 1, U16_MAX, "code"), text(detail, MAX_DETAIL, "detail")]


class PlanState(Record):
    """What it doses by, without what is dosed."""

    FIELDS = (
        (1, "state"),
        (2, "doses_left"),
        (3, "ends_s"),
        (4, "loaded"),
        (5, "refilling"),
    )

    def __init__(self, state: int, doses_left: int, ends_s: int, loaded: bool, refilling: bool) -> None:
        self.state = within(state, PLAN_NONE, PLAN_UNREADABLE, "state")
        self.doses_left = within(doses_left, 0, U16_MAX, "doses_left")
        self.ends_s = within(ends_s, 0, U32_MAX, "ends_s")  # when the last of them is due; 0: none left
        self.loaded = flag(loaded, "loaded")  # medicine may lie in it
        self.refilling = flag(refilling, "refilling")  # a filling was begun and not ended well


class ChainState(Record):
    """The links of at most STEPS_OF_CHAIN events, each the hash of the event before."""

    FIELDS = ((1, "next_seq"), (2, "looked_at"), (3, "missing"), (4, "broken"), (5, "first_bad"))
    OPTIONAL = (5,)

    def __init__(
        self, next_seq: int, looked_at: int, missing: int, broken: int, first_bad: "int | None" = None
    ) -> None:
        self.next_seq = within(next_seq, 0, U32_MAX, "next_seq")  # go on there; 0: that was the end
        self.looked_at = within(looked_at, 0, U16_MAX, "looked_at")  # events found
        self.missing = within(missing, 0, U16_MAX, "missing")  # events that cannot be read
        self.broken = within(broken, 0, U16_MAX, "broken")  # links that do not fit
        self.first_bad = None if first_bad is None else within(first_bad, 1, U32_MAX, "first_bad")


class FirmwareState(Record):
    """What lies in the slot it runs from, read from flash for this answer.  slot "-": code that was never installed."""

    FIELDS = (
        (1, "slot"),
        (2, "sequence"),
        (3, "pack_bytes"),
        (4, "manifest"),
        (5, "pack_digest"),
        (6, "release"),
    )
    OPTIONAL = (4, 5, 6)

    def __init__(
        self,
        slot: str,
        sequence: int,
        pack_bytes: int,
        manifest: "bytes | None" = None,
        pack_digest: "bytes | None" = None,
        release: "bytes | None" = None,
    ) -> None:
        self.slot = text(slot, 8, "slot")
        self.sequence = within(sequence, 0, U32_MAX, "sequence")
        self.pack_bytes = within(pack_bytes, 0, U32_MAX, "pack_bytes")
        self.manifest = None if manifest is None else at_most(manifest, MAX_MANIFEST, "manifest")
        self.pack_digest = None if pack_digest is None else exactly(pack_digest, DIGEST_BYTES, "pack_digest")
        # Its release key.
        self.release = None if release is None else exactly(release, POINT_BYTES, "release")


class SelfTest(Record):
    """Tool -> device: try this part.  Asked again, it is tried again."""

    FIELDS = ((1, "part"),)

    def __init__(self, part: int) -> None:
        self.part = within(part, MOTOR, NFC, "part")


class SelfTested(Record):
    """What the part did.  cause: a driver's own words, empty when it works."""

    FIELDS = ((1, "part"), (2, "verdict"), (3, "cause"))

    def __init__(self, part: int, verdict: int, cause: str) -> None:
        self.part = within(part, MOTOR, NFC, "part")
        self.verdict = within(verdict, WORKS, NOT_TRIED, "verdict")
        self.cause = text(cause, MAX_DETAIL, "cause")


STATES: "tuple[type[Record], ...]" = (
    TimeState,
    PowerState,
    FlashState,
    EventsState,
    PlanState,
    ChainState,
    FirmwareState,
)  # the answer to part n stands at n - 1
