"""The outbox alone: a real SQLite file, compared with a model in plain Python."""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.arrival import Arrival
from hub.edges.outbox import DamagedOutboxError, Outbox, set_aside
from protocol.cose import event_hash

A, B = b"device-A", b"device-B"
ANY = 1 << 62


def event(device: bytes, seq: int, version: int = 0) -> Arrival:
    cose = b"cose of " + device + seq.to_bytes(4, "big") + version.to_bytes(4, "big")
    return Arrival(device, seq, event_hash(cose), cose)


class Model:
    """What an outbox must hold: per device the newest number, and the events without receipt."""

    def __init__(self) -> None:
        self.last: dict[bytes, int] = {}
        self.held: list[tuple[bytes, int]] = []
        self.receipted: dict[bytes, int] = {}

    def copy(self) -> "Model":
        other = Model()
        other.last, other.held, other.receipted = dict(self.last), list(self.held), dict(self.receipted)
        return other

    def store(self, device: bytes, seq: int) -> None:
        if device not in self.last or seq == self.last[device] + 1:
            self.last[device] = seq
            self.held += [(device, seq)] if (device, seq) not in self.held else []

    def receipt(self, device: bytes, seq: int) -> None:
        self.held = [(d, s) for d, s in self.held if d != device or s > seq]
        if device not in self.last:
            return
        self.last[device] = max(self.last[device], seq)
        self.receipted[device] = max(self.receipted.get(device, 0), seq)
        if self.receipted[device] == seq and (device, seq + 1) not in self.held:
            self.last[device] = seq  # what comes next at the centre is not here: the device sends from there


MOVES = st.one_of(
    st.tuples(st.just("store"), st.sampled_from([A, B]), st.integers(1, 12)),
    st.tuples(st.just("next"), st.sampled_from([A, B]), st.integers(1, 4)),
    st.tuples(st.just("receipt"), st.sampled_from([A, B]), st.integers(1, 14)),
    st.tuples(st.just("commit"), st.none(), st.none()),
    st.tuples(st.just("kill"), st.none(), st.none()),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(MOVES, max_size=40))
def test_whatever_comes_and_whenever_the_power_goes_the_outbox_holds_what_was_committed(moves):
    """Events, receipts, commits and kills in any order: exactly what was committed and has no receipt is there."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "outbox.sqlite3"
        outbox, durable = opened(path), Model()
        outbox.begin()
        model = durable.copy()
        for kind, device, number in [*moves, ("kill", None, None)]:
            if kind == "store":
                outbox.store([event(device, number)], 7)
                model.store(device, number)
            elif kind == "next":
                first = model.last.get(device, 0) + 1
                outbox.store([event(device, first + n) for n in range(number)], 7)
                for n in range(number):
                    model.store(device, first + n)
            elif kind == "receipt":
                outbox.apply_receipt([(device, number, event(device, number).head)], b"receipt")
                model.receipt(device, number)
            elif kind == "commit":
                outbox.commit()
                durable = model.copy()
                outbox.begin()
            else:  # the process dies: its transaction was never finished
                outbox.close()
                outbox, model = opened(path), durable.copy()
                outbox.begin()
                assert contents(outbox) == sorted(event(d, s).cose for d, s in durable.held)
                assert {row.device_id: row.last_seq for row in outbox.devices()} == durable.last
        outbox.close()


def opened(path: Path) -> Outbox:
    outbox = Outbox(path)
    outbox.open()
    return outbox


def contents(outbox: Outbox) -> list[bytes]:
    return sorted(cose for _, cose in outbox.rows(0, ANY, 1000))


@pytest.fixture
def outbox(tmp_path):
    box = opened(tmp_path / "outbox.sqlite3")
    yield box
    box.close()


def test_a_second_event_under_a_used_number_is_kept_for_the_centre_to_judge(outbox):
    """Two different events with one number: both go to the centre, and the number does not move."""
    assert outbox.store([event(A, 1), event(A, 1), event(A, 1, version=9)], 7) == ["store", "repeat", "fork"]
    assert contents(outbox) == [event(A, 1).cose, event(A, 1, version=9).cose]
    assert outbox.tip(A) == (1, event(A, 1).head)


def test_a_receipt_for_an_event_we_never_had_deletes_nothing(outbox):
    """A receipt whose fingerprint is not that of our event leaves everything where it is."""
    outbox.store([event(A, 1), event(A, 2)], 7)
    assert outbox.apply_receipt([(A, 2, event(A, 2, version=5).head)], b"r") == (0, [], [A], [], [])
    assert len(contents(outbox)) == 2


def test_a_receipt_deletes_only_what_it_covers_and_the_newest_is_remembered(outbox):
    """Events after the receipt and of other dispensers stay; an older receipt does not replace a newer one."""
    outbox.store([event(A, 1), event(A, 2), event(A, 3), event(B, 1)], 7)
    assert outbox.apply_receipt([(A, 2, event(A, 2).head)], b"new") == (2, [A], [], [], [])
    assert outbox.apply_receipt([(A, 1, event(A, 1).head)], b"old") == (0, [], [], [], [])
    assert contents(outbox) == sorted([event(A, 3).cose, event(B, 1).cose])
    assert outbox.receipt_for(A) == b"new"


def test_a_dispenser_that_was_on_another_hub_goes_on_where_the_centre_stands(outbox):
    """The centre's receipt reaches further than this hub ever saw: the next number counts from there."""
    outbox.store([event(A, 1)], 7)
    outbox.apply_receipt([(A, 9, event(A, 9).head)], b"r")
    assert outbox.store([event(A, 2), event(A, 10)], 7) == ["repeat", "store"]


@pytest.mark.parametrize("spoil", ["head", "middle", "no database"])
def test_a_damaged_outbox_is_recognised_and_set_aside_unharmed(tmp_path, spoil):
    """A damaged file is moved to a name of its own, byte for byte, and never deleted."""
    path = tmp_path / "outbox.sqlite3"
    box = opened(path)
    box.store([event(A, n) for n in range(1, 400)], 7)
    box.close()
    data = bytearray(path.read_bytes())
    if spoil == "head":
        data[:64] = bytes(64)
    elif spoil == "middle":
        data[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    else:
        data = bytearray(b"not a database at all" * 100)
    path.write_bytes(data)
    with pytest.raises(DamagedOutboxError):
        opened(path)
    (tmp_path / "outbox.sqlite3.corrupt-1").write_bytes(b"an earlier one")
    aside = set_aside(path)
    assert aside.name == "outbox.sqlite3.corrupt-2" and aside.read_bytes() == data
    opened(path).close()


def test_an_outbox_of_another_version_is_refused_and_left_alone(tmp_path):
    """A file that a newer hub made is neither read wrongly nor set aside."""
    path = tmp_path / "outbox.sqlite3"
    opened(path).close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version=99")
    with pytest.raises(sqlite3.OperationalError, match="another version"):
        opened(path)


def test_an_outbox_at_its_limit_refuses_and_goes_on_when_a_receipt_makes_room(tmp_path):
    """A centre that is away for years does not fill the card: the hub stops taking, and loses nothing it took."""
    box = Outbox(tmp_path / "outbox.sqlite3", max_bytes=128 << 10)
    box.open()
    stored = 0
    with pytest.raises(sqlite3.OperationalError, match="full"):
        while True:
            box.begin()
            box.store([event(A, stored + 1)], 7)
            box.commit()
            stored += 1
    box.rollback()
    assert len(box.rows(0, ANY, 10_000)) == stored and box.tip(A)[0] == stored
    box.begin()
    box.apply_receipt([(A, stored, event(A, stored).head)], b"r")
    box.commit()
    box.begin()
    assert box.store([event(A, stored + 1)], 7) == ["store"]
    box.commit()
    box.close()
