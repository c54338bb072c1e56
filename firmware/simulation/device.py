"""One dispenser from power-on to power-off, as often as its history wants; what firmware/main.py does, in a world.

Needs a staged process: stage.install() comes first.
"""

from functools import partial

from firmware.simulation import courier, loop, micro_asyncio, stage
from firmware.simulation.flash import Flash, PowerCut
from firmware.simulation.hands import Hands
from firmware.simulation.history import History
from firmware.simulation.secure_element import SecureElement
from firmware.simulation.virtual_board import virtual_board
from protocol.cose import parse_sign1
from protocol.events import decode_event

DATA = "/data"  # as Board.data_dir
POWER_ON, BITTEN = 1, 3  # machine.reset_cause() of rp2: PWRON_RESET, WDT_RESET
MOST_STARTS = 500  # in one run; the fleet runs for four weeks at a time
RESTART_MS = 1500  # from power to the first line of the firmware


class Bitten(BaseException):
    """The watchdog restarts the board."""


class SimulationError(BaseException):
    """The world itself is at fault."""


class Enough(BaseException):
    """The history ends here."""


class Rooms:
    """The firmware, loaded; with the courier where the line was.

    keep_loaded: what the firmware would drop from a chip's small memory stays here; loading it again and again is a
    fifth of a fleet's time.
    """

    def __init__(self, keep_loaded):
        if keep_loaded:
            stage.put_in_place("firmware.shell.rare", drop=lambda *names: None)
        stage.put_in_place("firmware.shell.device_link", DeviceLink=courier.DeviceLink)
        from firmware.app import App
        from firmware.shell import dispensing
        from firmware.store.journal import Journal
        from firmware.store.settings import Settings

        self.App, self.Journal, self.Settings = App, Journal, Settings
        dispensing.LONGEST_WAIT_MS = loop.LOOK_ROUND_MS


class Device:
    """`image`: its flash; `centre`: at the other end of the line.  `crashes`: errors that reached the process edge."""

    def __init__(self, world, image, centre, key, hands=Hands, keep_loaded=False):
        self.world = world
        self.image = image
        self.centre = centre
        self.key = key
        self.parts = self.flash = self.loop = None
        self.runs = False  # the processor; what it drives ends with it
        self.crashes = []
        self.hands = hands(self)
        self._reset_cause = POWER_ON
        world.act = self._act
        self._rooms = Rooms(keep_loaded)

    def _act(self):
        name, arguments = self.world.pop_act()
        try:
            self.hands.do(name, arguments)
        except Exception as error:  # ours, not the firmware's: no restart may hide it
            raise SimulationError("%s at %d ms" % (name, self.world.now_ms)) from error

    def run(self, until_ms):
        """Go on until then, over every power cut."""
        self.world.plan_act(until_ms, "enough")
        try:
            for _ in range(MOST_STARTS):
                self._dark()
                self._one_start()
            self.crashes.append((self.world.now_ms, RuntimeError("it starts again and again")))
        except Enough:
            self._power_off()

    def _dark(self):
        """Nothing runs; the world goes on until there is power."""
        world = self.world
        while not world.powered():
            self.world.act()
        world.now_ms += RESTART_MS

    def _one_start(self):
        """From power-on to whatever ends it."""
        try:
            self._go()
        except PowerCut:
            self._power_off("power cut")
            self._reset_cause = POWER_ON
        except Bitten:
            self._power_off("watchdog")
            self._reset_cause = BITTEN
        except Exception as error:  # the process edge, as in main.py: make safe and start again
            self._power_off("crash")
            self.crashes.append((self.world.now_ms, error))
            self._reset_cause = BITTEN

    def _go(self):
        world = self.world
        self._switch_on()
        settings = self._rooms.Settings(DATA + "/settings")
        keystore = SecureElement(self.key, self.centre.key.point, world.spend)
        world.note("power on")
        app = self._rooms.App(self.parts, settings, keystore, self._reset_cause)
        world.jumped = partial(not_silent, app._rooms.vigil)
        self.loop.run(app.run())

    def _switch_on(self):
        world = self.world
        flash = Flash(self.image, world.spend, self._flash_operation, self._written)
        stage.Power.world, stage.Power.flash, stage.Power.from_ms = world, flash, world.now_ms
        self.loop, self.runs = loop.Loop(world), True
        micro_asyncio.use(self.loop)
        self.flash = flash
        self.parts = virtual_board(self)

    def lose_power(self, for_ms):
        """Before a start: the power has just failed, and comes back."""
        self.world.plugged = False
        self.world.plan_act(self.world.now_ms + for_ms, "power", True)
        self._power_off("power cut")

    def _power_off(self, why=None):
        """Everything volatile is gone; what turns stops where it is."""
        world = self.world
        self.parts, self.centre.wake = None, None
        self.centre.cut_off()
        if self.flash is not None:
            self.flash.dead = True
        if self.loop is not None:
            self.runs, world.jumped = False, None
            self.loop.close()
        world.stop(warm=why in ("watchdog", "crash"))
        if world.sliding:
            world.stop_sliding()
        if why:
            world.note(why)

    def _flash_operation(self, kind, path, data):
        if self.world.witness is not None:
            self.world.witness("flash", (kind, path, data))

    def _written(self, path, data):
        if path.startswith(DATA + "/journal/") and path.endswith(".seg"):
            world = self.world
            world.note("journalled", last_seq(data), world.position(), world.tilt_deg, world.lid_open)

    def shows(self, lines):
        """The panel says something."""
        self.world.note("shows", lines)

    def motor_command(self, what, where, ms):
        """A motion of so many ms begins."""
        world = self.world
        if world.witness is not None:
            world.witness("motor", (what, where, "before"))
        world.note(what, where, world.shown(), world.opening(), world.within_reach()[0][1])
        if world.witness is not None:
            world.plan_act(world.now_ms + ms // 2, "witness", what, where, "during")
            world.plan_act(world.now_ms + ms + 1, "witness", what, where, "after")

    def history(self):
        """All of it up to now."""
        centre, world = self.centre, self.world
        coses, told = dict(centre.coses), dict(centre.told)
        for seq, cose in self._not_sent():
            coses[seq], told[seq] = cose, decode_event(parse_sign1(cose).payload)
        return History(coses, told, world.log, centre.sent, world.utc_s(), self.crashes)

    def _not_sent(self):
        """(seq, COSE bytes) of what the centre lacks, read from a copy of the flash by the firmware's own journal."""
        power, flash = stage.Power, stage.Power.flash
        power.flash = Flash(self.image.copy(), lambda ms: None, lambda *_: None, lambda *_: None)
        try:
            journal = self._rooms.Journal(DATA + "/journal").open()
            rows = [(seq, journal.read(seq)) for seq in range(self.centre.last + 1, journal.last()[0] + 1)]
        finally:
            power.flash = flash
        return [row for row in rows if row[1] is not None]

    def bite(self):
        """The watchdog was not fed."""
        raise Bitten


def not_silent(vigil, ms):
    """Time that was jumped over is no silence of a task: the watch must not hold it against one that is busy next."""
    for name in vigil._last_ms:
        vigil._last_ms[name] += ms


def last_seq(data):
    """The number of the last record in a journal file's bytes."""
    at = seq = 0
    while at + 10 <= len(data):
        seq = int.from_bytes(data[at + 2 : at + 6], "big")
        at += 10 + int.from_bytes(data[at : at + 2], "big")
    return seq
