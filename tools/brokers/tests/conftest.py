"""Both brokers, one installation with two hubs in two municipalities, and clients that speak to them."""

import socket
import subprocess
import sys
from queue import Empty, Queue

import paho.mqtt.client as mqtt
import pytest

from tools.authority.installation import add_hub, new_installation
from tools.brokers.mosquitto import Mosquitto
from tools.brokers.ports import free_port, wait_for_listener

ANSWER_LIMIT_S = 10


class Client:
    """A paho client that waits for each answer."""

    def __init__(self, installation, pair, port, client_id, will=None):
        self._got = Queue()
        self._answers = Queue()
        self._client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id, clean_session=False, protocol=mqtt.MQTTv311
        )
        certificate, key = (str(pair.certificate), str(pair.key)) if pair else (None, None)
        self._client.tls_set(str(installation.ca), certificate, key)
        if will is not None:
            self._client.will_set(*will, qos=1)
        self._client.on_connect = lambda c, u, flags, reason, props: self._answers.put(not reason.is_failure)
        self._client.on_disconnect = lambda *a: self._answers.put(False)
        self._client.on_subscribe = lambda *a: self._answers.put("subscribed")
        self._client.on_publish = lambda *a: self._answers.put("published")
        self._client.on_message = lambda c, u, message: self._got.put((message.topic, message.payload))
        self._port = port

    def connect(self):
        """Return whether the broker took us."""
        try:
            self._client.connect("127.0.0.1", self._port)
        except OSError:
            return False
        self._client.loop_start()
        return self._answers.get(timeout=ANSWER_LIMIT_S) is True

    def subscribe(self, *topics):
        self._client.subscribe([(topic, 1) for topic in topics])
        assert self._answers.get(timeout=ANSWER_LIMIT_S) == "subscribed"

    def publish(self, topic, payload):
        self._client.publish(topic, payload, qos=1)
        assert self._answers.get(timeout=ANSWER_LIMIT_S) == "published"

    def pour(self, topic, payload, count):
        """Publish many times at once, and wait until the broker has them all."""
        for _ in range(count):
            self._client.publish(topic, payload, qos=1)
        for _ in range(count):
            assert self._answers.get(timeout=ANSWER_LIMIT_S) == "published"

    def attempt(self, topic, payload):
        """Publish what we may not, and wait until the broker has dealt with it: it answers, or hangs up for good."""
        self._client.publish(topic, payload, qos=1)
        self._answers.get(timeout=ANSWER_LIMIT_S)
        self.close()

    def received(self):
        return self._got.get(timeout=ANSWER_LIMIT_S)

    def nothing_more(self):
        try:
            return not self._got.get_nowait()
        except Empty:
            return True

    def still_there(self):
        """Has the broker never hung up?"""
        return self._answers.empty()

    def die(self):
        """As in a power cut: the connection breaks without a goodbye."""
        self._client.loop_stop()
        self._client.socket().shutdown(socket.SHUT_RDWR)

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def installation(tmp_path):
    return new_installation(tmp_path / "keys", ["localhost", "127.0.0.1"])


@pytest.fixture
def hub_a(installation):
    return add_hub(installation, "vadso", "a")


@pytest.fixture
def hub_b(installation):
    return add_hub(installation, "alta", "b")


@pytest.fixture(params=["mosquitto", "embedded"])
def port(request, installation, tmp_path):
    """The port of a running broker, once for each kind."""
    if request.param == "mosquitto":
        with Mosquitto(tmp_path, installation) as broker:
            yield broker.port
        return
    number = free_port()
    command = [sys.executable, "-m", "tools.brokers.embedded", str(installation.folder), str(number)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        assert wait_for_listener(number, 30, process)
        yield number
        process.terminate()


@pytest.fixture
def connect(installation, port):
    """connect(pair, client_id, will=(topic, payload)) -> a client the broker took, or None."""
    clients = []

    def make(pair, client_id, will=None):
        client = Client(installation, pair, port, client_id, will)
        if not client.connect():
            client.close()  # paho would try again and again
            return None
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
