"""What `dosevakt update` says no to, in one sentence with an exit code, and before a device is disturbed."""

from hashlib import sha256
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from protocol import errors
from protocol.bundle import Bundle
from protocol.cose import sign1
from protocol.manifest import CLASSES, CONTEXT_FIRMWARE, VENDOR, Manifest
from tools import exit_codes
from tools.refusal import Refusal
from tools.update import update
from tools.updating.given import check_board, load_whole, newest_for
from tools.updating.refused import refusal

APP = typer.Typer()
APP.command()(update)
TABLET, MULTIDOSE = 1, 2


def write_bundle(folder: Path, sequence: int, model: int = TABLET, pack: bytes = b"code " * 400) -> Path:
    """A bundle that a device may believe or not: nobody's signature."""
    manifest = Manifest(
        f"0.{sequence}.0",
        sequence,
        VENDOR,
        CLASSES[model],
        len(pack),
        sha256(pack).digest(),
        0,
        sha256(b"loader").digest(),
        False,
    )
    cose = sign1(manifest.encode(), bytes(8), CONTEXT_FIRMWARE, lambda _: bytes(64))
    path = folder / f"dosevakt-{CLASSES[model]}-0.{sequence}.0.dvb"
    path.write_bytes(Bundle(cose, pack, b"loader").encode())
    return path


def typed(*words: str) -> tuple[int, str]:
    """(exit code, what was said)."""
    result = CliRunner().invoke(APP, list(words))
    return result.exit_code, result.output


@pytest.mark.parametrize("kept", [0, 3, 15, 16, 100, 2000])
def test_a_bundle_cut_short_is_refused_wherever_it_ends(tmp_path: Path, kept: int) -> None:
    """A truncated bundle is refused in words, exit code 7, and no port is opened."""
    path = write_bundle(tmp_path, 2)
    path.write_bytes(path.read_bytes()[:kept])
    code, said = typed(str(path))
    assert code == exit_codes.INCOMPATIBLE and "Fetch it again" in said and "Traceback" not in said


def test_a_changed_byte_of_the_code_is_noticed(tmp_path: Path) -> None:
    """A bundle whose code is not what its manifest names is refused, exit code 7."""
    path = write_bundle(tmp_path, 2)
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    with pytest.raises(Refusal, match="damaged") as told:
        load_whole(path)
    assert told.value.code == exit_codes.INCOMPATIBLE


def test_a_bundle_that_is_not_there_is_a_slip_of_the_pen(tmp_path: Path) -> None:
    """A wrong file name is usage, exit code 2, and is named."""
    code, said = typed(str(tmp_path / "none.dvb"))
    assert code == exit_codes.USAGE and "none.dvb" in said


def test_another_boards_bundle_is_refused_in_words(tmp_path: Path) -> None:
    """The bundle of the other board is refused with both boards' names, exit code 7."""
    bundle = load_whole(write_bundle(tmp_path, 2, MULTIDOSE))
    with pytest.raises(Refusal, match="multidose-pico, the device is a tablet-pico") as told:
        check_board(bundle, TABLET)
    assert told.value.code == exit_codes.INCOMPATIBLE
    check_board(bundle, MULTIDOSE)


def test_without_a_name_the_newest_bundle_for_the_board_is_taken(tmp_path: Path) -> None:
    """Of many bundles in the folder the highest number for this board is taken, 10 after 9; none is told in words."""
    with pytest.raises(Refusal, match="no bundle for a tablet-pico"):
        newest_for(TABLET, tmp_path)
    for sequence, model in ((9, TABLET), (10, TABLET), (2, TABLET), (11, MULTIDOSE)):
        write_bundle(tmp_path, sequence, model)
    assert newest_for(TABLET, tmp_path).manifest.sequence == 10


# What the desks can answer with (docs/protocol.md section 13), and the exit code of each.
CODES = {
    errors.UNKNOWN_KEY: exit_codes.INCOMPATIBLE,
    errors.BAD_SIGNATURE: exit_codes.INCOMPATIBLE,
    errors.WRONG_DEVICE: exit_codes.INCOMPATIBLE,
    errors.OLD_VERSION: exit_codes.INCOMPATIBLE,
    errors.OUT_OF_BOUNDS: exit_codes.INCOMPATIBLE,
    errors.EXPIRED: exit_codes.INCOMPATIBLE,
    errors.BAD_BYTES: exit_codes.NOT_VERIFIED,
    errors.WRONG_STATE: exit_codes.REFUSED,
    errors.NOT_NOW: exit_codes.REFUSED,
    errors.CLOCK_UNSET: exit_codes.REFUSED,
    errors.NO_ROOM: exit_codes.REFUSED,
    errors.NOT_READY: exit_codes.REFUSED,
    errors.OUT_OF_ORDER: exit_codes.REFUSED,
}


def test_each_no_of_a_device_has_a_sentence_of_its_own(tmp_path: Path) -> None:
    """Whatever a device says no with, a technician reads what is wrong and what to do, and a script gets the code."""
    manifest = load_whole(write_bundle(tmp_path, 2)).manifest
    told = {code: refusal(code, manifest) for code in CODES}
    assert {code: one.code for code, one in told.items()} == CODES
    assert len({str(one) for one in told.values()}) == len(CODES)
    for one in told.values():
        assert str(one).startswith("0.2.0 was not installed. ") and "code" not in str(one).replace(
            "QR code", ""
        )
    assert refusal(99, manifest).code == exit_codes.REFUSED
