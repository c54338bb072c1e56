"""One new firmware for all dispensers of a class, in waves that stop by themselves.  Pure (decision 41).

A dispenser's way:  planned -> staging -> ordered -> installing -> trying -> done
  staging     its hub fetches the bundle          installing  it has taken the order and serves its hub
  ordered     the signed order is on its way      trying      it runs the new version, not yet confirmed
and beside it: postponed (a dose is near: asked again), failed, unreached (given up for now), left (the campaign ended,
or it runs a newer version).
Times are UTC seconds of the devices' clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from protocol.errors import CLOCK_UNSET, NOT_NOW, OLD_VERSION, WRONG_STATE

PLANNED, STAGING, ORDERED, INSTALLING, TRYING = "planned", "staging", "ordered", "installing", "trying"
POSTPONED, DONE, FAILED, UNREACHED, LEFT = "postponed", "done", "failed", "unreached", "left"
STEPS = (PLANNED, STAGING, ORDERED, INSTALLING, TRYING, POSTPONED, DONE, FAILED, UNREACHED, LEFT)
IN_FLIGHT = (ORDERED, INSTALLING, TRYING)  # nothing but the dispenser itself can end these
ENDED = (DONE, FAILED, UNREACHED, LEFT)

RUNNING, PAUSED, STOPPED, ABORTED, FINISHED = "running", "paused", "stopped", "aborted", "finished"
STATES = (RUNNING, PAUSED, STOPPED, ABORTED, FINISHED)
OPEN = (RUNNING, PAUSED, STOPPED)
PAUSE, RESUME, ABORT = "pause", "resume", "abort"
# Why a campaign stopped by itself.
FAILURES, NOBODY = "failures", "nobody"

# Decision 41: a fleet of twenty risks one dispenser, one of four hundred twenty; then a quarter, then all.
WAVES_PERCENT = (5, 25, 100)
MANY_FAILED, FAILED_PERCENT = 2, 5  # after the first wave, in which one failure is too many
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
STAGED, ACCEPTED, REFUSED, STARTED, SERVICE_ENDED = (
    "staged",
    "accepted",
    "refused",
    "started",
    "service_ended",
)
CONFIRMED, TOLD_REVERTED, NOT_TAKEN, NOT_STAGED = "confirmed", "reverted", "not_taken", "not_staged"

PREPARE, ORDER, DROP = "prepare", "order", "drop"
Action = tuple[str, str]  # what to do, for which device


class CampaignRefused(Exception):
    """A person cannot do this now; `why` is a word for the catalogue ("campaign.refused.<why>")."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


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


@dataclass(frozen=True)
class Campaign:
    """wave: the open one.  why: it stopped.

    forgiven: failures that a person has seen and gone on.  pardoned: the wave in which nobody needs to be done.
    """

    parts: Mapping[str, Part]
    state: str = RUNNING
    wave: int = 0
    why: str | None = None
    forgiven: int = 0
    pardoned: int | None = None


def wave_sizes(count: int) -> tuple[int, ...]:
    """How many dispensers come in each wave: at least one more each time, while there are any."""
    ends: list[int] = []
    for percent in WAVES_PERCENT:
        before = ends[-1] if ends else 0
        ends.append(min(count, max(before + 1, -(-count * percent // 100))))
    return tuple(end - before for before, end in zip([0, *ends], ends, strict=False))


def planned(device_ids: Iterable[str], seed: str) -> Campaign:
    """A new campaign.  Which home comes first is drawn by `seed`, so that it is not always the same one."""
    drawn = sorted(set(device_ids), key=lambda device_id: sha256(f"{seed}:{device_id}".encode()).digest())
    if not drawn:
        raise CampaignRefused("no_devices")
    waves = [wave for wave, size in enumerate(wave_sizes(len(drawn))) for _ in range(size)]
    return Campaign({device_id: Part(device_id, wave) for device_id, wave in zip(drawn, waves, strict=True)})


def heard(campaign: Campaign, device_id: str, news: str, now_s: int, reason: int | None = None) -> Campaign:
    """What a dispenser or its hub has said changes its part.  News that does not fit its state changes nothing."""
    part = campaign.parts.get(device_id)
    if part is None:
        return campaign
    if news == CONFIRMED:  # whenever it comes: the dispenser runs it
        return (
            _with(campaign, replace(part, state=DONE, since_s=now_s, reason=None))
            if part.state != DONE
            else campaign
        )
    if part.state in ENDED:
        return campaign
    if news == NOT_STAGED:
        said = replace(part, reason=HUB_SAID + (reason or 0))
        return _with(campaign, said) if part.state == STAGING else campaign
    if news == TOLD_REVERTED:
        return _with(campaign, _failed(part, now_s, REVERTED))
    if news in (REFUSED, NOT_TAKEN) and part.state in IN_FLIGHT:
        later = reason in LATER
        if later and news == NOT_TAKEN:
            return campaign  # its service is about to end, which it tells
        if reason == OLD_VERSION:  # a technician brought a newer one by cable: nothing has failed
            return _with(campaign, _moved(part, LEFT, now_s))
        return _with(campaign, _moved(part, POSTPONED, now_s) if later else _failed(part, now_s, reason or 0))
    if news == SERVICE_ENDED and part.state == INSTALLING:
        return _with(campaign, _tried(part, now_s))
    steps = {STAGED: (STAGING, ORDERED), ACCEPTED: (ORDERED, INSTALLING), STARTED: (None, TRYING)}
    before, after = steps.get(news, ("", ""))
    fits = part.state == before or (before is None and part.state in IN_FLIGHT)
    return _with(campaign, _moved(part, after, now_s)) if fits and part.state != after else campaign


def step(campaign: Campaign, now_s: int, busy: frozenset[str] = frozenset()) -> tuple[Campaign, list[Action]]:
    """What time and the others' ends bring, and what is to be done now.  busy: in flight for another campaign.

    PREPARE is repeated for every part in staging, ORDER for every part in `ordered`, DROP once: whoever does them knows
    what he has done already.
    """
    campaign = _aged(campaign, now_s)
    if campaign.state == RUNNING:
        campaign = _judged(campaign)
    if campaign.state == RUNNING:
        campaign = _begun(campaign, now_s, busy)
    dropped: list[Action] = []
    if campaign.state != RUNNING:
        campaign, dropped = _held_back(campaign, now_s)
    return campaign, dropped + _wanted(campaign)


def act(campaign: Campaign, verb: str) -> Campaign:
    """A person pauses, resumes or aborts.  Raises CampaignRefused."""
    if verb == PAUSE and campaign.state == RUNNING:
        return replace(campaign, state=PAUSED)
    if verb == RESUME and campaign.state in (PAUSED, STOPPED):
        pardoned = campaign.wave if campaign.state == STOPPED else campaign.pardoned
        return replace(campaign, state=RUNNING, why=None, forgiven=count(campaign, FAILED), pardoned=pardoned)
    if verb == ABORT and campaign.state in OPEN:
        return replace(campaign, state=ABORTED)
    raise CampaignRefused("not_now")


def count(campaign: Campaign, *states: str) -> int:
    """How many dispensers are in one of these states."""
    return sum(part.state in states for part in campaign.parts.values())


def is_too_bad(campaign: Campaign) -> bool:
    """More has failed than a person has seen, and more than may."""
    failed, done = count(campaign, FAILED), count(campaign, DONE)
    if failed <= campaign.forgiven:
        return False
    if campaign.wave == 0:
        return True
    return failed >= MANY_FAILED and 100 * failed > FAILED_PERCENT * (failed + done)


def _judged(campaign: Campaign) -> Campaign:
    """Stop, open the next wave, or finish."""
    while campaign.state == RUNNING:
        if is_too_bad(campaign):
            return replace(campaign, state=STOPPED, why=FAILURES)
        in_wave = [part for part in campaign.parts.values() if part.wave == campaign.wave]
        if not all(part.state in ENDED for part in campaign.parts.values() if part.wave <= campaign.wave):
            return campaign
        last = campaign.wave == max(part.wave for part in campaign.parts.values())
        if (
            not last
            and campaign.pardoned != campaign.wave
            and not any(part.state == DONE for part in in_wave)
        ):
            return replace(campaign, state=STOPPED, why=NOBODY)
        campaign = replace(campaign, state=FINISHED) if last else replace(campaign, wave=campaign.wave + 1)
    return campaign


def _aged(campaign: Campaign, now_s: int) -> Campaign:
    for part in campaign.parts.values():
        aged = _older(part, now_s)
        if aged is not part:
            campaign = _with(campaign, aged)
    return campaign


def _older(part: Part, now_s: int) -> Part:
    waited_s = now_s - part.since_s
    if part.state in (INSTALLING, TRYING):
        return _failed(part, now_s, SILENT) if waited_s > SILENT_S else part
    given_up = part.begun_s is not None and now_s - part.begun_s > GIVE_UP_S
    if given_up and part.state in (STAGING, ORDERED, POSTPONED, PLANNED):
        return _moved(part, UNREACHED, now_s)
    if part.state == ORDERED and waited_s > ORDER_GOOD_S:
        return _moved(part, POSTPONED, now_s)
    return part


def _begun(campaign: Campaign, now_s: int, busy: frozenset[str]) -> Campaign:
    for part in campaign.parts.values():
        due = part.state == PLANNED or (part.state == POSTPONED and now_s - part.since_s >= AGAIN_S)
        if due and part.wave <= campaign.wave and part.device_id not in busy:
            begun_s = now_s if part.begun_s is None else part.begun_s
            campaign = _with(campaign, replace(_moved(part, STAGING, now_s), begun_s=begun_s))
    return campaign


def _held_back(campaign: Campaign, now_s: int) -> tuple[Campaign, list[Action]]:
    """Nothing new begins; what only its hub knows of goes back, and for good when the campaign is over."""
    over = campaign.state in (ABORTED, FINISHED)
    actions: list[Action] = []
    for part in campaign.parts.values():
        if part.state == STAGING or (over and part.state in (PLANNED, POSTPONED)):
            if part.begun_s is not None:
                actions.append((DROP, part.device_id))
            campaign = _with(campaign, _moved(part, LEFT if over else PLANNED, now_s))
    return campaign, actions


def _wanted(campaign: Campaign) -> list[Action]:
    kinds = {STAGING: PREPARE, ORDERED: ORDER}
    return [(kinds[part.state], part.device_id) for part in campaign.parts.values() if part.state in kinds]


def _tried(part: Part, now_s: int) -> Part:
    tries = part.tries + 1
    if tries >= MOST_TRIES:
        return _failed(replace(part, tries=tries), now_s, BROKEN_OFF)
    return replace(_moved(part, POSTPONED, now_s), tries=tries)


def _failed(part: Part, now_s: int, reason: int) -> Part:
    return replace(part, state=FAILED, since_s=now_s, reason=reason)


def _moved(part: Part, state: str, now_s: int) -> Part:
    return replace(part, state=state, since_s=now_s, reason=None)


def _with(campaign: Campaign, part: Part) -> Campaign:
    return replace(campaign, parts={**campaign.parts, part.device_id: part})
