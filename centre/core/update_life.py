"""One dispenser's way to a new firmware within a campaign (campaign.py).  Pure.

planned -> staging -> ordered -> installing -> trying -> done
  staging     its hub fetches the bundle          installing  it has taken the order and serves its hub
  ordered     the signed order is on its way      trying      it runs the new version, not yet confirmed
and beside it: postponed (a dose is near: asked again), failed, unreached (given up for now), left (the campaign ended,
it runs a newer version, or it has come back from its home).
Times are UTC seconds of the devices' clock.
"""

from dataclasses import dataclass, replace

from protocol.errors import CLOCK_UNSET, NOT_NOW, OLD_VERSION, WRONG_STATE

PLANNED, STAGING, ORDERED, INSTALLING, TRYING = "planned", "staging", "ordered", "installing", "trying"
POSTPONED, DONE, FAILED, UNREACHED, LEFT = "postponed", "done", "failed", "unreached", "left"
STEPS = (PLANNED, STAGING, ORDERED, INSTALLING, TRYING, POSTPONED, DONE, FAILED, UNREACHED, LEFT)
IN_FLIGHT = (ORDERED, INSTALLING, TRYING)  # nothing but the dispenser itself can end these
ENDED = (DONE, FAILED, UNREACHED, LEFT)

GIVE_UP_S = 3 * 86400  # a weekend away; who comes back later is updated by the next campaign
ORDER_GOOD_S = 86400  # then the order is signed anew
AGAIN_S = 2700  # after "not now": the half hour around a dose, and its window's first quarter
# A dispenser goes back by itself after 30 min without a receipt; its word may wait for a night without network.
SILENT_S = 12 * 3600
MOST_TRIES = 3  # services that ended without the firmware being there

# Reasons of `failed` beside the device's refusal codes, which are below 256.
REVERTED, SILENT, BROKEN_OFF = 1001, 1002, 1003
HUB_SAID = 1100  # and a reason of protocol.path_updates: why its hub has nothing ready

LATER = (NOT_NOW, WRONG_STATE, CLOCK_UNSET)  # refusals that only mean: not at this moment
# What is heard of a device.
STAGED, NOT_STAGED, ACCEPTED, REFUSED, STARTED = "staged", "not_staged", "accepted", "refused", "started"
CONFIRMED, TOLD_REVERTED, NOT_TAKEN, SERVICE_ENDED = "confirmed", "reverted", "not_taken", "service_ended"
GONE = "gone"  # it has come back from its home and forgotten its owner
# News -> the steps in which it means something, and the step that follows.
_ONWARD = {
    STAGED: ((STAGING,), ORDERED),
    ACCEPTED: ((ORDERED,), INSTALLING),
    STARTED: ((ORDERED, INSTALLING), TRYING),
}


@dataclass(frozen=True)
class Part:
    """One dispenser of a campaign.

    since_s: of this state.  begun_s: of the first try.  tries: services without success.  reason: of failed, or why its
    hub has nothing ready while staging.
    """

    device_id: str
    wave: int
    state: str = PLANNED
    since_s: int = 0
    begun_s: int | None = None
    tries: int = 0
    reason: int | None = None


def hear(part: Part, news: str, now_s: int, reason: int | None = None) -> Part:
    """What a dispenser or its hub has said.  News that does not fit its state changes nothing."""
    if news == CONFIRMED:  # whenever it comes: the dispenser runs it
        return part if part.state == DONE else move(part, DONE, now_s)
    if part.state in ENDED:
        return part
    if news == GONE:
        return move(part, LEFT, now_s)
    if news == TOLD_REVERTED:
        return _failed(part, now_s, REVERTED)
    if news == NOT_STAGED:
        return replace(part, reason=HUB_SAID + (reason or 0)) if part.state == STAGING else part
    if news in (REFUSED, NOT_TAKEN):
        return _refused(part, news, now_s, reason or 0) if part.state in IN_FLIGHT else part
    if news == SERVICE_ENDED:
        return _tried(part, now_s) if part.state == INSTALLING else part
    before, after = _ONWARD.get(news, ((), ""))
    return move(part, after, now_s) if part.state in before else part


def grow_older(part: Part, now_s: int) -> Part:
    """What time alone brings: an order lapses, a silent dispenser has failed, one that is never reached is given up."""
    waited_s = now_s - part.since_s
    if part.state in (INSTALLING, TRYING):
        return _failed(part, now_s, SILENT) if waited_s > SILENT_S else part
    given_up = part.begun_s is not None and now_s - part.begun_s > GIVE_UP_S
    if given_up and part.state in (STAGING, ORDERED, POSTPONED, PLANNED):
        return move(part, UNREACHED, now_s)
    if part.state == ORDERED and waited_s > ORDER_GOOD_S:
        return move(part, POSTPONED, now_s)
    return part


def begin(part: Part, now_s: int) -> Part:
    """Its hub is asked from now on, if it waits and its time has come."""
    due = part.state == PLANNED or (part.state == POSTPONED and now_s - part.since_s >= AGAIN_S)
    if not due:
        return part
    return replace(move(part, STAGING, now_s), begun_s=now_s if part.begun_s is None else part.begun_s)


def move(part: Part, state: str, now_s: int) -> Part:
    """In another state since now."""
    return replace(part, state=state, since_s=now_s, reason=None)


def _refused(part: Part, news: str, now_s: int, reason: int) -> Part:
    if reason in LATER and news == NOT_TAKEN:
        return part  # its service is about to end, which it tells
    if reason == OLD_VERSION:  # a technician brought a newer one by cable: nothing has failed
        return move(part, LEFT, now_s)
    return move(part, POSTPONED, now_s) if reason in LATER else _failed(part, now_s, reason)


def _tried(part: Part, now_s: int) -> Part:
    tries = part.tries + 1
    if tries >= MOST_TRIES:
        return _failed(replace(part, tries=tries), now_s, BROKEN_OFF)
    return replace(move(part, POSTPONED, now_s), tries=tries)


def _failed(part: Part, now_s: int, reason: int) -> Part:
    return replace(part, state=FAILED, since_s=now_s, reason=reason)
