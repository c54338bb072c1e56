"""The words on the panel, one file per language, the same keys in each."""
