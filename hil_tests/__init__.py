"""The whole system, tested with faults: every part a process of its own, the dispenser virtual or (--rig) real."""
