"""Service mode: a small app, loaded instead of the dosing app while a technician or an update needs the device."""
