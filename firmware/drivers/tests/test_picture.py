"""The picture of the device in the README is what the firmware shows on the emulated panel."""

from io import BytesIO

from PIL import Image, ImageChops, ImageStat

from tools.emulator.build import ROOT
from tools.emulator.panel import face_png

COMMITTED = ROOT / "docs" / "pictures" / "device.png"
MADE = ROOT / "build" / "pictures" / "device.png"


def test_the_picture_of_the_device_is_true(trial):
    """The picture in the documentation shows the very words and light that the firmware shows when a dose is due."""
    bench = trial("dose_is_due")
    assert bench.run(for_ms=10_000)

    made = face_png(bench.picture, bench.facts["light"])

    MADE.parent.mkdir(parents=True, exist_ok=True)
    MADE.write_bytes(made)
    difference = ImageChops.difference(Image.open(BytesIO(made)), Image.open(COMMITTED).convert("RGB"))
    assert max(ImageStat.Stat(difference).mean) < 0.5, (
        f"look at {MADE}; if it is right, put it in place of {COMMITTED}"
    )
