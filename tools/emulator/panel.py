"""The face of the tablet dispenser as a picture: screen, lit button, pick-up opening.  For eyes, not for tests."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

from tools.emulator.picture import HEIGHT, SIZE, WIDTH

FACE = (760, 520)
SCREEN_AT = (70, 62)
BUTTON_AT = (615, 212)
BUTTON_RADIUS = 71  # 30 mm across at the scale of the screen (400 px = 84.8 mm)
OPENING = (250, 420, 510, 486)
HOUSING, FRAME, EDGE = (236, 235, 230), (60, 64, 66), (176, 175, 170)
PAPER, INK = (232, 232, 224), (28, 28, 30)
DARK_GREEN, GREEN = (58, 84, 66), (80, 235, 130)


def face_png(picture: bytes, light_per_mille: int, pills_at_opening: int = 0) -> bytes:
    """PNG of the device's face.

    picture: as in picture.py.  light_per_mille: lamp level 0 to 1000.  pills_at_opening: how many lie in the cup.
    """
    face = Image.new("RGB", FACE, (250, 250, 250))
    draw = ImageDraw.Draw(face)
    draw.rounded_rectangle((14, 14, FACE[0] - 14, FACE[1] - 14), 42, fill=HOUSING, outline=EDGE, width=3)
    _screen(face, draw, picture)
    face = _button(face, light_per_mille)
    _opening(ImageDraw.Draw(face), pills_at_opening)
    out = BytesIO()
    face.save(out, "PNG", optimize=True)
    return out.getvalue()


def _screen(face: Image.Image, draw: ImageDraw.ImageDraw, picture: bytes) -> None:
    x, y = SCREEN_AT
    draw.rounded_rectangle((x - 16, y - 16, x + WIDTH + 16, y + HEIGHT + 16), 12, fill=FRAME)
    mask = Image.frombytes("1", (WIDTH, HEIGHT), picture.ljust(SIZE, b"\xff")[:SIZE])
    face.paste(
        Image.composite(Image.new("RGB", mask.size, PAPER), Image.new("RGB", mask.size, INK), mask), SCREEN_AT
    )


def _button(face: Image.Image, light_per_mille: int) -> Image.Image:
    x, y = BUTTON_AT
    colour = tuple(
        dark + (lit - dark) * light_per_mille // 1000 for dark, lit in zip(DARK_GREEN, GREEN, strict=True)
    )
    glow = Image.new("RGB", FACE, GREEN)
    halo = Image.new("L", FACE, 0)
    reach = BUTTON_RADIUS + 26
    ImageDraw.Draw(halo).ellipse(
        (x - reach, y - reach, x + reach, y + reach), fill=150 * light_per_mille // 1000
    )
    face = Image.composite(glow, face, halo.filter(ImageFilter.GaussianBlur(16)))
    draw = ImageDraw.Draw(face)
    for radius, fill in ((BUTTON_RADIUS + 8, EDGE), (BUTTON_RADIUS, colour)):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
    return face


def _opening(draw: ImageDraw.ImageDraw, pills: int) -> None:
    draw.rounded_rectangle(OPENING, 20, fill=FRAME)
    left, top, _, bottom = OPENING
    for number in range(min(pills, 8)):
        x, y = left + 34 + number * 26, (top + bottom) // 2 + (number % 2) * 10 - 5
        draw.ellipse((x - 10, y - 8, x + 10, y + 8), fill=(246, 244, 238), outline=EDGE)
