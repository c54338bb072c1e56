"""The loader: chooses and starts a version; on a board it is /loader.  Only `dosevakt flash` changes it."""
