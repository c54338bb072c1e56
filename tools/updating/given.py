"""The bundle a technician means, whole, and for this board."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from protocol.bundle import SUFFIX, Bundle
from protocol.manifest import CLASSES
from tools.exit_codes import INCOMPATIBLE, USAGE
from tools.firmware.bundle import load_bundle
from tools.refusal import Refusal


def load_whole(path: Path) -> Bundle:
    """The bundle at `path`, with the code that its manifest names.  Whether to believe it, the device says.

    Raises Refusal: not there, no bundle, cut short, or changed.
    """
    bundle = load_bundle(path)
    manifest = bundle.manifest
    if len(bundle.pack) != manifest.size or sha256(bundle.pack).digest() != manifest.digest:
        raise Refusal(
            INCOMPATIBLE, f"{path.name} is damaged: its code is not what its manifest names. Fetch it again."
        )
    return bundle


def newest_for(model: int, folder: Path) -> Bundle:
    """The bundle in `folder` with the highest sequence for this kind of board.  Raises Refusal: there is none."""
    found = [load_whole(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
    return _newest([bundle for bundle in found if bundle.manifest.device_class == CLASSES[model]], model)


def check_board(bundle: Bundle, model: int) -> None:
    """Raise Refusal unless the bundle is for this kind of board; the device would say the same."""
    if bundle.manifest.device_class != CLASSES[model]:
        raise Refusal(
            INCOMPATIBLE,
            f"The bundle is for {bundle.manifest.device_class}, the device is a {CLASSES[model]}. "
            "Take the bundle of its own board.",
        )


def _newest(bundles: Sequence[Bundle], model: int) -> Bundle:
    if not bundles:
        raise Refusal(
            USAGE,
            f"There is no bundle for a {CLASSES[model]} in this folder. Name it: dosevakt update FILE{SUFFIX}",
        )
    return max(bundles, key=lambda bundle: bundle.manifest.sequence)
