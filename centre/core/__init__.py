"""Decisions of the centre, pure: facts and time come in, decisions go out."""
