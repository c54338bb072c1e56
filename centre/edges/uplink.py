"""The broker: what hubs say comes in, receipts and commands go out.  Reconnects for ever, and says why it must."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable

import aiomqtt
import structlog

from centre.config import Broker
from protocol.path_messages import topic

log = structlog.get_logger("centre.uplink")

RETRY_S = (1, 2, 4, 8, 15)
QOS = 1
# A broker answers within milliseconds.  One that was killed never does, and until then nothing notices: aiomqtt's own
# 10 s made all hubs wait so long.  What was not taken is asked for again by the hub (hub/core/resend.py).
PUBLISH_LIMIT_S = 3.0

Handler = Callable[[str, bytes], Awaitable[None]]


class Uplink:
    """One connection to the broker.  `up` is True while it stands."""

    def __init__(self, broker: Broker, tenant: str, on_change: Callable[[], None]) -> None:
        self._broker = broker
        self._tenant = tenant
        self._on_change = on_change
        self._client: aiomqtt.Client | None = None
        self.up = False

    async def run(self, handle: Handler) -> None:
        """Serve until cancelled.  handle(topic, payload) runs for one message at a time, in order."""
        tries = 0
        while True:
            try:
                async with self._new_client() as client:
                    tries = 0
                    await self._serve(client, handle)
            except (aiomqtt.MqttError, OSError, ssl.SSLError) as error:
                log.warning("the broker cannot be reached", why=sentence(error, self._broker))
            finally:
                self._set(None)
            await asyncio.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
            tries += 1

    async def publish(self, hub_id: str, payload: bytes) -> bool:
        """Send down to a hub.  False when the broker did not take it."""
        if self._client is None:
            return False
        try:
            name = topic(self._tenant, bytes.fromhex(hub_id), "down")
            await self._client.publish(name, payload, qos=QOS, timeout=PUBLISH_LIMIT_S)
        except aiomqtt.MqttError as error:
            log.warning("a message to a hub was not taken", hub=hub_id, why=str(error))
            return False
        return True

    async def _serve(self, client: aiomqtt.Client, handle: Handler) -> None:
        for leaf in ("up", "state"):
            await client.subscribe(f"dosevakt/v1/{self._tenant}/+/{leaf}", qos=QOS)
        self._set(client)
        log.info("connected to the broker", host=self._broker.host, port=self._broker.port)
        async for message in client.messages:
            if isinstance(message.payload, bytes):
                await handle(str(message.topic), message.payload)

    def _set(self, client: aiomqtt.Client | None) -> None:
        was, self._client, self.up = self.up, client, client is not None
        if was != self.up:
            self._on_change()

    def _new_client(self) -> aiomqtt.Client:
        return aiomqtt.Client(
            hostname=self._broker.host,
            port=self._broker.port,
            identifier=f"centre-{self._tenant}",  # fixed: the broker keeps our queue while we are away
            clean_session=False,
            tls_context=tls_context(self._broker),
            keepalive=30,
        )


def tls_context(broker: Broker) -> ssl.SSLContext:
    """TLS 1.2 or newer, our certificate, the broker's name checked."""
    context = ssl.create_default_context(cafile=str(broker.ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(broker.certificate, broker.key)
    return context


def sentence(error: BaseException, broker: Broker) -> str:
    """What is wrong, in words for a technician."""
    cause = error.__cause__ if error.__cause__ is not None else error
    place = f"{broker.host}:{broker.port}"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"{place} shows a certificate that we do not trust: {cause.verify_message}."
    if isinstance(cause, ssl.SSLError):
        return f"{place} and we do not agree on TLS: {cause.reason}."
    if isinstance(cause, ConnectionRefusedError):
        return f"Nobody answers at {place}; is the broker running?"
    return f"{place}: {error}."
