"""What a page and the JSON doors show of a campaign: each wave in numbers, each dispenser in a word."""

from dataclasses import dataclass

from centre.board.phrases import Phrases
from centre.core import campaign as core
from centre.core import update_life as life
from centre.core.update_life import Part
from centre.edges.campaign_store import Row
from protocol.errors import REFUSALS


@dataclass(frozen=True)
class Wave:
    """number: from 1.  open: its dispensers may be asked."""

    number: int
    count: int
    done: int
    failed: int
    open: bool


@dataclass(frozen=True)
class CampaignView:
    """verbs: what a person may do now."""

    row: Row
    waves: list[Wave]
    verbs: tuple[str, ...]

    @property
    def parts(self) -> list[Part]:
        """Failed ones first, then those under way, then by wave."""
        order = {state: number for number, state in enumerate((life.FAILED, *life.IN_FLIGHT, life.STAGING))}
        parts = self.row.campaign.parts.values()
        return sorted(parts, key=lambda part: (order.get(part.state, 9), part.wave, part.device_id))


def view(row: Row) -> CampaignView:
    """A campaign as it is shown."""
    parts = list(row.campaign.parts.values())
    waves = []
    for wave in sorted({part.wave for part in parts}):
        states = [part.state for part in parts if part.wave == wave]
        counts = len(states), states.count(life.DONE), states.count(life.FAILED)
        waves.append(Wave(wave + 1, *counts, row.campaign.wave >= wave))
    may = {core.RUNNING: (core.PAUSE, core.ABORT), core.PAUSED: (core.RESUME, core.ABORT)}
    may[core.STOPPED] = may[core.PAUSED]
    return CampaignView(row, waves, may.get(row.campaign.state, ()))


def reason_words(phrases: Phrases, part: Part) -> str:
    """Why a dispenser failed, or why its hub has nothing ready; "" when there is nothing to say."""
    if part.reason is None:
        return ""
    if part.reason in REFUSALS:
        return phrases.known(f"refusal.{part.reason}", "")
    return phrases.known(f"campaign.reason.{part.reason}", "")


def campaign_json(row: Row) -> dict[str, object]:
    """A campaign as JSON.  Times are UTC seconds since 1970."""
    shown, release, campaign = view(row), row.release, row.campaign
    names = ("device_id", "wave", "state", "since_s", "tries", "reason")
    parts = [{name: getattr(part, name) for name in names} for part in shown.parts]
    waves = [
        {"number": w.number, "devices": w.count, "done": w.done, "failed": w.failed} for w in shown.waves
    ]
    about = {"campaign_id": row.campaign_id, "target": release.target, "version": release.version}
    about |= {"device_class": release.device_class, "state": campaign.state, "why": campaign.why or ""}
    return {**about, "sequence": release.sequence, "made_by": row.made_by, "waves": waves, "devices": parts}
