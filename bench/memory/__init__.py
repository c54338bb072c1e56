"""Does the hub's memory stay flat, over a day and over many events?"""
