"""Whose a device may become."""

import pytest

from firmware.core.enrolling import why_not
from protocol.errors import EXPIRED, NO_CODE, WRONG_DEVICE, WRONG_STATE
from protocol.tests.samples_enrol import CENTRE_POINT, CERTIFICATE, POINT

END_S = CERTIFICATE.expires_s


@pytest.mark.parametrize(
    ("point", "model", "owner", "now_s", "code"),
    [
        (POINT, 1, None, None, NO_CODE),
        (POINT, 1, CENTRE_POINT, None, NO_CODE),
        (POINT, 1, None, END_S - 1, NO_CODE),
        (POINT, 1, None, END_S, EXPIRED),
        (POINT, 1, POINT, None, WRONG_STATE),
        (POINT, 1, POINT, END_S, WRONG_STATE),
        (POINT, 2, None, None, WRONG_DEVICE),
        (CENTRE_POINT, 1, None, None, WRONG_DEVICE),
        (CENTRE_POINT, 1, POINT, END_S, WRONG_DEVICE),
    ],
)
def test_a_certificate_fits_or_is_refused(point, model, owner, now_s, code):
    """Only a certificate for this very device is taken, of its own centre if it has one, until its last second."""
    assert why_not(CERTIFICATE, point, model, owner, now_s) == code
