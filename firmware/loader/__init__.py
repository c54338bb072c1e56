"""The slot chooser: outside of both versions, changed by `dosevakt flash` only.  On a board it is `/loader`."""
