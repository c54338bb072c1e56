"""One new firmware for all dispensers of a class, in waves that stop by themselves.  Pure (decision 41).

Each dispenser's own way is update_life.py.  Times are UTC seconds of the devices' clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from centre.core import update_life as life
from centre.core.update_life import Part

RUNNING, PAUSED, STOPPED, ABORTED, FINISHED = "running", "paused", "stopped", "aborted", "finished"
STATES = (RUNNING, PAUSED, STOPPED, ABORTED, FINISHED)
OPEN = (RUNNING, PAUSED, STOPPED)
PAUSE, RESUME, ABORT = "pause", "resume", "abort"
# Why a campaign stopped by itself.
FAILURES, NOBODY = "failures", "nobody"

# Decision 41: a fleet of twenty risks one dispenser, one of four hundred twenty; then a quarter, then all.
WAVES_PERCENT = (5, 25, 100)
MANY_FAILED, FAILED_PERCENT = 2, 5  # after the first wave, in which one failure is too many

PREPARE, ORDER, DROP = "prepare", "order", "drop"
Action = tuple[str, str]  # what to do, for which device


class CampaignRefused(Exception):
    """A person cannot do this now; `why` is a word for the catalogue ("campaign.refused.<why>")."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


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
    """What a dispenser or its hub has said changes its part; of others nothing is known here."""
    part = campaign.parts.get(device_id)
    return campaign if part is None else _with(campaign, life.hear(part, news, now_s, reason))


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
        return replace(
            campaign, state=RUNNING, why=None, forgiven=count(campaign, life.FAILED), pardoned=pardoned
        )
    if verb == ABORT and campaign.state in OPEN:
        return replace(campaign, state=ABORTED)
    raise CampaignRefused("not_now")


def count(campaign: Campaign, *states: str) -> int:
    """How many dispensers are in one of these states."""
    return sum(part.state in states for part in campaign.parts.values())


def is_too_bad(campaign: Campaign) -> bool:
    """More has failed than a person has seen, and more than may."""
    failed, done = count(campaign, life.FAILED), count(campaign, life.DONE)
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
        if not all(
            part.state in life.ENDED for part in campaign.parts.values() if part.wave <= campaign.wave
        ):
            return campaign
        last = campaign.wave == max(part.wave for part in campaign.parts.values())
        if (
            not last
            and campaign.pardoned != campaign.wave
            and not any(part.state == life.DONE for part in in_wave)
        ):
            return replace(campaign, state=STOPPED, why=NOBODY)
        campaign = replace(campaign, state=FINISHED) if last else replace(campaign, wave=campaign.wave + 1)
    return campaign


def _aged(campaign: Campaign, now_s: int) -> Campaign:
    for part in campaign.parts.values():
        campaign = _with(campaign, life.grow_older(part, now_s))
    return campaign


def _begun(campaign: Campaign, now_s: int, busy: frozenset[str]) -> Campaign:
    for part in campaign.parts.values():
        if part.wave <= campaign.wave and part.device_id not in busy:
            campaign = _with(campaign, life.begin(part, now_s))
    return campaign


def _held_back(campaign: Campaign, now_s: int) -> tuple[Campaign, list[Action]]:
    """Nothing new begins; what only its hub knows of goes back, and for good when the campaign is over."""
    over = campaign.state in (ABORTED, FINISHED)
    actions: list[Action] = []
    for part in campaign.parts.values():
        if part.state == life.STAGING or (over and part.state in (life.PLANNED, life.POSTPONED)):
            if part.begun_s is not None:
                actions.append((DROP, part.device_id))
            campaign = _with(campaign, life.move(part, life.LEFT if over else life.PLANNED, now_s))
    return campaign, actions


def _wanted(campaign: Campaign) -> list[Action]:
    kinds = {life.STAGING: PREPARE, life.ORDERED: ORDER}
    return [(kinds[part.state], part.device_id) for part in campaign.parts.values() if part.state in kinds]


def _with(campaign: Campaign, part: Part) -> Campaign:
    if campaign.parts[part.device_id] == part:
        return campaign
    return replace(campaign, parts={**campaign.parts, part.device_id: part})
