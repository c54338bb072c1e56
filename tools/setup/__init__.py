"""Set-up and checks that the Makefile calls."""
