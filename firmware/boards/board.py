"""What a board builder hands to the application.  Apart from the builder, which is dropped when it has built."""

from firmware.drivers.watchdog import TIMEOUT_MS

MODEL_TABLET = 1


class Limits:
    """What this board's mechanics and power allow; the application reads, never writes."""

    slots = 28
    turn_limit_ms = 20_000  # half a turn takes 4.1 s; above every limit of one motion (carousel.py)
    watchdog_ms = TIMEOUT_MS


class Board:
    """Everything the application talks to; made by build()."""

    model = MODEL_TABLET
    data_dir = "/data"
    limits = Limits

    def __init__(self, carousel, button, tone, panel, beam, lid, rtc, watchdog, uart, tilt, shutter, power):
        self.carousel = carousel
        self.button = button
        self.light = button.light
        self.tone = tone
        self.panel = panel
        self.beam = beam
        self.lid = lid
        self.rtc = rtc
        self.watchdog = watchdog
        self.uart = uart
        self.tilt = tilt
        self.shutter = shutter
        self.power = power
