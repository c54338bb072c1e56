"""The version of this firmware, as Booted, Identity and a signed hello say it."""

VERSION = "0.1.0"
