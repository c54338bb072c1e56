"""A device's journal, made here with a key of its own: real events, really signed and chained."""

import struct
from binascii import crc32

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from protocol import events
from protocol.cose import CONTEXT_EVENT, device_id_of, event_hash, sign1
from protocol.envelope import CLOCK_SYNCED, CLOCK_UNSET, NO_PREV, Event
from tools.authority.keys import new_key, public_point
from tools.journal.event_file import Row
from tools.journal.event_writer import EventWriter

NOON_S = 1_795_435_200
DOSE = bytes(range(16))


class Device:
    """key, point, device_id; write() makes the next event."""

    def __init__(self):
        self.key = new_key()
        self.point = public_point(self.key)
        self.device_id = device_id_of(self.point)
        self.rows = []
        self.head = NO_PREV

    def sign(self, message):
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def cose(self, event):
        return sign1(event.encode(), self.device_id, CONTEXT_EVENT, self.sign)

    def write(self, body, utc_s=NOON_S, boot=1, uptime_ms=None, clock=None, seq=None, prev=None):
        """Append an event; every value that is not given is as a healthy device would write it."""
        seq = seq or len(self.rows) + 1
        uptime_ms = 1000 * seq if uptime_ms is None else uptime_ms
        clock = clock if clock is not None else CLOCK_SYNCED if utc_s else CLOCK_UNSET
        event = Event(self.device_id, seq, prev or self.head, utc_s, clock, boot, uptime_ms, body)
        cose = self.cose(event)
        self.head = event_hash(cose)
        self.rows.append(Row(seq, cose))
        return cose

    def save(self, path, rows=None):
        """The journal as a file."""
        writer = EventWriter(path, self.device_id.hex(), self.point, NOON_S)
        for row in self.rows if rows is None else rows:
            writer.add(row)
        writer.close()
        return path


def healthy(count=12):
    """A device that has started twice, had its clock set, and given doses."""
    device = Device()
    device.write(events.Booted("0.1.0", 1, 1, True), utc_s=0)
    device.write(events.ClockSet(0, NOON_S, events.SOURCE_CENTRE), NOON_S + 2)
    for seq in range(3, count + 1):
        if seq == 8:
            device.write(events.Booted("0.1.0", 1, 1, True), NOON_S + 60, boot=2, uptime_ms=500)
        elif seq % 2:
            device.write(
                events.DoseDue(DOSE, seq), NOON_S + (seq if seq < 8 else 60 + seq), boot=1 + (seq > 8)
            )
        else:
            detail = events.AlarmRaised(105, "encoder: no magnet")
            device.write(detail, NOON_S + (seq if seq < 8 else 60 + seq), boot=1 + (seq > 8))
    return device


def segment(rows):
    """As the device's flash holds them (firmware/store/records.py)."""
    out = b""
    for row in rows:
        head = struct.pack(">HI", len(row.cose), row.seq)
        out += head + struct.pack(">I", crc32(row.cose, crc32(head))) + row.cose
    return out
