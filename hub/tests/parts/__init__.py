"""The hub's neighbours for its tests: a device on a pty, a broker, a centre, an authority.  They speak bytes."""
