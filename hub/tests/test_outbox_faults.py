"""An outbox on a card that wears out, beside a model of dispenser and centre."""

import random
import shutil
import sqlite3
from pathlib import Path

import structlog

from hub.core.arrival import Arrival
from hub.core.lap import Lap
from hub.core.sequence import GAP
from hub.edges.sending import next_batch
from hub.start import StartFaultError, open_outbox
from hub.tests.test_outbox import A
from protocol.cose import event_hash

EVENTS = 80
SPOILED = 60
MAX_BYTES = 64 << 20


def long_event(seq: int) -> Arrival:
    """As long as a real one, so that the outbox has as many pages."""
    cose = random.Random(seq).randbytes(280)
    return Arrival(A, seq, event_hash(cose), cose)


class World:
    """One dispenser with its journal, one hub's outbox, one centre: each holds to the rules and to nothing else."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.path = folder / "outbox.sqlite3"
        self.dice = dice
        self.journal = [long_event(seq) for seq in range(1, EVENTS + 1)]
        self.written = 0  # events the dispenser has journalled so far
        self.receipted = 0  # ... and may forget
        self.centre: dict[int, bytes] = {}
        self.end = 0
        self.set_aside = 0
        self.start()

    def start(self) -> str:
        """The hub starts, and the dispenser's link with it.  Says what became of the file."""
        try:
            self.outbox, aside = open_outbox(self.path, MAX_BYTES, structlog.get_logger())
        except StartFaultError as fault:  # the flipped byte was the version: a person moves the file away
            assert "another version" in str(fault)
            self.path.unlink()
            self.start()
            return "refused as another version's"
        self.link()
        self.set_aside += aside is not None
        return "set aside" if aside else "sound"

    def link(self) -> None:
        """have_seq of the hub, as in link and session: the dispenser goes on behind it, or behind its receipts."""
        tip = self.outbox.tip(A)
        self.next = max(tip[0] if tip else 0, self.receipted) + 1
        assert self.next <= self.written + 1, "the hub says that it holds what was never written"

    def restart(self) -> None:
        """An ordinary stop and start: what was committed moves from the -wal into the file."""
        self.outbox.close()
        assert self.start() == "sound"

    def cut(self) -> None:
        """The power goes: what is on the card is all there is."""
        saved = {name: self.file(name).read_bytes() for name in ("", "-wal") if self.file(name).exists()}
        self.outbox.close()
        for name, data in saved.items():
            self.file(name).write_bytes(data)
        self.file("-shm").unlink(missing_ok=True)

    def file(self, tail: str) -> Path:
        return self.path.with_name(self.path.name + tail)

    def work(self) -> None:
        """Journal, send, store, carry up, confirm: a little of each.  Damage ends the hub and starts it anew."""
        try:
            self.written = min(EVENTS, self.written + self.dice.randint(0, 12))
            self.send()
            if self.dice.random() < 0.7:
                self.carry()
        except sqlite3.Error as fault:
            assert self.outbox.is_damage(fault), fault
            self.outbox.rollback()
            self.cut()
            self.start()

    def send(self) -> None:
        asked_at = None
        for _ in range(3):
            arrivals = [a._replace(asked_at=asked_at) for a in self.journal[self.next - 1 : self.written]]
            if not arrivals:
                return
            self.outbox.begin()
            if self.dice.random() < 0.3:
                self.outbox.store_ahead(self.dice.choice(arrivals), 7)
            verdicts = self.outbox.store(arrivals, 7)
            self.outbox.commit()
            if GAP not in verdicts:
                self.next = self.written + 1
                return
            asked_at = self.outbox.tip(A)[0]
            self.link()
        raise AssertionError("the dispenser is asked to start again and again")

    def carry(self) -> None:
        """One way through the outbox; the centre takes most messages, and signs for its chain without a hole."""
        lap, more = Lap(), True
        while more:
            self.outbox.begin()
            batch = next_batch(self.outbox, lap)
            more = batch.more
            if batch.coses:
                lap.went(batch.newest_id, batch.ahead)
                if self.dice.random() < 0.9:
                    self.take(batch.coses)
            self.outbox.commit()

    def take(self, coses: list[bytes]) -> None:
        known = {arrival.cose: arrival.seq for arrival in self.journal}
        for cose in coses:
            self.centre[known[cose]] = cose  # a KeyError: the hub sent what no dispenser said
        while self.end + 1 in self.centre:
            self.end += 1
        if self.end:
            did = self.outbox.apply_receipt([(A, self.end, self.journal[self.end - 1].head)], b"receipt")
            assert not did.differing
            self.receipted = self.end

    def finish(self) -> None:
        """No more faults: everything must arrive."""
        self.written = EVENTS
        for _ in range(60):
            if self.end == EVENTS:
                return
            self.work()
            self.link()
        raise AssertionError(f"the centre has only {self.end} of {EVENTS}")


def spoil(world: World, dice: random.Random) -> str:
    """One thing that a card does to a file.  Returns what."""
    target = world.file("-wal") if dice.random() < 0.2 and world.file("-wal").exists() else world.file("")
    size = target.stat().st_size
    kind = dice.choice(["flip", "flip", "flip", "sector", "torn", "gone"])
    if kind == "gone" and target == world.file("-wal"):
        target.unlink()
    elif size:
        with open(target, "r+b") as file:  # the same file, also under an open hub
            if kind == "flip":
                for _ in range(dice.randint(1, 8)):
                    at = dice.randrange(size)
                    file.seek(at)
                    old = file.read(1)[0]
                    file.seek(at)
                    file.write(bytes([old ^ (1 << dice.randrange(8))]))
            elif kind == "sector":
                file.seek(dice.randrange(size) // 512 * 512)
                file.write(dice.choice([bytes(512), b"\xff" * 512, dice.randbytes(512)]))
            else:
                file.truncate(dice.randrange(size))
    return f"{kind} {target.name[-3:]}"


def test_whatever_the_card_does_to_the_outbox_every_event_reaches_the_centre(tmp_path, record_property):
    """Flipped bits, lost sectors, torn or missing files, at rest and under a running hub: no event is lost."""
    set_aside = refused = 0
    for seed in range(SPOILED):
        dice = random.Random(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        world = World(folder, dice)
        for _ in range(dice.randint(2, 10)):
            world.work()
            if dice.random() < 0.3:
                world.restart()
        at_rest = dice.random() < 0.6
        if at_rest:
            world.cut()
        spoil(world, dice)
        if not at_rest:
            for _ in range(3):
                world.work()
            world.cut()
        refused += world.start() == "refused as another version's"
        world.finish()
        assert world.centre == {a.seq: a.cose for a in world.journal}
        world.outbox.close()
        set_aside += world.set_aside
        shutil.rmtree(folder)
    record_property(
        "count",
        f"damaged outboxes: {SPOILED} of up to {EVENTS} events, {set_aside} set aside, {refused} refused as another"
        f" version's, {SPOILED - set_aside - refused} healed or harmless; 0 events lost, 0 forged",
    )
    assert set_aside >= SPOILED // 10
