"""Give devices to this centre: prove the request, sign a certificate, register the device; all or nothing."""

import secrets
from pathlib import Path

from sqlalchemy import Connection

from centre.core.enrolment import (
    NO_KEY,
    NotEnrolled,
    certificate_for,
    proven_certificate,
    proven_request,
    still_good,
)
from centre.edges import alarm_store, certificate_store, registry
from centre.edges.alarm_store import Who
from centre.edges.keys import CentreKey, signed_by
from protocol.cose import device_id_of
from protocol.service_enrol import CONTEXT_CERTIFICATE, SERIAL_BYTES, Certificate, EnrolmentRequest

MODELS = {number: name for name, number in registry.MODELS.items()}
KEY_ELSEWHERE = "This centre holds no enrolment key; have the request signed with: dosevakt authority enrol"


class EnrolmentDesk:
    """For one tenant and its centre's key.  key: the enrolment key, None when it lies elsewhere."""

    def __init__(self, tenant: str, centre_point: bytes, key: CentreKey | None) -> None:
        self._tenant = tenant
        self._centre_point = centre_point
        self._key = key

    @classmethod
    def opened(cls, tenant: str, centre_point: bytes, key_file: Path | None) -> "EnrolmentDesk":
        """Reads the key file.  Raises KeyFileError."""
        return cls(tenant, centre_point, None if key_file is None else CentreKey.from_file(key_file))

    def enrol(
        self, connection: Connection, request: bytes, hub_id: str, label: str, who: Who
    ) -> tuple[Certificate, bytes]:
        """The certificate for a device's request, and its COSE bytes.  The same again while it is good for long.

        Raises NotEnrolled, registry.EnrolError, MessageError.
        """
        asked = proven_request(request, signed_by)
        if self._key is None:
            raise NotEnrolled(KEY_ELSEWHERE, NO_KEY)
        device_id = device_id_of(asked.public_point).hex()
        kept = self._kept(connection, self._key, device_id, asked, who.at_s)
        if kept is None:
            kept = self._signed(self._key, asked, who)
            certificate_store.save(connection, self._tenant, *kept, who.name)
        self._register(connection, kept[0], hub_id, label, who)
        return kept

    def stood_at(self, connection: Connection, request: bytes) -> tuple[str, str] | None:
        """(hub id, label) where the device of this request stands until now; None: it is new.  Raises as enrol."""
        device_id = device_id_of(proven_request(request, signed_by).public_point).hex()
        row = registry.device(connection, self._tenant, device_id)
        return None if row is None else (str(row["hub_id"]), str(row["label"]))

    def _kept(
        self, connection: Connection, key: CentreKey, device_id: str, asked: EnrolmentRequest, now_s: int
    ) -> tuple[Certificate, bytes] | None:
        """What this device was given before by the same key, unless it ends soon."""
        cose = certificate_store.newest(connection, self._tenant, device_id)
        if cose is None:
            return None
        try:
            certificate = proven_certificate(cose, {key.kid: key.public_point}, signed_by)
        except NotEnrolled:
            return None  # of the key before this one
        good = still_good(certificate, asked, self._tenant, self._centre_point, now_s)
        return (certificate, cose) if good else None

    def _signed(self, key: CentreKey, asked: EnrolmentRequest, who: Who) -> tuple[Certificate, bytes]:
        serial = secrets.token_bytes(SERIAL_BYTES)
        made = certificate_for(asked, self._tenant, self._centre_point, serial, who.at_s)
        return made, key.seal(made.encode(), CONTEXT_CERTIFICATE)

    def _register(
        self, connection: Connection, certificate: Certificate, hub_id: str, label: str, who: Who
    ) -> None:
        point, model = certificate.public_point, MODELS[certificate.model]
        device_id = registry.enrol_device(connection, self._tenant, point, model, hub_id, label)
        what = f"certificate {certificate.serial.hex()} until {certificate.expires_s}"
        words = f"{device_id} {what} at {label} by hub {hub_id}"
        alarm_store.note(connection, self._tenant, "enrol_device", who, words)
