"""Start a broker: the embedded one for the demo, mosquitto for everything that counts."""
