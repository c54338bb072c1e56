"""What a board builder hands to the application.  Apart from the builder, which is dropped when it has built."""

from firmware.drivers.watchdog import TIMEOUT_MS
from protocol.device_events import MODEL_TABLET as MODEL_TABLET


class Limits:
    """What this board's power allows; the application reads, never writes."""

    watchdog_ms = TIMEOUT_MS


class Board:
    """Everything the application talks to; made by build().  Each part is an attribute of its name.

    Every board: button, tone, panel, beam (has somebody reached in?), lid, rtc, watchdog, uart, tilt, shutter (the
    door before the dose), power, nfc, keypad.  A tray's: carousel, occupancy.  A roll's: feed, cutter, flap, chamber,
    lock, reader (None: this unit has none).  model: MODEL_TABLET or MODEL_MULTIDOSE; slots: the highest of a plan.
    """

    data_dir = "/data"
    limits = Limits

    def __init__(self, model, slots, **parts):
        self.model = model
        self.slots = slots
        for name, part in parts.items():
            setattr(self, name, part)
        self.light = parts["button"].light
