"""PN532 over I2C: frames in, a status byte and frames out; the ISO 14443A tag that is held at it.

User manual UM0701-02: frames 6.2.1, I2C with its ready byte 6.2.4, error codes 7.1; commands 7.2.2 GetFirmwareVersion,
7.2.10 SAMConfiguration, 7.3.1 RFConfiguration, 7.3.5 InListPassiveTarget, 7.3.8 InDataExchange, 7.3.10/11
InDeselect/InRelease.  Any other command is answered with the syntax error frame; a frame with a wrong sum not at all.
"""

ACK, NACK = b"\x00\xff", b"\xff\x00"  # what follows the start code 00 FF
ACK_FRAME = b"\x00\x00\xff\x00\xff\x00"
SYNTAX_ERROR = b"\x00\x00\xff\x01\xff\x7f\x81\x00"
ACK_US = 1_000
WORK_US = 1_000
TRY_US = 6_000  # one attempt to find a tag, 106 kbit/s type A
SELECT_US = 10_000  # wake, anticollision on two levels, select
READ_US = 5_000  # READ and its 16 bytes over the air
MUTE_US = 50_000  # until a tag counts as gone
FOR_EVER = 0xFF
TIMED_OUT, REFUSED, WRONG_CONTEXT = (
    0x01,
    0x13,
    0x27,
)  # 13h after a NAK: seen with a real one (chrome-nfc issue 12)


class Pn532:
    def __init__(self, clock, tag):
        self._clock, self._tag = clock, tag
        tag.changed = self._field_changed
        self._ack_us = None  # from when on an acknowledge can be read
        self._reply = self._last = None
        self._due = None
        self._sam = False  # until SAMConfiguration the radio is off (LowVbat, UM0701-02 3.1)
        self._retries = FOR_EVER
        self._seeking = False
        self._target = (
            None  # number of the tag that was selected; b"" when that tag has left or refused since
        )

    def write(self, data, stop):
        start = data.find(b"\x00\xff")
        if start < 0:  # the byte that wakes it, or nothing
            return
        rest = data[start + 2 :]
        if rest[:2] == ACK:
            self._forget()
        elif rest[:2] == NACK:
            self._reply = self._last
        elif _is_whole(rest):
            self._forget()
            self._ack_us = self._clock.now_us() + ACK_US
            self._begin(rest[3], rest[4 : 2 + rest[0]])

    def read(self, n):
        """First the ready byte; reading more than that takes the frame away."""
        waits_for_ack = self._ack_us is not None
        if waits_for_ack:
            frame = ACK_FRAME if self._clock.now_us() >= self._ack_us else None
        else:
            frame = self._reply
        if frame is None:
            return bytes(n)
        if n > 1:
            self._ack_us = None
            if not waits_for_ack:
                self._reply = None
        return (b"\x01" + frame + bytes(n))[:n]

    def _forget(self):
        """A new command, or an ACK of the host, ends what it was doing."""
        self._ack_us = self._reply = None
        self._seeking = False
        if self._due:
            self._clock.cancel(self._due)
            self._due = None

    def _answer(self, us, compose):
        """Have the frame ready in `us`, made of what compose() gives then; None is the error frame."""

        def ready():
            self._due = None
            self._seeking = False
            body = compose()
            self._last = self._reply = SYNTAX_ERROR if body is None else _frame(b"\xd5" + body)

        self._due = self._clock.call_at(self._clock.now_us() + ACK_US + us, ready)

    def _begin(self, command, data):
        if command == 0x02:
            self._answer(WORK_US, lambda: b"\x03\x32\x01\x06\x07")  # IC, version 1.6, ISO 14443A, B and 18092
        elif command == 0x14 and data[:1] == b"\x01":  # normal mode
            self._sam = True
            self._answer(WORK_US, lambda: b"\x15")
        elif command == 0x32 and len(data) > 1:
            self._set_up_radio(data)
        elif command == 0x4A and len(data) > 1 and self._sam:
            self._seek(data[1])
        elif command == 0x40 and data and self._sam:
            self._exchange(data[0], data[1:])
        elif command in (0x44, 0x52) and data:
            self._target = None
            self._answer(WORK_US, lambda: bytes((command + 1, 0)))
        else:
            self._answer(WORK_US, lambda: None)

    def _set_up_radio(self, data):
        if data[0] == 5 and len(data) == 4:
            self._retries = data[3]
        elif data[0] == 1 and not data[1] & 1 and self._target:
            self._target = b""
        self._answer(WORK_US, lambda: b"\x33")

    def _seek(self, kind):
        self._target = None
        if kind == 0 and self._tag.uid():
            self._answer(SELECT_US, self._found)
        elif self._retries != FOR_EVER:
            self._answer((self._retries + 1) * TRY_US, self._found)
            self._seeking = kind == 0
        else:
            self._seeking = kind == 0

    def _field_changed(self):
        """A tag has come, or another one, or none."""
        if self._target:
            self._target = b""
        if self._seeking and self._tag.uid():
            if self._due:
                self._clock.cancel(self._due)
            self._answer(SELECT_US, self._found)

    def _found(self):
        uid = self._tag.uid()
        if not uid:
            return b"\x4b\x00"
        self._target = uid
        kind = b"\x00\x44\x00" if len(uid) == 7 else b"\x00\x04\x08"  # SENS_RES and SEL_RES
        return b"\x4b\x01\x01" + kind + bytes((len(uid),)) + uid

    def _exchange(self, number, data):
        if number != 1 or self._target is None:
            self._answer(WORK_US, lambda: bytes((0x41, WRONG_CONTEXT)))
        elif not self._target:
            self._answer(MUTE_US, lambda: bytes((0x41, TIMED_OUT)))
        else:
            self._answer(READ_US, lambda: self._from_tag(data))

    def _from_tag(self, data):
        if not self._target:  # taken away meanwhile
            return bytes((0x41, TIMED_OUT))
        pages = self._tag.read(data[1]) if len(data) == 2 and data[0] == 0x30 else None
        if pages is None:
            self._target = b""  # a tag that refuses goes idle, and must be selected again
            return bytes((0x41, REFUSED))
        return b"\x41\x00" + pages


def _is_whole(rest):
    """LEN, LCS, TFI, data, DCS, as a host must send them."""
    if len(rest) < 5 or (rest[0] + rest[1]) & 0xFF or rest[2] != 0xD4 or rest[0] < 2:
        return False
    return len(rest) >= 3 + rest[0] and not sum(rest[2 : 3 + rest[0]]) & 0xFF


def _frame(body):
    return b"\x00\x00\xff" + bytes((len(body), -len(body) & 0xFF)) + body + bytes((-sum(body) & 0xFF, 0))
