"""The firmware repository's offline half: root and targets are made and signed here, far from any network."""
