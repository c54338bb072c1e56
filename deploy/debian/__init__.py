"""The Debian package of the hub, built with dpkg-deb alone."""
