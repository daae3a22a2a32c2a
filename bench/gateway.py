"""What calls to a model cost: processor seconds of this process, against a scripted endpoint beside it.

    python bench/gateway.py [--streams 2000] [--answers 5000]

Replies streamed in 40 pieces, 100 at a time: all pieces at once, and one every 20 ms. Then structured
answers, 64 at a time, which the endpoint takes 0.2 s to write in 20 pieces. Printed are seconds, processor
seconds of this process, and calls a second.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, Field

from assay.models.gateway import Gateway, open_gateway

ASKED = [
    {"role": "user", "content": "Which three of these five problems would you fix first, and why? " * 20}
]
PIECES = tuple(f"piece {number} of a reply that says something " for number in range(40))
STREAMS_AT_ONCE, ANSWERS_AT_ONCE = 100, 64


class Rating(BaseModel):
    """What a judge answers with."""

    level: int = Field(ge=0, le=4)
    quote: str
    why: str


RATING = {"level": 3, "quote": "but I checked in the message before", "why": "It checks one figure. " * 10}
LOADS: dict[str, dict[str, object]] = {
    "streamed at once": {"chunks": PIECES},
    "streamed piece by piece": {"chunks": PIECES, "delay": 0.02},
    "structured": {"json": RATING, "chunks": 20, "delay": 0.01},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--streams", type=int, default=2000)
    parser.add_argument("--answers", type=int, default=5000)
    wishes = parser.parse_args()
    print("| calls | n | seconds | processor seconds | ms of processor a call | calls a second |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, reply in LOADS.items():
        structured = name == "structured"
        count, at_once = (
            (wishes.answers, ANSWERS_AT_ONCE) if structured else (wishes.streams, STREAMS_AT_ONCE)
        )
        with endpoint(reply) as address:
            wall, work = asyncio.run(measure(address, rated if structured else streamed, count, at_once))
        each = f"{work / count * 1000:.2f} | {count / wall:.0f}"
        print(f"| {name} | {count:,} | {wall:.1f} | {work:.2f} | {each} |")


@contextmanager
def endpoint(reply: dict[str, object]) -> Iterator[str]:
    """A scripted endpoint in a process of its own that gives one reply again and again."""
    script = {"model": "scripted", "after_last": "repeat", "replies": [reply]}
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        file = Path(folder) / "replies.json"
        file.write_text(json.dumps(script))
        command = [sys.executable, "-m", "assay.models.scripted", str(file)]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
            assert process.stdout is not None
            try:
                yield next(word for word in process.stdout.readline().split() if "@http" in word)
            finally:
                process.terminate()


async def measure(
    address: str, call: Callable[[Gateway], Awaitable[None]], count: int, at_once: int
) -> tuple[float, float]:
    """Seconds and processor seconds of `count` calls, made after a few that open the connections."""
    left = iter(range(count))

    async def caller(gateway: Gateway) -> None:
        for _ in left:
            await call(gateway)

    async with open_gateway(address, environ={}) as gateway:
        await asyncio.gather(*(call(gateway) for _ in range(at_once)))
        began, worked = time.perf_counter(), time.process_time()
        await asyncio.gather(*(caller(gateway) for _ in range(at_once)))
        return time.perf_counter() - began, time.process_time() - worked


async def streamed(gateway: Gateway) -> None:
    """Read one streamed reply."""
    read = [chunk async for chunk in gateway.stream(ASKED, purpose="bench")]
    assert read[-1].reply is not None
    assert read[-1].reply.text == "".join(PIECES)


async def rated(gateway: Gateway) -> None:
    """Read one structured answer."""
    rating, _ = await gateway.structured(ASKED, Rating, purpose="bench")
    assert rating.level == RATING["level"]


if __name__ == "__main__":
    main()
