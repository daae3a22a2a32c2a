"""What comes over the line of a streamed reply: server-sent events, and the JSON in them."""

import json

from pydantic_core import from_json

from assay.models.failures import BrokeOff

LONGEST = 16 * 2**20
"""The most bytes that one event, or one whole answer, may have."""


class EventReader:
    """Reads server-sent events (WHATWG HTML, 9.2) from blocks that are cut anywhere.

    Only their data is of interest here: comments and all other fields are passed over.
    """

    def __init__(self) -> None:
        self._line: list[bytes] = []
        self._data: list[bytes] = []
        self._held = 0
        self._skip = b"\xef\xbb\xbf"
        """What is passed over where the next block begins with it: the mark of UTF-8, or half of CRLF."""

    def feed(self, block: bytes) -> list[bytes]:
        """The data of each event that the block completes.

        Raises:
            BrokeOff: an event is longer than `LONGEST`.
        """
        if self._skip:
            block = self._without_skipped(block)
        self._held += len(block)
        if self._held > LONGEST:
            raise BrokeOff("a part of it was too long")
        if b"\n" not in block and b"\r" not in block:
            self._line.append(block)
            return []
        lines = (b"".join((*self._line, block)) if self._line else block).splitlines()
        if block.endswith(b"\r"):
            self._skip = b"\n"
        self._line = [] if block.endswith((b"\n", b"\r")) else [lines.pop()]
        return self._events(lines)

    def _without_skipped(self, block: bytes) -> bytes:
        skip = self._skip
        if not block:
            return block
        if self._line:
            block, self._line = b"".join((*self._line, block)), []
        if len(block) < len(skip) and skip.startswith(block):
            self._line = [block]
            return b""
        self._skip = b""
        return block.removeprefix(skip)

    def _events(self, lines: list[bytes]) -> list[bytes]:
        events: list[bytes] = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[6:] if line[5:6] == b" " else line[5:])
            elif line == b"data":
                self._data.append(b"")
            elif not line and self._data:
                if data := b"\n".join(self._data):
                    events.append(data)
                self._data.clear()
        self._held = sum(map(len, self._line)) + sum(map(len, self._data))
        return events


def read_json(data: bytes) -> object:
    """The value that JSON in UTF-8 spells.

    Raises:
        ValueError: it is not JSON, or nested too deeply to be read.
    """
    try:
        return from_json(data)
    except ValueError:
        # Python's own reader is several times slower and takes half characters, which some endpoints send.
        try:
            return json.loads(data.decode("utf-8-sig"))
        except RecursionError:
            raise ValueError("nested too deeply") from None
