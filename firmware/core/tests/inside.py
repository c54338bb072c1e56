"""What really lies in the dispenser: the truth that the journal can only believe.  A value, never changed in place."""


class Inside:
    """filling: the plan id whose medicine lies inside, b"" while it is taken out or mixed up.
    touched: who refills has changed something.  sealing: version of the plan whose seal is being written, or 0.
    gone: pouches of the roll that are past the cutting line; drawer: numbers of those that lie in the drawer."""

    __slots__ = ("drawer", "filling", "gone", "sealing", "touched")

    def __init__(self, filling, gone=0, drawer=(), touched=False, sealing=0):
        self.filling, self.gone, self.drawer = filling, gone, drawer
        self.touched, self.sealing = touched, sealing

    def key(self):
        return self.filling, self.gone, self.drawer, self.touched, self.sealing

    def but(self, **changes):
        """The same with some of it changed."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return Inside(**{**values, **changes})

    def fed(self):
        """The next pouch is cut off and falls into the drawer."""
        return self.but(gone=self.gone + 1, drawer=(*self.drawer, self.gone + 1))
