"""Fetch the firmware repository's files over HTTP: TLS with our own authority, no redirects, no proxy, bounded."""

import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tuf.api.exceptions import DownloadError, DownloadHTTPError
from tuf.ngclient import FetcherInterface

WAIT_S = 20.0  # for a connection, and for the next bytes; the whole is bounded by who started us
_CHUNK = 65536


class Fetcher(FetcherInterface):
    """FetcherInterface stops a file that is longer than its list says.  ca: None for the machine's authorities."""

    def __init__(self, ca: Path | None) -> None:
        self._ca = ca

    def _fetch(self, url: str) -> Iterator[bytes]:
        connection = self._connection(url)
        try:
            connection.request("GET", urlsplit(url).path, headers={"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            if answer.status != http.HTTPStatus.OK:  # a redirect is an answer that we do not take
                raise DownloadHTTPError(f"the centre answers {answer.status}", answer.status)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise DownloadError(f"no answer from {urlsplit(url).netloc} ({error})") from error
        return _chunks(connection, answer)

    def _connection(self, url: str) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=str(self._ca) if self._ca else None)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            return http.client.HTTPSConnection(host, port, timeout=WAIT_S, context=context)
        return http.client.HTTPConnection(host, port, timeout=WAIT_S)


def _chunks(connection: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while chunk := answer.read(_CHUNK):
            yield chunk
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(f"the centre broke off ({error})") from error
    finally:
        connection.close()
