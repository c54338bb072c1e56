"""Chips and mechanics of the virtual boards, written from the data sheets and not from the drivers."""
