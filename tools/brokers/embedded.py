"""An MQTT broker inside a Python process, so that the demo needs nothing but Python: amqtt.

For the demo only (decision 0009): it keeps sessions in memory and may lose a message.  The hub's outbox and the
centre's signed receipts cover that, as they cover any broker.

Runs as a process of its own:  python -m tools.brokers.embedded FOLDER PORT
"""

import asyncio
import logging
import signal
import ssl
import sys
from pathlib import Path
from typing import Any

from amqtt.broker import Broker
from amqtt.contexts import Action, ListenerConfig
from amqtt.errors import AMQTTError
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session
from cryptography import x509
from cryptography.x509.oid import NameOID

from tools.authority.installation import open_installation
from tools.brokers.topics import READ, WRITE, allowed, owns_session


class CertificateName(BaseAuthPlugin):  # type: ignore[misc]  # amqtt's base is untyped
    """A client is who its certificate says; the name it gives in CONNECT counts for nothing."""

    async def authenticate(self, *, session: Session) -> bool:
        session.username = common_name(session.ssl_object)
        return bool(session.username) and owns_session(session.username, session.client_id or "")


class OwnTopics(BaseTopicPlugin):  # type: ignore[misc]  # amqtt's base is untyped
    """A hub touches its own three topics, the centre reads and answers all."""

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        if session is None or topic is None or not session.username:
            return False
        return allowed(session.username, WRITE if action == Action.PUBLISH else READ, topic)


class MutualTlsBroker(Broker):  # type: ignore[misc]  # amqtt's base is untyped
    """amqtt asks for a client certificate but takes a client without one; we do not."""

    @staticmethod
    def _create_ssl_context(listener: ListenerConfig) -> ssl.SSLContext:
        context: ssl.SSLContext = Broker._create_ssl_context(listener)
        context.verify_mode = ssl.CERT_REQUIRED
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    async def _initialize_client_session(self, reader: Any, writer: Any, *address: Any) -> Any:
        handler, session = await super()._initialize_client_session(reader, writer, *address)
        # amqtt keeps the first connection's certificate in a session that comes back; ask the living one.
        session.ssl_object = writer.get_ssl_info()
        if fault := _fault(session):
            await writer.close()  # amqtt would leave the refused client waiting
            raise AMQTTError(fault)
        return handler, session


def _fault(session: Session) -> str | None:
    """Why this connection is refused, or None."""
    user = common_name(session.ssl_object)
    if not owns_session(user, session.client_id or ""):
        return "a certificate may use only its own client id"
    if session.will_flag and not allowed(user, WRITE, session.will_topic or ""):
        return "a last will may go only where its certificate may write"
    return None


def common_name(tls: ssl.SSLObject | None) -> str:
    """Return the common name of the peer's verified certificate, or "" when there is none."""
    certificate = tls.getpeercert(binary_form=True) if tls is not None else None
    if certificate is None:
        return ""
    names = x509.load_der_x509_certificate(certificate).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def broker_config(folder: Path, port: int) -> dict[str, Any]:
    """Return amqtt's configuration for the installation in `folder`, on the loopback address."""
    keys = open_installation(folder)
    listener = {
        "type": "tcp",
        "bind": f"127.0.0.1:{port}",
        "ssl": True,
        "cafile": str(keys.ca),
        "certfile": str(keys.server.certificate),
        "keyfile": str(keys.server.key),
    }
    plugins: dict[str, Any] = {f"{__name__}.{plugin.__name__}": {} for plugin in (CertificateName, OwnTopics)}
    return {"listeners": {"default": listener}, "plugins": plugins}


async def serve(folder: Path, port: int) -> None:
    """Run the broker until the process is asked to end."""
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    broker = MutualTlsBroker(broker_config(folder, port))
    await broker.start()
    await asked.wait()
    await broker.shutdown()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    # Run under its importable name: amqtt loads the plugins by their dotted path.
    from tools.brokers import embedded

    asyncio.run(embedded.serve(Path(sys.argv[1]), int(sys.argv[2])))
