"""P-256 in pure MicroPython, and the keystore that holds the device's key and the centre's."""
