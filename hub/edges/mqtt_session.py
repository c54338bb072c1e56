"""One connection to the broker: paho-mqtt driven by the asyncio loop.  Used once; a new attempt makes a new one.

Why not aiomqtt: it turns TLS and socket errors into text without cause, and waits out its full time limit when the
broker closes during the handshake; here each keeps its own sentence.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, LogLevel
from paho.mqtt.reasoncodes import ReasonCode

from hub.core.path_faults import PathFault

KEEPALIVE_S = 20  # a dead line is noticed within 2 x 20 s, so a device hears "path down" within 60 s
CONNECT_LIMIT_S = 10.0  # TCP, then TLS, then MQTT may take this long each: a slow cellular line needs 3 s
_HOUSEKEEPING_S = 2.0
# Sixteen batches of 64 KiB: a line of 100 ms round trip and 10 MB/s stays full, memory stays at 1 MiB.
MAX_IN_FLIGHT = 16


class PathFaultError(Exception):
    """The connection could not be made.  `fault` says why."""

    def __init__(self, fault: PathFault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


@dataclass(frozen=True)
class Address:
    """Where to connect, as whom, and what the broker says when we vanish."""

    host: str
    port: int
    client_id: str
    will_topic: str
    will: bytes


class MqttSession:
    """open(), publish() while `lost` is not done, close()."""

    def __init__(
        self,
        address: Address,
        tls: ssl.SSLContext,
        on_message: Callable[[bytes], None],
        on_room: Callable[[], None],
    ) -> None:
        self._address = address
        self._on_message = on_message
        self._on_room = on_room
        self._last_words = ""
        self._loop = asyncio.get_running_loop()
        self._connected: asyncio.Future[int] = self._loop.create_future()
        self._subscribed: asyncio.Future[None] = self._loop.create_future()
        self.lost: asyncio.Future[PathFault] = self._loop.create_future()
        self.in_flight = 0  # published, not yet acknowledged by the broker
        self._housekeeping: asyncio.TimerHandle | None = None
        self._writer_on = False
        self._client = self._make_client(tls)

    def _make_client(self, tls: ssl.SSLContext) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            self._address.client_id,
            False,
            protocol=mqtt.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_LIMIT_S
        client.tls_set_context(tls)
        client.will_set(self._address.will_topic, self._address.will, qos=1, retain=True)
        client.on_connect = self._connect_answered
        client.on_subscribe = self._subscribe_answered
        client.on_publish = self._publish_answered
        client.on_message = lambda _client, _data, message: self._on_message(bytes(message.payload))
        client.on_disconnect = self._disconnected
        client.on_log = self._noted
        return client

    async def open(self, topic: str) -> None:
        """Connect and subscribe to `topic`.  Raises PathFaultError; the session is then of no further use."""
        try:
            await self._connect_in_thread()
            self._attach()
            refusal = await self._first_of(self._connected)
            if refusal:
                raise PathFaultError(PathFault("mqtt", refusal=refusal))
            self._client.subscribe(topic, qos=1)
            self._write_rest()
            await self._first_of(self._subscribed)
        except TimeoutError as fault:
            raise PathFaultError(PathFault("mqtt", "no answer")) from fault
        finally:
            if not self._subscribed.done():
                self._drop()

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Hand a QoS 1 message to the broker.  A lost connection shows in `lost`; the outbox still has the events."""
        self.in_flight += 1
        self._client.publish(topic, payload, qos=1, retain=retain)
        self._write_rest()

    async def close(self) -> None:
        """Say goodbye, so that the broker does not publish the will."""
        if not self.lost.done():
            self._client.disconnect()
            await asyncio.wait((self.lost,), timeout=1.0)
        self._drop()

    # ---- the thread: resolving, connecting and the TLS handshake block

    async def _connect_in_thread(self) -> None:
        done: asyncio.Future[None] = self._loop.create_future()

        def connect() -> None:
            fault = None
            try:
                self._client.connect(self._address.host, self._address.port, KEEPALIVE_S)
            except (OSError, UnicodeError) as error:
                fault = fault_of(error)
            with contextlib.suppress(RuntimeError):  # the loop ended meanwhile
                self._loop.call_soon_threadsafe(_finish, done, fault)

        # A daemon thread, so that a hub told to stop does not wait for a broker that does not answer.
        threading.Thread(target=connect, name="mqtt-connect", daemon=True).start()
        await done

    # ---- the loop: paho's socket is ours to watch

    def _attach(self) -> None:
        sock = self._client.socket()
        if sock is None:  # closed within the handshake
            raise PathFaultError(PathFault("tls", self._last_words or "closed by the broker"))
        self._client.on_socket_close = self._detach
        # Nagle would hold a small message until the broker's delayed ack of the one before: 40 ms (RFC 9293 3.7.4).
        assert isinstance(sock, socket.socket)  # what paho makes of TCP and TLS
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._loop.add_reader(sock, self._read)
        self._write_rest()
        self._keep_house()

    def _read(self) -> None:
        """TLS may hold bytes that the kernel no longer shows, so read until it is empty."""
        while self._client.loop_read() == mqtt.MQTT_ERR_SUCCESS:
            sock = self._client.socket()
            if not isinstance(sock, ssl.SSLSocket) or not sock.pending():
                break
        self._write_rest()

    def _write_rest(self) -> None:
        """paho writes at once, by itself; what the socket did not take goes when it can.

        With on_socket_register_write it would write nothing at once: two turns of the loop more for each message.
        """
        sock = self._client.socket()
        wants = self._client.want_write() and sock is not None
        if wants == self._writer_on or sock is None:
            return
        self._writer_on = wants
        if wants:
            self._loop.add_writer(sock, self._write_more)
        else:
            self._loop.remove_writer(sock)

    def _write_more(self) -> None:
        self._client.loop_write()
        self._write_rest()

    def _detach(self, _client: mqtt.Client, _data: Any, sock: Any) -> None:
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)
        self._writer_on = False

    def _keep_house(self) -> None:
        self._client.loop_misc()
        self._write_rest()
        self._housekeeping = self._loop.call_later(_HOUSEKEEPING_S, self._keep_house)

    def _drop(self) -> None:
        if self._housekeeping is not None:
            self._housekeeping.cancel()
        sock = self._client.socket()
        if sock is not None:
            self._detach(self._client, None, sock)
            self._client.on_socket_close = (
                None  # paho would speak of it once more, when it has no number left
            )
            with contextlib.suppress(OSError):
                sock.close()

    async def _first_of(self, answer: "asyncio.Future[Any]") -> Any:
        """The answer, or PathFaultError when the connection is lost before it comes; TimeoutError when nothing does.

        Not by wait_for: up to Python 3.11 it may swallow the order to stop (cpython issue 86296).
        """
        async with asyncio.timeout(CONNECT_LIMIT_S):
            await asyncio.wait((answer, self.lost), return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        fault = self.lost.result()
        raise PathFaultError(PathFault("mqtt" if fault.stage == "lost" else fault.stage, fault.reason))

    # ---- what paho tells us

    def _connect_answered(
        self, _client: mqtt.Client, _data: Any, _flags: Any, code: ReasonCode, _props: Any
    ) -> None:
        if not self._connected.done():
            self._connected.set_result(_CONNACK.get(code.getName(), 255) if code.is_failure else 0)

    def _subscribe_answered(self, *_: Any) -> None:
        if not self._subscribed.done():
            self._subscribed.set_result(None)

    def _publish_answered(self, *_: Any) -> None:
        self.in_flight -= 1
        if self.in_flight == MAX_IN_FLIGHT - 1:  # else nobody waited for room
            self._on_room()

    def _disconnected(
        self, _client: mqtt.Client, _data: Any, _flags: Any, code: ReasonCode, _props: Any
    ) -> None:
        if not self.lost.done():
            said = "closed by the broker" if code.getName() == "Unspecified error" else str(code)
            self.lost.set_result(PathFault("lost", self._last_words or said))

    def _noted(self, _client: mqtt.Client, _data: Any, level: int, text: str) -> None:
        """paho gives the cause of a broken connection only to its log (client.py, _packet_read)."""
        if level in (LogLevel.MQTT_LOG_ERR, LogLevel.MQTT_LOG_WARNING):
            self._last_words = text


# paho translates MQTT 3.1.1 return codes into MQTT 5 names (convert_connack_rc_to_reason_code).
_CONNACK = {
    "Unsupported protocol version": 1,
    "Client identifier not valid": 2,
    "Server unavailable": 3,
    "Bad user name or password": 4,
    "Not authorized": 5,
}


def _finish(done: "asyncio.Future[None]", fault: PathFault | None) -> None:
    if done.done():  # nobody waits any more
        return
    if fault is None:
        done.set_result(None)
    else:
        done.set_exception(PathFaultError(fault))


def fault_of(error: Exception) -> PathFault:
    """The facts in an exception from resolving, connecting or the TLS handshake."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return PathFault("tls", error.verify_message, verify_code=error.verify_code)
    if isinstance(error, ssl.SSLError):
        return PathFault("tls", error.reason or str(error))
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return PathFault("resolve", str(error))
    if isinstance(error, ConnectionResetError):
        return PathFault("tls", "closed by the broker")
    if isinstance(error, TimeoutError):
        return PathFault("connect", "no answer")
    return PathFault("connect", getattr(error, "strerror", None) or str(error))
