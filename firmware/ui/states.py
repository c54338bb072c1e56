"""What the patient can see, by name: what the shell decides on and screens.py puts into words.

The names are the keys of the words.
"""

STARTING = "starting"  # clock not known or not trusted yet
NO_PLAN = "no_plan"  # nothing is loaded
IDLE = "idle"  # waiting for the next dose
NOT_NOW = "not_now"  # pressed, and no dose may be released
DUE = "due"
DUE_ELSEWHERE = "due_elsewhere"  # medicine outside the device
TURNING = "turning"
PRESENTED = "presented"
TAKEN = "taken"
LOCKED = "locked"  # missed: locked, and the centre knows
UNCERTAIN = "uncertain"  # nobody can say whether it was given: a person decides
LID_OPEN = "lid_open"
FAULT = "fault"  # the mechanism, or anything a person must look at
PAUSED = "paused"  # hospital, holiday: nothing is offered
ASSISTED = "assisted"  # pressed for a dose that comes with the nurse
TRAVEL = "travel"  # released ahead for a trip: press by press
RELEASE = "release"  # released late, or with the nurse there
TILTED = "tilted"
UPSIDE_DOWN = "upside_down"
BATTERY = "battery"  # no mains and an empty battery: locked
NO_MAINS = "no_mains"
NO_CONTACT = "no_contact"  # the way to the centre is closed; doses come as planned
LOW_STOCK = "low_stock"
EMPTY = "empty"
UNFILLED = "unfilled"  # a filling was begun and not finished: nothing is given
FILLING = "filling"  # somebody fills: whoever carries that brings the lines (refill/speech.py)
