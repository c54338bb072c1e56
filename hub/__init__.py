"""The Raspberry Pi daemon: a courier between dispensers and the response centre.  It decides nothing about doses."""

VERSION = "0.1.0"  # goes into HubStarted and the state message
