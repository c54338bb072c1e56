"""A process of the simulation: `python -m firmware.simulation.worker WORD ...`; one line of JSON for each result.

cuts DAY [N OF]     every power cut of a scripted day (of OF shares, the N-th)
fleet ...           device-years, see fleet_worker.py
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
    raise SystemExit("unknown word: " + words[0])


if __name__ == "__main__":
    main(sys.argv[1:])
