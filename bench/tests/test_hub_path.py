"""The hub's bench measures what it says: its parts, without a broker and without a gateway."""

import os
import tty

from bench.hub_path import mqtt_wire as wire
from bench.hub_path.counted import Counted, count_up
from bench.hub_path.gateways import in_lines, ours
from bench.hub_path.journal import Journal
from bench.hub_path.measure import Measured
from bench.hub_path.source import LinkSource
from bench.hub_path.table import NODE_RED, OURS, targets
from protocol.cose import parse_sign1
from protocol.link import HUB, Link
from protocol.link_messages import LinkEvent, decode_link_message
from protocol.path_messages import Events, encode_path_message

RUN = Counted(600, 0, 0, 0, 100.0, 1.0, 2.0, 500.0, 0.1, 40.0)


class HubEnd:
    """The other end of a line, which acknowledges what it is told to, and may forget the session."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.seqs: list[bytes] = []
        self.start()

    def start(self) -> None:
        self._link = Link(HUB, b"the hub!", window=64)
        os.write(self._descriptor, self._link.start(0))

    def take(self, have: int, until: int) -> None:
        """Answer until so many events have been accepted."""
        while len(self.seqs) < until:
            for message in self._link.receive(os.read(self._descriptor, 4096), 0):
                decoded = decode_link_message(message)
                if isinstance(decoded, LinkEvent):
                    self.seqs.append(decoded.cose)
            out = self._link.outgoing()
            if self._link.waiting_for_welcome:
                out += self._link.welcome(have, 0)
            os.write(self._descriptor, out + self._link.accept(0))


def test_a_hub_that_dies_gets_from_the_benchs_dispenser_what_it_had_not_acknowledged():
    """After a restart the dispenser goes on with the first event that the hub does not hold, and none is left out."""
    journal = Journal(100)
    near, far = os.openpty()
    tty.setraw(near)
    tty.setraw(far)
    hub = HubEnd(far)
    source = LinkSource(near, journal)
    try:
        assert not source.send(100, 0, 0.0)
        hub.take(have=0, until=40)
        kept = hub.seqs[:30]  # the disk of the one that died
        hub.seqs = list(kept)
        hub.start()
        hub.take(have=30, until=100)
        assert source.send(0, 0, 20.0)
    finally:
        source.close()
    assert hub.seqs == journal.coses
    assert sorted(source.stamps) == list(range(100))


def test_what_is_lost_doubled_or_late_is_counted_once():
    """Of four events one is lost, one came twice and one before its turn; waits end at the first arrival."""
    written = {event: event * 1_000_000 for event in range(4)}
    arrivals = [(5_000_000, 0), (6_000_000, 3), (7_000_000, 1), (9_000_000, 0)]
    run = count_up(written, arrivals, range(4), cpu_s=0.003, peak_mb=1.0)
    assert (run.sent, run.lost, run.doubled, run.disordered) == (4, 1, 1, 1)
    assert run.p50_ms == 5.0 and run.cpu_us == 1000.0 and run.gap_s == 0.001


def test_an_event_is_found_in_every_gateways_message():
    """Whether it travels as one line, inside JSON or in our hub's batch, the bench finds the same signed bytes."""
    journal = Journal(3)
    line = journal.lines()[1]
    assert list(in_lines(line)) == [journal.coses[1]]
    assert list(in_lines(line[:229])) == []  # half a line is no event
    assert list(in_lines(b'{"Dispenser":[{"ev":"' + line.strip() + b'"}]}')) == [journal.coses[1]]
    assert list(ours().events(encode_path_message(Events(journal.coses)))) == journal.coses
    assert parse_sign1(journal.coses[1]).kid == journal.device_id


def test_packets_are_whole_wherever_the_network_cuts_them():
    """The receiver sees the same messages whether they come at once or byte by byte."""
    stream = b"".join(wire.publish("a/b", bytes(size), size) for size in (1, 127, 128, 20_000))
    at_once = list(wire.Packets().feed(stream))
    packets = wire.Packets()
    byte_by_byte = [found for at in range(len(stream)) for found in packets.feed(stream[at : at + 1])]
    assert at_once == byte_by_byte
    told = [wire.read_publish(flags, body) for _, flags, body in at_once]
    assert told == [("a/b", size, bytes(size)) for size in (1, 127, 128, 20_000)]


def test_the_table_says_plainly_what_did_not_hold():
    """A hub that is slower than Node-RED is called so in the table."""
    rows = [Measured(OURS, 1, 0.1, RUN, RUN), Measured(NODE_RED, 1, 0.1, RUN, RUN)]
    assert "**not held**" not in targets(rows, 0.1)
    slower = Measured(OURS, 1, 0.1, RUN, Counted(600, 0, 0, 0, 99.0, 1.0, 2.0, 500.0, 0.1, 40.0))
    assert targets([slower, rows[1]], 0.1).count("**not held**") == 1
