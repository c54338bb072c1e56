"""The certificates that devices were given, every one; the newest of a device is the one it is asked to keep."""

from sqlalchemy import Connection, insert, select

from centre.edges.tables.homes import certificates
from protocol.service_enrol import Certificate


def save(connection: Connection, tenant: str, certificate: Certificate, cose: bytes, made_by: str) -> None:
    """Keep one that has just been signed; one that is known stays as it is."""
    serial = certificate.serial.hex()
    mine = (certificates.c.tenant == tenant) & (certificates.c.serial == serial)
    if connection.execute(select(certificates.c.serial).where(mine)).first() is not None:
        return
    values = {"issued_s": certificate.issued_s, "expires_s": certificate.expires_s}
    row = {"serial": serial, "tenant": tenant, "device_id": certificate.device_id.hex(), "cose": cose}
    connection.execute(insert(certificates).values(made_by=made_by, **row, **values))


def newest(connection: Connection, tenant: str, device_id: str) -> bytes | None:
    """The COSE bytes of the device's newest certificate, None when it never got one."""
    query = select(certificates.c.cose).where(
        certificates.c.tenant == tenant, certificates.c.device_id == device_id
    )
    newest_first = query.order_by(certificates.c.issued_s.desc(), certificates.c.serial)
    found = connection.execute(newest_first).scalar()
    return None if found is None else bytes(found)
