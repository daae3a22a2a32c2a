"""The HTTP line to one endpoint: requests go out, and answers are read as they come."""

import asyncio
import os
import ssl
import sys
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from pydantic_core import to_json

from assay import __version__
from assay.errors import UserMistake
from assay.models.events import LONGEST, read_json
from assay.models.failures import BrokeOff, Refused, Unreached, Unreadable, unsendable
from assay.models.setting import is_loopback
from assay.models.wording import one_line, well_formed, without_keys, written

_KEEP_ALIVE = 4.0
"""Seconds that an idle connection is kept: less than the five after which common servers hang up, since a
request that meets a connection just being closed is lost."""
_LINGER = 0.1
"""Seconds that a finished stream may take to close, after which its connection is not used again."""
_LONGEST_REFUSAL = 2**18
_LARGE_BODY = 2**20
_BUNDLES = (
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
)
"""Where Linux distributions keep the certificates they trust, for a Python that was built elsewhere."""


class Incoming:
    """An answer under way. What it holds is read block by block; an answer that is left early is closed."""

    def __init__(self, client: "Client", response: aiohttp.ClientResponse, *, streamed: bool) -> None:
        self._client, self._response = client, response
        self._read = 0
        kinds = {"text/event-stream": True, "application/json": False}
        self.streamed = kinds.get(response.content_type, streamed)
        """Whether it is a stream of events: as it says itself, else as it was asked for."""

    async def block(self) -> bytes:
        """What has come since the last time, as soon as there is something; empty at the end.

        Raises:
            BrokeOff: the connection was lost.
        """
        try:
            block = await self._response.content.readany()
        except (aiohttp.ClientError, OSError):
            raise BrokeOff("the connection was lost") from None
        self._read += len(block)
        return block

    @property
    def unread(self) -> bool:
        """Whether something has come that `block` has not given out yet."""
        return self._response.content.total_bytes > self._read

    def value(self, data: bytes) -> object:
        """The JSON of an event or a whole answer.

        Raises:
            BrokeOff: it is not JSON, or says that the endpoint failed.
        """
        try:
            value = read_json(data)
        except ValueError:
            raise BrokeOff("a part of it was not JSON") from None
        if isinstance(value, dict) and (error := value.get("error")):
            raise BrokeOff(_said(error, self._client.key))
        return value

    def let_go(self) -> None:
        """Read no further: the connection serves again if the answer ends at once, and is closed if not."""
        if not self._response.content.is_eof():
            self._client.linger(self._response)

    def close(self) -> None:
        """Close the connection at once, unless the answer was read to its end."""
        self._response.close()


class Client:
    """Connections to one endpoint, kept between calls, in one event loop.

    The number of connections is not bounded here: callers bound how many calls they make at a time. No time
    is bounded but that of connecting, in seconds; whoever waits for an answer watches a clock of their own.
    Redirects are not followed. Errors hold the endpoint's words without the key, and nothing else it sent.

    Raises:
        UserMistake: the key cannot be sent, or the environment names a proxy that cannot be used.
    """

    def __init__(self, base_url: str, key: str, *, connect: float) -> None:
        if not (key.isascii() and key.isprintable()):
            raise unsendable()
        self._base_url = base_url
        self.key = key
        self._lingering: set[aiohttp.ClientResponse] = set()
        headers = {"User-Agent": f"Assay/{__version__}", "Accept-Encoding": "identity"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        proxy = proxy_for(base_url)
        tls = _trusted() if base_url.startswith("https:") else True
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE, ssl=tls),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=headers,
            proxy=proxy,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect),
        )

    async def close(self) -> None:
        """Close all connections."""
        for response in self._lingering:
            response.close()
        await self._session.close()

    def linger(self, response: aiohttp.ClientResponse) -> None:
        """Close what nobody reads any more, unless it ends within a moment."""

        def close() -> None:
            self._lingering.discard(response)
            response.close()

        self._lingering.add(response)
        asyncio.get_running_loop().call_later(_LINGER, close)

    async def chat(self, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Incoming:
        """Send a chat request; gives the answer once the endpoint has taken the request on.

        Raises:
            UserMistake: the conversation holds what cannot be sent.
            Refused: the endpoint answered with a status that is no success.
            Unreached: it was not reached, or hung up on a stream before it began.
            BrokeOff: it hung up on a request for a whole reply, on which it may have worked.
            Unreadable: it does not speak HTTP.
        """
        try:
            data = to_json(body)
        except ValueError:
            raise unsendable() from None
        streamed = bool(body.get("stream"))
        response = await self._request(
            "POST",
            "/chat/completions",
            Unreached if streamed else BrokeOff,
            data=BytesIO(data) if len(data) > _LARGE_BODY else data,
            headers={"Content-Type": "application/json", **(headers or {})},
        )
        return Incoming(self, response, streamed=streamed)

    async def models(self) -> object:
        """What the endpoint lists as its models: its JSON, or None where it is none.

        Raises:
            Refused, Unreached, BrokeOff, Unreadable: as `chat` does.
        """
        response = await self._request("GET", "/models", Unreached)
        try:
            return read_json(await _start_of(response, LONGEST))
        except ValueError:
            return None
        finally:
            response.close()

    async def _request(
        self, method: str, path: str, hung_up: type[Exception], **more: Any
    ) -> aiohttp.ClientResponse:
        try:
            response = await self._session.request(
                method, self._base_url + path, allow_redirects=False, **more
            )
        except (
            aiohttp.ClientConnectorError,
            aiohttp.ConnectionTimeoutError,
            aiohttp.ClientHttpProxyError,
            aiohttp.InvalidURL,
        ) as error:
            raise Unreached(one_line(error, self.key)) from None
        except aiohttp.ClientResponseError:
            raise Unreadable from None
        except (aiohttp.ClientError, OSError) as error:
            raise hung_up(one_line(error, self.key) or type(error).__name__) from None
        if 200 <= response.status < 300:
            return response
        try:
            raise _refusal(response, await _start_of(response, _LONGEST_REFUSAL), self.key)
        finally:
            response.close()


async def _start_of(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The body, or as much of it as came when it grew longer than `most` bytes or the connection was lost."""
    blocks: list[bytes] = []
    with suppress(aiohttp.ClientError, OSError):
        while sum(map(len, blocks)) <= most and (block := await response.content.readany()):
            blocks.append(block)
    return b"".join(blocks)


def _refusal(response: aiohttp.ClientResponse, body: bytes, key: str) -> Refused:
    said: object = body.decode("utf-8", "replace").strip()
    with suppress(ValueError):
        said = read_json(body)
    error = said.get("error", said) if isinstance(said, dict) else said
    return Refused(
        response.status,
        _said(error, key) if error else "no reason given",
        words=without_keys(well_formed(written(error)), key),
        location=one_line(response.headers.get("Location", ""), key),
        retry_after=response.headers.get("Retry-After", ""),
    )


def _said(error: object, key: str) -> str:
    """The endpoint's own message, fit to be shown."""
    message = error.get("message") if isinstance(error, dict) else None
    return one_line(message or error, key)


def proxy_for(address: str) -> str | None:
    """The proxy that the environment names for an address; none for this machine's own."""
    where = urlsplit(address)
    # A proxy set for the outside world must not be asked for this machine's own addresses.
    if is_loopback(address) or proxy_bypass(where.netloc):
        return None
    proxies = getproxies()
    proxy = proxies.get(where.scheme) or proxies.get("all")
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if urlsplit(proxy).scheme not in ("http", "https"):
        raise UserMistake(
            f"The proxy that the environment names for {where.netloc} is not an http proxy",
            remedy="Set HTTPS_PROXY or HTTP_PROXY to one, or name the endpoint's host in NO_PROXY",
        )
    return proxy


def _trusted() -> ssl.SSLContext:
    """TLS with the certificates that this machine trusts; SSL_CERT_FILE and SSL_CERT_DIR name others."""
    own = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")
    if sys.platform in ("win32", "darwin") and not own:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.create_default_context()
    if not own and ssl.get_default_verify_paths().cafile is None:
        for bundle in filter(os.path.isfile, _BUNDLES):
            context.load_verify_locations(bundle)
            break
    return context
