"""Everything that a browser receives from a site: a relay that keeps each byte, and a search."""

import base64
import binascii
import gzip
import html
import http.client
import io
import json
import re
import socket
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self, cast
from urllib.parse import unquote

ASKED = re.compile(rb"(?:GET|POST|HEAD) (\S+) HTTP/1\.1\r\n")
"""A request's first line, which may follow another's body without a line's end between."""

ENCODED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
TAG = re.compile(r"<[^>]*>")
PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site answered to one request: its head and its body, decoded as the browser decodes them."""

    address: str
    head: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


@dataclass(slots=True)
class _Line:
    """One connection of the browser, in both directions."""

    asked: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)


class Recording:
    """A relay on a port of its own. What passes is passed on unchanged, and kept."""

    def __init__(self, site_port: int) -> None:
        self.site_port = site_port
        self._lines: list[_Line] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # A thread that waits for a connection is woken by the shutdown; closing alone would leave it there.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rpartition(":")[2])

    def answers(self) -> list[Answer]:
        """Every answer so far; one that broke off, as far as it came."""
        return [answer for line in list(self._lines) for answer in _answers_in(line)]

    def raw(self) -> list[str]:
        """The bytes themselves, as they came over each connection."""
        return [bytes(line.received).decode("latin-1") for line in list(self._lines)]

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                line = _Line()
                self._lines.append(line)
                threading.Thread(target=self._relay, args=(browser, line), daemon=True).start()

    def _relay(self, browser: socket.socket, line: _Line) -> None:
        with browser, suppress(OSError), socket.create_connection(("127.0.0.1", self.site_port)) as site:
            back = threading.Thread(target=_pass_on, args=(site, browser, line.received), daemon=True)
            back.start()
            _pass_on(browser, site, line.asked)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE_BYTES):
            kept += piece
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class _Bytes:
    """Bytes that `http.client` reads as it reads a socket."""

    def __init__(self, stream: io.BytesIO) -> None:
        self._stream = stream

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        # The reader closes what it is given after each answer, and more answers follow in the stream.
        return cast("io.BufferedReader", _Open(self._stream))


class _Open(io.RawIOBase):
    """A view of a stream that leaves it open."""

    def __init__(self, stream: io.BytesIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._stream.readline(size)

    def read(self, size: int | None = -1, /) -> bytes:
        return self._stream.read(size)

    def readinto(self, buffer: object, /) -> int:
        return self._stream.readinto(buffer)  # type: ignore[arg-type]


def _answers_in(line: _Line) -> Iterator[Answer]:
    asked = iter([found.decode() for found in ASKED.findall(bytes(line.asked))])
    received = bytes(line.received)
    stream = io.BytesIO(received)
    while stream.tell() < len(received):
        answer = http.client.HTTPResponse(cast("socket.socket", _Bytes(stream)))
        answer.begin()
        try:
            body = answer.read()
        except http.client.IncompleteRead as broken_off:
            body = broken_off.partial
        encoding = answer.headers.get("Content-Encoding", "")
        yield Answer(next(asked, "?"), str(answer.headers), _decoded(body, encoding))


def _decoded(body: bytes, encoding: str) -> bytes:
    match encoding:
        case "gzip":
            return gzip.decompress(body)
        case "deflate":
            return zlib.decompress(body)
        case "":
            return body
    raise AssertionError(f"the recording cannot read {encoding}")


def found_in(answers: Iterable[Answer], words: Iterable[str]) -> dict[str, list[str]]:
    """Which of the words stand in which answers, in whatever form: address by address, in their order."""
    wanted = sorted(words)
    places: dict[str, list[str]] = {}
    for answer in answers:
        held = "\n".join((*forms_of(answer.head), *forms_of(answer.text))).lower()
        for word in wanted:
            if word.lower() in held:
                places.setdefault(word, []).append(answer.address)
    return places


def forms_of(text: str) -> Iterator[str]:
    """A text as it is, and with each kind of disguise taken off."""
    yield text
    plain = html.unescape(text)
    yield plain
    yield TAG.sub("", plain)
    yield unquote(text)
    yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    yield streamed(text)
    for run in ENCODED.findall(text):
        yield from _from_base64(run)


def streamed(text: str) -> str:
    """The pieces of a stream of events put together, since a word may be cut between two."""
    pieces = []
    for line in text.splitlines():
        with suppress(ValueError):
            data = json.loads(line.removeprefix("data: ")) if line.startswith("data: {") else {}
            pieces.append(str(data.get("text", "")))
    return "".join(pieces)


def _from_base64(run: str) -> Iterator[str]:
    for start in range(4):
        part = run[start:].rstrip("=").translate(str.maketrans("-_", "+/"))
        with suppress(binascii.Error):
            raw = base64.b64decode(part + "=" * (-len(part) % 4))
            yield raw.decode("utf-8", "replace")
            with suppress(OSError, zlib.error, EOFError):
                yield zlib.decompress(raw, wbits=47).decode("utf-8", "replace")
