"""The dosevakt command: what a technician types at a cable, what is signed offline, the demo and the emulator."""
