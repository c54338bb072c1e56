"""Filling the device, by a relative or a nurse: what is asked, in which order, and what the answers mean.  Pure."""
