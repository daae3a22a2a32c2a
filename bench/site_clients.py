"""The browsers of `bench/site_load.py`: they do what a candidate's page does, and nothing else.

    python bench/site_clients.py PLAN

PLAN is a JSON file: `what` is `endpoint`, `replies` or `submits`, and the rest says where and how many.
Printed is one JSON object: times in seconds, and every problem in words.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

CSRF = "b" * 32
SAVE_EVERY = 4.0
"""Seconds between two autosaves of somebody who goes on typing."""
LOOK_EVERY = 15.0
"""Seconds between two looks at the state by a page."""
MESSAGE = "Which three of these five problems would you fix first, and how would you check that it worked?"


@dataclass(slots=True)
class Seen:
    """What the browsers saw. All times in seconds; `problems` is empty in a good run."""

    first_piece: list[float] = field(default_factory=list)
    whole_reply: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    replies: int = 0
    most_open: int = 0
    work: float = 0.0
    problems: list[str] = field(default_factory=list)


class Browsers:
    """Many browsers in one process, each with its own cookie."""

    def __init__(self, http: aiohttp.ClientSession, plan: dict[str, Any]) -> None:
        self._http, self._plan, self.seen = http, plan, Seen()
        self._open = 0

    def headers(self, person: dict[str, str]) -> dict[str, str]:
        return {"Cookie": f"csrftoken={CSRF}; {person['cookie']}", "X-CSRFToken": CSRF}

    async def ask_endpoint(self, _: dict[str, str]) -> None:
        """One reply straight from the model's endpoint."""
        body = {"model": "scripted", "stream": True, "messages": [{"role": "user", "content": MESSAGE}]}
        began = time.perf_counter()
        async with self._http.post(f"{self._plan['endpoint']}/chat/completions", json=body) as answer:
            await self._read(answer, began, b'"content"', b"[DONE]")

    async def send(self, person: dict[str, str]) -> None:
        """Send a message, read its reply."""
        address = f"{person['site']}{person['base']}messages"
        body = {"tab": "a", "text": MESSAGE, "message": f"m{random.random()}"}
        began = time.perf_counter()
        async with self._http.post(address, json=body, headers=self.headers(person)) as answer:
            await self._read(answer, began, b"event: piece", b"event: over")

    async def _read(self, answer: aiohttp.ClientResponse, began: float, piece: bytes, end: bytes) -> None:
        self._open += 1
        self.seen.most_open = max(self.seen.most_open, self._open)
        last, first = b"", None
        async for block in answer.content.iter_any():
            if first is None and piece in block:
                first = time.perf_counter() - began
            last = last[-64:] + block if len(block) < 256 else block
        self._open -= 1
        if answer.status != 200 or first is None or end not in last or b"event: failed" in last:
            self.seen.problems.append(f"reply: {answer.status} {last[-200:]!r}")
            return
        self.seen.first_piece.append(first)
        self.seen.whole_reply.append(time.perf_counter() - began)
        self.seen.replies += 1

    async def _call(
        self, person: dict[str, str], name: str, body: dict[str, str], times: list[float]
    ) -> None:
        address = f"{person['site']}{person['base']}{name}"
        began = time.perf_counter()
        async with self._http.post(
            address, json={"tab": "a", **body}, headers=self.headers(person)
        ) as answer:
            text = await answer.text()
        times.append(time.perf_counter() - began)
        if answer.status != 200:
            self.seen.problems.append(f"{name}: {answer.status} {text[:200]}")

    async def look(self, person: dict[str, str]) -> None:
        """Ask where the session stands, as every page does now and then."""
        began = time.perf_counter()
        address = f"{person['site']}{person['base']}state?tab=a"
        async with self._http.get(address, headers=self.headers(person)) as answer:
            await answer.read()
        self.seen.looks.append(time.perf_counter() - began)
        if answer.status != 200:
            self.seen.problems.append(f"look: {answer.status}")

    async def type_until(self, person: dict[str, str], moment: float) -> None:
        """Type without a pause, with the page's autosaves and looks, until that moment of the clock."""
        clock = asyncio.get_running_loop().time
        looked = clock() + random.random() * LOOK_EVERY
        await asyncio.sleep(min(random.random() * SAVE_EVERY, max(0.0, moment - clock())))
        while clock() < moment:
            text = f"{MESSAGE} {random.random()}\n" * 20
            await self._call(person, "deliverable", {"text": text}, self.seen.saves)
            if clock() > looked:
                looked += LOOK_EVERY
                await self.look(person)
            await asyncio.sleep(min(SAVE_EVERY, max(0.0, moment - clock())))

    async def type_and_submit(self, person: dict[str, str]) -> None:
        """Type for a while; hand in."""
        within = self._plan["within"]
        await self.type_until(person, self._plan["begin"] + within * person["place"])
        text = f"Handed in by {person['base']}"
        await self._call(person, "submit", {"text": text}, self.seen.submits)


async def run(plan: dict[str, Any]) -> Seen:
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=75)
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        browsers = Browsers(http, plan)
        people, clock = plan["people"], asyncio.get_running_loop().time
        for number, person in enumerate([*people, *plan.get("typing", [])]):
            # As a proxy spreads them: one browser always to the same process.
            person["site"] = plan["sites"][number % len(plan["sites"])]
        plan["begin"] = clock() + 0.5
        match plan["what"]:
            case "endpoint":
                await _spread(people, plan, browsers, browsers.ask_endpoint)
            case "replies":
                typing = [
                    browsers.type_until(p, plan["begin"] + plan["within"]) for p in plan.get("typing", [])
                ]
                await asyncio.gather(_spread(people, plan, browsers, browsers.send), *typing)
            case "submits":
                for number, person in enumerate(people):
                    person["place"] = (number + 1) / len(people)
                await asyncio.gather(*(_safely(browsers, browsers.type_and_submit(p)) for p in people))
        browsers.seen.work = time.process_time()
        return browsers.seen


async def _spread(
    people: Sequence[dict[str, str]],
    plan: dict[str, Any],
    browsers: Browsers,
    act: Callable[[dict[str, str]], Awaitable[None]],
) -> None:
    """Let everybody act once, evenly spread over the plan's time."""
    clock = asyncio.get_running_loop().time
    tasks = []
    for number, person in enumerate(people):
        moment = plan["begin"] + plan["within"] * number / len(people)
        await asyncio.sleep(max(0.0, moment - clock()))
        browsers.seen.late.append(max(0.0, clock() - moment))
        tasks.append(asyncio.create_task(_safely(browsers, act(person))))
    await asyncio.gather(*tasks)


async def _safely(browsers: Browsers, act: Awaitable[None]) -> None:
    try:
        await act
    except (aiohttp.ClientError, TimeoutError) as error:
        browsers.seen.problems.append(f"{type(error).__name__}: {error}")


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps(asdict(asyncio.run(run(plan)))))


if __name__ == "__main__":
    main()
