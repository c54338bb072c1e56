"""The hub's half of a link: hear RESET, welcome or refuse, hold the device back.  Devices do not load it."""

from protocol import cbor
from protocol.errors import NO_CODE, LinkError, MessageError
from protocol.link import ANY_SESSION, ASK, REFUSED, RESET, WELCOME, Link
from protocol.link_start import MAJOR, MINOR, VersionRefused, Welcome, read_reset, refusal
from protocol.segments import DATA, FIRST_RESEND_MS, LAST_RESEND_MS, UNLIMITED
from protocol.session import ACK, HEARTBEAT, Hello


def begin(link: Link) -> int:
    """Ask whoever is there to start; returns the session's number until it does."""
    link._reset = b""
    return ANY_SESSION


def offer(link: Link, room: int, now_ms: int) -> bytes:
    """Tell the device how many messages that can wait may be on their way: 0 holds them back.  Returns bytes to write.

    Alarms, heartbeats and questions still come.  It holds for all sessions; told again with each acknowledgement and
    heartbeat, so a lost word is mended within HEARTBEAT_MS.
    """
    session, room = link._session, min(max(room, 0), UNLIMITED)
    news, session.own_room = room != session.own_room, room
    if news and link.up:
        session.emit(ACK, 0, b"", now_ms)
    return link.outgoing()


def welcome(link: Link, have_seq: int, now_ms: int) -> None:
    """Answer the device's RESET: the session stands."""
    if not link.waiting_for_welcome:
        raise LinkError(NO_CODE, "no device waits to be welcomed")
    session = link._session
    assert link.peer is not None  # it was named in its RESET
    session.minor = min(MINOR, link.peer.version[1])
    room = session.own_room if session.minor else None
    answer = Welcome((MAJOR, MINOR), link.own_id, have_seq, session.number, session.outbox.window, room)
    link._welcome = cbor.encode(answer.to_map())
    link.waiting_for_welcome = False
    link.up = True
    link._heard_ms = now_ms
    session.emit(WELCOME, 0, link._welcome, now_ms)


def take(link: Link, kind: int, number: int, payload: bytes, now_ms: int) -> None:
    """A frame that belongs to no session that stands."""
    if kind == RESET:
        _take_reset(link, number, payload, now_ms)
        return
    link.stats.strays += 1
    if DATA <= kind <= HEARTBEAT and number != link._session.number and now_ms >= link._ask_at_ms:
        link._ask_at_ms = now_ms + FIRST_RESEND_MS  # it may be sending many; one question is enough
        link._session.emit(ASK, 0, b"", now_ms, number)


def _take_reset(link: Link, number: int, payload: bytes, now_ms: int) -> None:
    if number == link._session.number and payload == link._reset:
        # Our WELCOME was lost, or the line repeats itself.  Not counted as a sign of life: a device that
        # knocks while we believe in its session gets a new one when we have given it up as silent.
        if link.up and not link._session.peer_spoke:
            link._session.emit(WELCOME, 0, link._welcome, now_ms)
        return
    try:
        reset = read_reset(payload, number)
    except VersionRefused as error:
        _refuse(link, error.detail, number, now_ms)
        return
    except MessageError:
        link.stats.strays += 1
        return
    link.up = False
    link.waiting_for_welcome = True
    link.refused = None
    link.epoch += 1
    link.stats.starts += 1
    link.peer = Hello(reset.device_id, reset.boot, reset.version)
    link._reset = payload
    link._session.renew(number, min(link.window, reset.window))


def _refuse(link: Link, sentence: str, number: int, now_ms: int) -> None:
    """Hub: a device of another major version knocks.  The session before it, if any, is over."""
    link.stats.strays += 1
    link.refused = sentence
    link.up = link.waiting_for_welcome = False
    link._reset = b""
    link._session.renew(ANY_SESSION, link.window)
    link._session.emit(REFUSED, 0, refusal(), now_ms, number)
    link._knock_delay_ms = LAST_RESEND_MS
    link._knock_at_ms = now_ms + LAST_RESEND_MS
