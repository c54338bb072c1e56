"""A process of the simulation: `python -m firmware.simulation.worker WORD ...`; one line of JSON for each result.

cuts MEDIUM DAY                every power cut of a scripted day
twice MEDIUM DAY N OF          two power cuts: every `OF`-th moment from the N-th on, and each moment soon after it
fleet SEED DAYS MEDIUM NUMBER ...   device-years of these devices
"""

import json
import sys

from firmware.simulation import stage


def cuts(medium, day):
    """One line: what was found."""
    from firmware.simulation.cuts import cut_everywhere

    return [_told(cut_everywhere((medium, day)))]


def twice(medium, day, number, of):
    """One line: what was found."""
    from firmware.simulation.cuts import cut_twice

    return [_told(cut_twice((medium, day), (int(number), int(of))))]


def fleet(seed, days, *devices):
    """One line for each device, as it has lived."""
    from firmware.simulation import fleet as homes

    return homes.fleet(int(seed), zip(devices[::2], map(int, devices[1::2]), strict=True), int(days))


def _told(found):
    return {**vars(found), "sentence": found.sentence()}


WORDS = {"cuts": cuts, "twice": twice, "fleet": fleet}


def main(words):
    """Stage the firmware first; only then may anything that imports it be loaded."""
    stage.install()
    for result in WORDS[words[0]](*words[1:]):
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
