"""Which board this image is for: takes the place of firmware/boards/fitted.py in the multidose image."""

from firmware.boards.multidose_pico import build  # noqa: F401 (handed on)
