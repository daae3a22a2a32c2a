"""The HTTP line itself: kept connections, proxies, certificates, and servers that hold nothing to HTTP."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from typing import Any

import openai
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import BaseModel

from assay.errors import ModelMisbehaviour, UserMistake
from assay.models.client import proxy_for
from assay.models.exchange import Watch
from assay.models.failures import TimedOut
from assay.models.gateway import Gateway
from assay.models.script import Script
from assay.models.scripted import ScriptedModel
from assay.models.setting import read_setting
from assay.models.timing import Timeouts

from .conftest import HELLO, Answer, FakeTime, Line, Odd, Serve, stream_of, until
from .test_odd_endpoints import END, says

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Lines:
    """What a raw server saw: lines that were opened, and those that the other side closed."""

    def __init__(self) -> None:
        self.opened = self.closed = 0
        self.address = ""


@asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[Lines]:
    """A server that gives the same bytes to whatever it is asked, and leaves the line open."""
    lines = Lines()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.opened += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        while await reader.read(65_536):
            pass
        lines.closed += 1
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    lines.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        yield lines


def gateway_to(address: str, fake: FakeTime, **more: Any) -> Gateway:
    return Gateway(read_setting(address, {}), timing=fake.timing(), environ={}, **more)


def test_calls_one_after_the_other_share_a_connection(
    serve: Serve, fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    connect = socket.connect

    def counted(self: socket, address: Any) -> None:
        opened.append(address)
        connect(self, address)

    monkeypatch.setattr(socket, "connect", counted)

    async def work(gateway: Gateway) -> None:
        for _ in range(10):
            await gateway.reply(HELLO, purpose="test")
            async for _ in gateway.stream(HELLO, purpose="test"):
                pass

    Line(serve({"chunks": ["a", "b"]}, after_last="repeat"), fake_time).run(work)
    assert 1 <= len(opened) < 10


def test_a_reply_is_over_when_it_says_so_even_if_the_endpoint_leaves_the_line_open(
    fake_time: FakeTime,
) -> None:
    events = "".join(f"data: {event}\n\n" for event in (says("Hi"), END, "[DONE]")).encode()

    async def work() -> None:
        async with (
            raw_server(HEAD + b"%x\r\n%s\r\n" % (len(events), events)) as lines,
            gateway_to(f"m@{lines.address}", fake_time) as gateway,
        ):
            read = [chunk async for chunk in gateway.stream(HELLO, purpose="test")]
            assert read[-1].reply is not None
            assert read[-1].reply.text == "Hi"
            await until(lambda: lines.closed == 1)

    asyncio.run(work())


def test_a_bare_address_that_never_says_what_it_serves_does_not_outlast_the_call(fake_time: FakeTime) -> None:
    async def work() -> None:
        async with raw_server(b"") as lines, gateway_to(f"{lines.address}?timeout=60", fake_time) as gateway:
            asking = asyncio.ensure_future(gateway.reply(HELLO, purpose="test"))
            await until(lambda: lines.opened == 1)
            fake_time.advance(60)
            with pytest.raises(ModelMisbehaviour, match="not finished after 60 s"):
                await asking
            await until(lambda: lines.closed == 1)

    asyncio.run(work())


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 nonsense\r\n\r\n"], ids=["ssh", "status"]
)
def test_a_server_that_speaks_no_http_is_named(fake_time: FakeTime, answer: bytes, stream: bool) -> None:
    async def work() -> None:
        async with raw_server(answer) as lines, gateway_to(f"m@{lines.address}", fake_time) as gateway:
            asking = gateway.stream(HELLO, purpose="test") if stream else None
            with pytest.raises(ModelMisbehaviour, match="not the chat API"):
                await (anext(asking) if asking else gateway.reply(HELLO, purpose="test"))

    asyncio.run(work())


def test_a_reader_who_takes_long_over_a_piece_is_not_taken_for_a_silent_endpoint(fake_time: FakeTime) -> None:
    class Arrived:
        unread = True
        closed = False

        def close(self) -> None:
            self.closed = True

    async def after_thirty_seconds(watch: Watch) -> Exception | None:
        fake_time.advance(30)
        for _ in range(5):
            await asyncio.sleep(0)
        return watch.over

    async def work() -> None:
        answer: Any = Arrived()
        watch = Watch(fake_time.timing(), Timeouts(), total=300, deadline=300, cancel=None)
        async with watch:
            watch.answered(answer)
            watch.heard()
            await asyncio.sleep(0)
            assert await after_thirty_seconds(watch) is None
            answer.unread = False
            assert isinstance(await after_thirty_seconds(watch), TimedOut)
            assert answer.closed

    asyncio.run(work())


@pytest.mark.parametrize("key", ["two\nlines", "nul\x00", "schlüssel"])
def test_a_key_that_no_header_can_hold_is_never_sent(serve: Serve, fake_time: FakeTime, key: str) -> None:
    server = serve({"text": "Hi"})
    with pytest.raises(UserMistake, match="cannot be sent") as refusal:
        Line(server, fake_time, environ={"ASSAY_API_KEY": key}).reply()
    assert key not in str(refusal.value)
    assert server.calls == 0


def test_half_a_character_in_a_conversation_is_never_sent(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi"})
    with pytest.raises(UserMistake, match="cannot be sent"):
        Line(server, fake_time).reply([{"role": "user", "content": "half \ud83d"}])
    assert server.calls == 0


def test_a_conversation_of_two_megabytes_arrives_whole(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi"})
    Line(server, fake_time).reply([{"role": "user", "content": "é" * 2**20}])
    assert server.requests[0].last_said == "é" * 2**20


def test_an_endpoint_without_a_key_is_sent_none(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi"})
    Line(server, fake_time).reply()
    assert "authorization" not in server.requests[0].headers
    assert server.requests[0].headers["user-agent"].startswith("Assay/")


class Opinion(BaseModel):
    level: int


def test_openais_own_client_reads_the_scripted_endpoint_as_any_other(serve: Serve) -> None:
    usage = {"prompt": 9, "completion": 3}
    server = serve(
        {"text": "One two", "chunks": 2, "usage": usage},
        {"json": {"level": 2}, "usage": usage},
        {"fault": "rate_limited"},
    )
    asked: Any = {"model": "scripted", "messages": HELLO}

    async def work() -> None:
        async with openai.AsyncOpenAI(api_key="k", base_url=server.base_url, max_retries=0) as client:
            assert [model.id async for model in client.models.list()] == ["scripted"]
            chat = client.chat.completions
            options: Any = {"include_usage": True}
            stream = await chat.create(**asked, stream=True, stream_options=options)
            events = [event async for event in stream]
            assert [event.choices[0].delta.content for event in events[:2]] == ["One ", "two"]
            assert events[2].choices[0].finish_reason == "stop"
            assert events[-1].usage.total_tokens == 12
            parsed = (await chat.parse(**asked, response_format=Opinion)).choices[0].message.parsed
            assert parsed == Opinion(level=2)
            with pytest.raises(openai.RateLimitError, match="scripted rate_limited"):
                await chat.create(**asked)

    asyncio.run(work())


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"https_proxy": "http://proxy:3128"}, "http://proxy:3128"),
        ({"HTTPS_PROXY": "proxy:3128"}, "http://proxy:3128"),
        ({"http_proxy": "http://proxy:3128"}, None),
        ({"all_proxy": "http://proxy:3128"}, "http://proxy:3128"),
        ({"https_proxy": "http://a:1", "all_proxy": "socks5://b:1"}, "http://a:1"),
        ({"https_proxy": "http://proxy:3128", "no_proxy": "model.example"}, None),
        ({"https_proxy": "http://proxy:3128", "no_proxy": ".example"}, None),
        ({"https_proxy": "http://proxy:3128", "no_proxy": "other.example"}, "http://proxy:3128"),
    ],
    ids=str,
)
def test_the_environment_names_the_proxy(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], proxy: str | None
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert proxy_for("https://model.example/v1") == proxy
    assert proxy_for("http://127.0.0.1:8000/v1") is None


def test_a_proxy_of_another_kind_is_a_mistake_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("all_proxy", "socks5://me:hunter2@proxy:1080")
    with pytest.raises(UserMistake, match=r"not an http proxy.*NO_PROXY") as refusal:
        proxy_for("http://model.example/v1")
    assert "hunter2" not in str(refusal.value)


def test_a_proxy_is_told_the_password_that_the_environment_names(
    odd: Odd, fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def through(request: BaseHTTPRequestHandler) -> Answer:
        told.append(request.headers["Proxy-Authorization"])
        return stream_of(says("from the proxy"), END)

    proxy = odd(through)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", proxy.address.replace("://", "://me:hunter2@"))

    async def work() -> str:
        async with gateway_to("m@http://model.example/v1", fake_time) as gateway:
            return (await gateway.reply(HELLO, purpose="test")).text

    assert asyncio.run(work()) == "from the proxy"
    assert told == ["Basic " + b64encode(b"me:hunter2").decode()]


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody has signed but itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a model of our own")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(signed.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return folder / "cert.pem", folder / "key.pem"


def over_tls(cert: Path, key: Path, work: Callable[[str], Awaitable[None]]) -> None:
    """Do something with the address of a scripted endpoint that speaks https."""

    async def inside() -> None:
        script = Script.model_validate({"replies": [{"text": "Safely"}], "after_last": "repeat"})
        runner = web.AppRunner(ScriptedModel(script).app())
        await runner.setup()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(cert, key)
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        try:
            await work(f"m@https://127.0.0.1:{runner.addresses[0][1]}/v1")
        finally:
            await runner.cleanup()

    asyncio.run(inside())


def test_a_certificate_is_checked_and_one_of_your_own_can_be_named(
    tmp_path: Path, fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(address: str) -> None:
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        async with gateway_to(address, fake_time) as gateway:
            with pytest.raises(ModelMisbehaviour, match=r"could not be reached: .*certificate"):
                await gateway.reply(HELLO, purpose="test")
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        async with gateway_to(address, fake_time) as gateway:
            assert (await gateway.reply(HELLO, purpose="test")).text == "Safely"

    cert, key = certificate(tmp_path)
    over_tls(cert, key, work)
