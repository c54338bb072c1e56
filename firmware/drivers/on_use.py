"""A part that is used seldom: its driver is loaded when something is asked of it, and dropped afterwards."""

from firmware.shell.rare import drop


class OnUse:
    """Stands for an object of class `name` in `module`, made of `wires` at the first use; let_go() forgets it."""

    def __init__(self, module, name, *wires):
        self._where = module, name
        self._wires = wires
        self._part = None

    def __getattr__(self, what):
        if self._part is None:
            module, name = self._where
            self._part = getattr(__import__(module, None, None, (name,)), name)(*self._wires)
        return getattr(self._part, what)

    def let_go(self):
        """Not needed now.  What it remembers is lost."""
        self._part = None
        drop(self._where[0])
