"""The board this image is for; the one file in which the images differ."""

from firmware.boards.tablet_pico import build as build
