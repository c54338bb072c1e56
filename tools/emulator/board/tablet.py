"""The wiring list of the tablet dispenser's board: which chip hangs on which pin."""


def build(wiring, world, clock):
    """Plug the chips in.  Called once per power-on, before the firmware; contract: README.md."""
