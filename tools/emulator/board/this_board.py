"""The one board of this process; boot.py fills it in before anything imports machine, time or select."""

clock = None
wiring = None
control = None
config = {}
