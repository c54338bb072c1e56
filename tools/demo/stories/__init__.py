"""The stories that the demo can play, one file each."""

from tools.demo.stories.assisted import Assisted
from tools.demo.stories.clock_step import ClockStep
from tools.demo.stories.early_travel import EarlyTravel
from tools.demo.stories.jam import Jam
from tools.demo.stories.late_authorised import LateAuthorised
from tools.demo.stories.missed_dose import MissedDose
from tools.demo.stories.pause_hospital import PauseHospital
from tools.demo.stories.power_cut import PowerCut
from tools.demo.stories.tilt import Tilt
from tools.demo.story import Story

STORIES: dict[str, type[Story]] = {
    story.NAME: story
    for story in (
        MissedDose,
        EarlyTravel,
        LateAuthorised,
        Assisted,
        Jam,
        Tilt,
        PowerCut,
        PauseHospital,
        ClockStep,
    )
}
