"""The solder joint between a chip and its bus: the bench can break it, and the chip does not answer."""


class Joint:
    def __init__(self, wiring, world, name, chip):
        """Bench request: name{ok}."""
        self._world, self._name, self._chip = world, name, chip
        world.number(name, 1)
        wiring.command(name, self._break)

    def _break(self, request):
        self._world[self._name] = int(bool(request["ok"]))

    def _connected(self):
        if not self._world[self._name]:
            raise OSError(5)
        return self._chip

    def write(self, data, stop):
        self._connected().write(data, stop)

    def read(self, n):
        return self._connected().read(n)
