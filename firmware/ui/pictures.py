"""A drawing when there is something to draw: its code and fonts are loaded for that and dropped."""

RARE = ("firmware.ui.drawing", "firmware.ui.layout", "firmware.ui.font")


class Pictures:
    """files: folder of the font files.  drop: forgets modules by name."""

    def __init__(self, files, drop):
        self._files = files
        self._drop = drop

    def open(self):
        """The Drawing, ready for its first strip.  Raises OSError when a font file cannot be read."""
        from firmware.ui.drawing import Drawing
        from firmware.ui.font import open_font

        drawing = Drawing(open_font(self._files + "headline.bin"), open_font(self._files + "line.bin"))
        drawing.open()
        return drawing

    def close(self, drawing):
        """After the last strip; the Drawing must not be used again."""
        drawing.close()
        self._drop(*RARE)
