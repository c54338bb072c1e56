"""A process of the simulation: `python -m firmware.simulation.worker WORD ...`; one line of JSON for each result.

cuts DAY [N OF]     every power cut of a scripted day (of OF shares, the N-th)
fleet SEED DAYS NUMBER ...     device-years of these devices
"""

import json
import sys

from firmware.simulation import stage


def main(words):
    """Stage the firmware first; only then may anything that imports it be loaded."""
    stage.install()
    if words[0] == "cuts":
        from firmware.simulation.cuts import cut_everywhere

        share = (int(words[2]), int(words[3])) if len(words) > 2 else (0, 1)
        found = cut_everywhere(words[1], share)
        print(json.dumps({**vars(found), "sentence": found.sentence()}))
        return
    if words[0] == "fleet":
        from firmware.simulation.fleet import fleet

        seed, days = int(words[1]), int(words[2])
        for result in fleet(seed, [int(number) for number in words[3:]], days):
            print(json.dumps(result), flush=True)
        return
    raise SystemExit("unknown word: " + words[0])


if __name__ == "__main__":
    main(sys.argv[1:])
