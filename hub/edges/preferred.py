"""On the second broker: does the preferred one answer again?"""

import asyncio
import ssl
from collections.abc import Callable

from hub.core.broker_choice import BrokerChoice
from hub.edges.mqtt_session import CONNECT_LIMIT_S
from hub.edges.tls_look import answers


class PreferredBroker:
    """Looks now and then, in the background.  on_answer: called when a look is over."""

    def __init__(
        self,
        address: tuple[str, int],
        tls: Callable[[], ssl.SSLContext],
        choice: BrokerChoice,
        on_answer: Callable[[], None],
    ) -> None:
        self._address = address
        self._tls = tls
        self._choice = choice
        self._on_answer = on_answer
        self._look: asyncio.Task[bool] | None = None

    def is_back(self, now_ms: int) -> bool:
        """True once when a look found that it answers.  Begins a look when it is time."""
        if self._choice.is_time_to_look(now_ms):
            self._look = asyncio.create_task(answers(*self._address, self._tls(), CONNECT_LIMIT_S))
            self._look.add_done_callback(lambda _: self._on_answer())
        if self._look is None or not self._look.done():
            return False
        look, self._look = self._look, None
        return look.result()

    def forget(self) -> None:
        """The connection for which it was looked is over."""
        if self._look is not None:
            self._look.cancel()
            self._look = None
