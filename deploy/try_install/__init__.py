"""The hub's package tried on a whole machine: a clean Debian 12 that really boots."""
