"""The stories that the demo can play, one file each."""

from tools.demo.stories.assisted import Assisted
from tools.demo.stories.chamber_full import ChamberFull
from tools.demo.stories.clock_step import ClockStep
from tools.demo.stories.early_travel import EarlyTravel
from tools.demo.stories.jam import Jam
from tools.demo.stories.late_authorised import LateAuthorised
from tools.demo.stories.missed_dose import MissedDose
from tools.demo.stories.missed_pouch import MissedPouch
from tools.demo.stories.pause_hospital import PauseHospital
from tools.demo.stories.pin_lock import PinLock
from tools.demo.stories.power_cut import PowerCut
from tools.demo.stories.refill_power_cut import RefillPowerCut
from tools.demo.stories.refill_relative import RefillRelative
from tools.demo.stories.refill_swap import RefillSwap
from tools.demo.stories.tilt import Tilt
from tools.demo.stories.wrong_pouch import WrongPouch
from tools.demo.stories.wrong_tray import WrongTray
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
        RefillRelative,
        RefillSwap,
        WrongTray,
        RefillPowerCut,
        PinLock,
        MissedPouch,
        WrongPouch,
        ChamberFull,
    )
}
