"""What is installed on other machines: the hub's service and package, the broker's settings."""
