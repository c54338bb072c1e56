"""Decisions about doses, plans and time.  Pure: facts and time in, decision out."""
