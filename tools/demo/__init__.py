"""The whole system on one machine: broker, centre, hub and virtual dispensers."""
