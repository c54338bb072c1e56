"""The dosevakt command and what it starts: demo, emulator, provisioning, certificates."""
