"""The drawing as SVG: sharp at any size, and its words can be found and read aloud."""

from xml.sax.saxutils import escape

from tools.plan.drawing import HEADLINE, Box, Drawing, Words

# Andika is what the device shows; the others have all letters of the four languages as well.
FAMILY = "Andika, 'DejaVu Sans', 'Noto Sans', sans-serif"
LETTER_PX = {HEADLINE: 46}  # an outline letter of this size takes the room of the bitmap one
USUAL_PX = 30


def svg(drawing: Drawing, title: str, language: str) -> str:
    """The text of the file."""
    width_mm = round(drawing.width_mm, 1)
    height_mm = round(drawing.width_mm * drawing.height / drawing.width, 1)
    parts = "\n".join(_part(part) for part in drawing.parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm}mm" height="{height_mm}mm" '
        f'viewBox="0 0 {drawing.width} {drawing.height}" lang="{language}" font-family="{FAMILY}" '
        f'font-weight="700">\n<title>{escape(title)}</title>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{parts}\n</svg>\n'
    )


def _part(part: Box | Words) -> str:
    if isinstance(part, Box):
        half = part.stroke / 2
        return (
            f'<rect x="{part.x + half}" y="{part.y + half}" width="{part.width - part.stroke}" '
            f'height="{part.height - part.stroke}" fill="none" stroke="#000" stroke-width="{part.stroke}"/>'
        )
    size = LETTER_PX.get(part.size, USUAL_PX)
    return f'<text x="{part.x}" y="{part.y + size}" font-size="{size}">{escape(part.text)}</text>'
