"""dosevakt authority enrolment-key, and dosevakt authority enrol: who may own a dispenser, without a network."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from protocol.errors import MessageError
from protocol.service_enrol import MAX_COSE, Certificate
from tools.authority.opened_key import opened_key
from tools.authority.passphrase import PassphraseFile, new_passphrase
from tools.exit_codes import INCOMPATIBLE, REFUSED, USAGE
from tools.manners.named_file import read_named
from tools.manners.options import Json
from tools.manners.talk import Talk
from tools.models import MODELS
from tools.refusal import Refusal, told

DAYS = 1825  # as centre/core/enrolment.py; a test holds them together


@told
def enrolment_key(
    folder: Annotated[Path, typer.Argument(help="Where the keys lie. Keep it off every server.")],
    for_centre: Annotated[
        bool,
        typer.Option(
            "--for-centre", help="An open key for the centre's machine (its setting enrolment.key) instead."
        ),
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make the key that gives dispensers their owner, and enrolment.pub, which they are flashed with.

    Exit codes: 0 done, 1 the key is there already, 2 usage.
    """
    from centre.core.enrolment import NotEnrolled
    from tools.authority.enrolment import OF_THE_CENTRE, POINTS, SEALED, new_enrolment_key

    with Talk("authority-enrolment-key", as_json=as_json, record=False) as talk:
        name = OF_THE_CENTRE if for_centre else SEALED
        passphrase = None if for_centre else new_passphrase(passphrase_file, name)
        try:
            made = new_enrolment_key(folder, name, passphrase)
        except FileExistsError as error:
            why = "a key is never replaced; name a new folder"
            raise Refusal(REFUSED, f"{folder} holds {name} already, and {why}.") from error
        except NotEnrolled as error:
            raise Refusal(REFUSED, str(error)) from error
        except OSError as error:
            raise Refusal(REFUSED, f"{folder} cannot be written: {error.strerror}.") from error
        if passphrase is None and not for_centre:
            talk.warn(f"{name} has no passphrase: good for a trial, not for a municipality.")
        points = folder / POINTS
        talk.result(f"{made} is made; devices are flashed with {points}.", key=str(made), points=str(points))


@told
def enrol(
    request: Annotated[Path, typer.Argument(help="What `dosevakt provision --request-out` wrote.")],
    key: Annotated[Path, typer.Option(help="The enrolment key.")],
    tenant: Annotated[str, typer.Option(help="The municipality, as the centre calls it.")],
    centre_key: Annotated[Path, typer.Option(help="The centre's public signing key, PEM.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the certificate goes.")],
    days: Annotated[
        int, typer.Option(min=1, max=7300, help="How long it is good; its end stops no dose.")
    ] = DAYS,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Sign a dispenser's request: it will belong to this centre.  The same request gives the same certificate again.

    Exit codes: 0 done, 1 refused, 2 usage, 7 no request of a device.
    """
    from centre.core.enrolment import NotEnrolled
    from tools.authority.enrolment import enrolled
    from tools.provisioning.centre_point import read_centre_point

    with Talk("authority-enrol", as_json=as_json) as talk:
        asked, point = read_named(request, MAX_COSE), read_centre_point(centre_key)
        before = read_named(out, MAX_COSE) if out.exists() else None
        signer = opened_key(key, passphrase_file)
        try:
            made, cose = enrolled(signer, asked, tenant, point, int(time.time()), days, before)
        except NotEnrolled as error:
            raise Refusal(INCOMPATIBLE if "no request" in str(error) else REFUSED, str(error)) from error
        except MessageError as error:
            raise Refusal(USAGE, f"The tenant {tenant!r} cannot be used: {error.detail}.") from error
        _write(out, cose)
        _tell(talk, out, made, cose != before)


def _tell(talk: Talk, out: Path, made: Certificate, changed: bool) -> None:
    from protocol.verification_word import word_of

    device_id, until = made.device_id.hex(), datetime.fromtimestamp(made.expires_s, UTC)
    word, model, point = word_of(made.public_point), MODELS[made.model], made.public_point.hex()
    talk.say(f"Have the technician read the word aloud: it must be {word}, or it is another device.")
    talk.result(
        f"{out}: device {device_id} ({model}) belongs to {made.tenant} until {until:%Y-%m-%d}.",
        device_id=device_id,
        model=model,
        word=word,
        serial=made.serial.hex(),
        public_point=point,
        expires_s=made.expires_s,
        changed=changed,
    )
    register = f"dosevakt-centre enrol-device --public-point {point} --model {model} --hub HUB --label PLACE"
    talk.next(f"{register}; then beside the device: dosevakt provision --certificate {out.name}")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Refusal(USAGE, f"{path} cannot be written: {error.strerror}.") from error
