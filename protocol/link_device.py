"""The device's half of a link's start: say RESET, hear WELCOME, REFUSED and ASK.  Loaded for a start, dropped after."""

from protocol import cbor
from protocol.errors import MessageError
from protocol.link import ANY_SESSION, ASK, REFUSED, SESSIONS, WELCOME, Link
from protocol.link_start import MAJOR, MINOR, Reset, VersionRefused, read_refusal, read_welcome
from protocol.segments import FIRST_RESEND_MS
from protocol.session import Hello


def begin(link: Link) -> int:
    """Make the RESET of the next session; returns its number."""
    number = link._session.number % SESSIONS + 1
    link._reset = cbor.encode(Reset((MAJOR, MINOR), link.own_id, link.boot, number, link.window).to_map())
    return number


def take(link: Link, kind: int, number: int, payload: bytes, now_ms: int) -> None:
    """A frame that belongs to no session that stands."""
    ours = number == link._session.number
    if kind == ASK and (ours or number == ANY_SESSION):
        if link.up:
            link._begin(now_ms)
        elif now_ms - link._knocked_ms >= FIRST_RESEND_MS:
            link._knock(now_ms)
    elif kind in (WELCOME, REFUSED) and ours and not link.up:
        try:
            _take_answer(link, kind, payload, now_ms)
        except VersionRefused as error:
            link.refused = error.detail
        except MessageError:
            link.stats.strays += 1
    else:
        link.stats.strays += 1


def _take_answer(link: Link, kind: int, payload: bytes, now_ms: int) -> None:
    if kind == REFUSED:
        link.refused = read_refusal(payload)
        return
    session = link._session
    answer = read_welcome(payload, session.number, link.window)
    link.up = True
    link.refused = None
    link.epoch += 1
    link.peer = Hello(answer.hub_id, 0, answer.version)
    link.peer_have_seq = answer.have_seq
    session.minor = min(MINOR, answer.version[1])
    session.outbox.window = session.stats.window = answer.window
    if answer.room is not None:
        session.stats.peer_room = answer.room
    link._heard_ms = now_ms
