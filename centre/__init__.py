"""The response centre: takes in signed events, decides what is an alarm, and shows it to a person."""
