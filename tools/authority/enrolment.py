"""The enrolment key: a device that was flashed with its point takes its owner from what it signs, from nothing else.

FOLDER/enrolment.key          sealed; belongs on no server: certificates by files that are carried by hand
FOLDER/centre-enrolment.key   open, for the centre's own machine: certificates by its API
FOLDER/enrolment.pub          the points of both, which devices are flashed with
"""

import os
import secrets
from pathlib import Path

from centre.core.enrolment import (
    DAYS,
    NotEnrolled,
    certificate_for,
    proven_certificate,
    proven_request,
    still_good,
)
from centre.edges.keys import CentreKey, signed_by
from protocol.errors import MessageError
from protocol.service_enrol import CONTEXT_CERTIFICATE, SERIAL_BYTES, Certificate, roots_of
from tools.authority.keys import PrivateKey, new_key, public_point, save_key

SEALED, OF_THE_CENTRE, POINTS = "enrolment.key", "centre-enrolment.key", "enrolment.pub"


def new_enrolment_key(folder: Path, name: str, passphrase: str | None) -> Path:
    """Make the key `name` (SEALED or OF_THE_CENTRE) and add its point to POINTS.  Returns its path.

    Raises FileExistsError: a key is never replaced in silence; NotEnrolled when POINTS is damaged or full; OSError.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key, points = new_key(), folder / POINTS
    together = (points.read_bytes() if points.exists() else b"") + public_point(key)
    try:
        roots_of(together)
    except MessageError as error:
        raise NotEnrolled(f"{points} cannot take one key more ({error.detail}).") from error
    saved = save_key(key, folder / name, passphrase)
    beside = points.with_suffix(".new")
    beside.write_bytes(together)
    os.replace(beside, points)
    return saved


def enrolled(
    key: PrivateKey,
    request: bytes,
    tenant: str,
    centre_point: bytes,
    now_s: int,
    days: int = DAYS,
    before: bytes | None = None,
) -> tuple[Certificate, bytes]:
    """The certificate for a device's request, and its COSE bytes.

    before: the bytes of one made earlier; they are the answer again while they are good for this request.
    Raises NotEnrolled, MessageError.
    """
    asked = proven_request(request, signed_by)
    signer = CentreKey(key)
    if before is not None:
        kept = proven_certificate(before, {signer.kid: signer.public_point}, signed_by)
        if still_good(kept, asked, tenant, centre_point, now_s):
            return kept, before
        if kept.public_point != asked.public_point:
            raise NotEnrolled("The file holds another device's certificate; name another file with --out.")
    serial = secrets.token_bytes(SERIAL_BYTES)
    made = certificate_for(asked, tenant, centre_point, serial, now_s, days)
    return made, signer.seal(made.encode(), CONTEXT_CERTIFICATE)
