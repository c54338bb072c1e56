"""The one board of this process; boot.py fills it in before anything imports machine, time or select."""

clock = None
wiring = None
control = None
config = {}
wake_address = 0  # where to put what is called when the supervisor wakes the prompt
