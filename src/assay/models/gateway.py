"""The gateway: the one door through which anything here talks to a model.

    async with open_gateway("embedded") as gateway:
        async for chunk in gateway.stream(messages, purpose="assistant"):
            print(chunk.text, end="")

From code that is not asynchronous: `asyncio.run(...)` around a coroutine that does the above.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from assay.errors import AssayError, LimitReached
from assay.models.answers import ask
from assay.models.caps import Budget, Caps, Reservation, Settle, Usage
from assay.models.endpoint import Endpoint, find_endpoint, make_client, served_model
from assay.models.exchange import Watch, pause, read_pieces
from assay.models.failures import Cancelled, HalfReply, judge, refused_seed, too_slow_for_whole, turned_away
from assay.models.pieces import Piece
from assay.models.prices import Price, Prices, load_prices, unpriced
from assay.models.replies import Call, Chunk, Conversation, Ending, Reply, Tokens, checked, prompt_estimate
from assay.models.setting import OPENAI_ADDRESS, ModelSetting, read_setting
from assay.models.spans import note_span
from assay.models.structured import Answer
from assay.models.timing import Retries, Timeouts, Timing
from assay.models.underway import Underway

if TYPE_CHECKING:
    from assay.models.client import Client, Incoming

RESERVED_REPLY_TOKENS = 4096
"""The longest reply, in tokens, that a capped gateway asks for when its setting names no max_tokens."""

_NOTHING = Tokens(prompt=0, completion=0)
_FREE = Price.model_validate({"model": "*", "input": 0, "output": 0, "as_of": "2026-01-01"})


@dataclass(frozen=True, slots=True)
class _Line:
    endpoint: Endpoint
    client: "Client"
    model: str
    price: Price | None


class Gateway:
    """Streams, whole replies and structured replies from one model.

    It belongs to one event loop while it is open; use it as an async context manager, or call `aclose`.
    After closing it opens again on the next call.

    Args:
        setting: which model, and how it is sampled.
        caps: the most it may use; checked against `usage` before each request is sent.
        usage: the running count; pass one in to share it between gateways.
        budget: caps that are kept elsewhere; asked before each request is sent.
        prices: the price list for costs and spend caps; the shipped one when None.
        timeouts: how long to wait for what; `?timeout=` in the setting replaces `total`.
        retries: how often to try, and the pauses between.
        timing: clock, sleep and jitter.
        record: called with a `Call` after each call, whatever became of it; `calls.append` keeps a list.
        environ: where keys are looked up; the process environment when None.
    """

    def __init__(
        self,
        setting: ModelSetting,
        *,
        caps: Caps | None = None,
        usage: Usage | None = None,
        budget: Budget | None = None,
        prices: Prices | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        timing: Timing | None = None,
        record: Callable[[Call], None] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.setting = setting
        self.caps = caps or Caps()
        self.usage = usage if usage is not None else Usage()
        self._budget = budget
        self._prices = prices if prices is not None else load_prices()
        self._timeouts = timeouts or Timeouts()
        self._retries = retries or Retries()
        self._timing = timing or Timing()
        self._record = record or (lambda _: None)
        self._environ = os.environ if environ is None else environ
        self._line: _Line | None = None
        self._opening = asyncio.Lock()
        self.schema_refusal = ""
        """Why this endpoint takes no JSON schema, once it has refused one."""
        self.seed_refusal = ""
        """Why this endpoint takes no seed, once it has refused one that a call asked for."""
        self._slow = False
        """Whether a whole reply once took too long, so that this endpoint is asked for streams only."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        line, self._line = self._line, None
        if line is not None:
            await line.client.close()

    def stream(
        self, messages: Conversation, *, purpose: str, cancel: asyncio.Event | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Stream a reply; the last chunk has no text and carries the whole `Reply`.

        Setting `cancel`, closing the generator or cancelling the task closes the connection at once. After
        `cancel` the last chunk still comes, with the reply so far and the ending "cancelled".

        Raises:
            HalfReply: the stream broke off after text had been read; it carries that text.
            ModelMisbehaviour: the endpoint failed and trying again did not help.
            UserMistake: key, model name, options or conversation are not usable.
            LimitReached: a cap forbids the call; nothing was sent.
        """
        return self._chunks(self._begin(messages, purpose, cancel=cancel))

    async def reply(
        self,
        messages: Conversation,
        *,
        purpose: str,
        cancel: asyncio.Event | None = None,
        response_format: dict[str, Any] | None = None,
        seed: int | None = None,
    ) -> Reply:
        """A whole reply. A reply that breaks off is tried again, since none of it was shown.

        It is asked for in one piece, which costs far less work than a stream of many; when it is tried again,
        or the endpoint is slow, as a stream. After `cancel` it holds the text that a stream had brought.

        `seed`, from 0 to 2^31 - 1, is this call's own, in place of the setting's. Where the endpoint refuses
        it, the call does without, and so do later ones; `Reply.seed` and `Reply.notes` say so.

        Raises:
            AssayError: as `stream` does.
        """
        run = self._begin(
            messages, purpose, cancel=cancel, shown=False, response_format=response_format, seed=seed
        )
        async with aclosing(self._chunks(run)) as chunks:
            return [chunk.reply async for chunk in chunks if chunk.reply][-1]

    async def structured(
        self, messages: Conversation, schema: type[Answer], *, purpose: str
    ) -> tuple[Answer, Reply]:
        """A reply that satisfies `schema`, and the reply it was read from.

        The endpoint is held to the JSON schema where it takes one. Where it refuses, the schema is given in
        words; `Reply.structured_by` and `Reply.notes` say so. An answer that cannot be read is sent back
        once with what is wrong.

        Raises:
            ModelMisbehaviour: refused, cut off, or unreadable even after the repair.
            AssayError: otherwise as `stream` does.
        """
        return await ask(self, checked(messages), schema, purpose)

    def _begin(
        self,
        messages: Conversation,
        purpose: str,
        *,
        cancel: asyncio.Event | None = None,
        shown: bool = True,
        response_format: dict[str, Any] | None = None,
        seed: int | None = None,
    ) -> Underway:
        run = Underway(
            messages=checked(messages),
            purpose=purpose,
            setting=self.setting,
            started=self._timing.monotonic(),
            total=self.setting.timeout or self._timeouts.total,
            shown=shown,
            cancel=cancel,
            response_format=response_format,
            seed=self.setting.seed if seed is None else seed,
            own_seed=seed is not None,
            model=self.setting.model,
        )
        if run.own_seed and self.seed_refusal:
            run.leave_out_seed(self.seed_refusal)
        return run

    async def _chunks(self, run: Underway) -> AsyncGenerator[Chunk, None]:
        outcome: Literal[Ending, "failed", "limit", "abandoned"] = "abandoned"
        problem = ""
        failure = None
        try:
            async with aclosing(self._tries(run)) as texts:
                async for text in texts:
                    yield Chunk(text=text)
            outcome = run.ending
            yield Chunk(reply=run.reply(self._timing.monotonic()))
        except AssayError as error:
            outcome = "limit" if isinstance(error, LimitReached) else "failed"
            problem, failure = error.message, type(error).__name__
            raise
        finally:
            call = run.call(self._timing.monotonic(), outcome, problem)
            self._record(call)
            note_span(run, call, failure=failure, now=self._timing.now(), environ=self._environ)

    async def _tries(self, run: Underway) -> AsyncGenerator[str, None]:
        """Try until a reply is complete; yields its text piece by piece where it is shown."""
        while True:
            run.tries += 1
            run.whole = not run.shown and run.tries == 1 and not self._slow
            try:
                async with self._attempt(run) as pieces:
                    async for piece in pieces:
                        run.take(piece, self._timing.monotonic())
                        if piece.text and run.shown:
                            yield piece.text
                run.check_complete()
                self.seed_refusal = run.seed_refusal or self.seed_refusal
                return
            except Cancelled:
                run.cancelled = True
                return
            except Exception as error:
                failed = error
            # Not inside the except block: an error that hangs on to the line's own one would hang on to more
            # than is fit to be shown.
            wait = self._pause_after(run, failed)
            try:
                await pause(wait, self._timing, run.cancel)
            except Cancelled:
                run.cancelled = True
                return

    @asynccontextmanager
    async def _attempt(self, run: Underway) -> AsyncIterator[AsyncGenerator[Piece, None]]:
        """Send one request under a reservation, and settle it whatever happens; gives the reply's pieces."""
        watch = Watch(self._timing, self._timeouts, total=run.total, deadline=run.deadline, cancel=run.cancel)
        async with watch:
            line = await watch.within(self._open)
            run.model = line.model
            run.price = line.price
            settle = await self._reserve(run)
            run.begin_attempt(self._timing.monotonic())
            refused = False
            try:
                async with aclosing(read_pieces(lambda: self._send(line, run), watch)) as pieces:
                    yield pieces
            except Exception as error:
                refused = turned_away(error) and not run.answered
                raise
            finally:
                if refused:
                    settle(_NOTHING, 0.0)
                else:
                    settle(run.usage, run.cost)

    async def _open(self) -> _Line:
        async with self._opening:
            if self._line is None:
                endpoint = await find_endpoint(self.setting, self._environ)
                client = make_client(endpoint, self._timeouts)
                try:
                    model = endpoint.model or await served_model(client, self.setting)
                    price = self._price(model)
                except BaseException:
                    await client.close()
                    raise
                self._line = _Line(endpoint, client, model, price)
            return self._line

    async def _send(self, line: _Line, run: Underway) -> "Incoming":
        body: dict[str, Any] = {"model": line.model, "messages": run.messages, **line.endpoint.parameters}
        if not run.whole:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        sampling = {"temperature": self.setting.temperature, "top_p": self.setting.top_p, "seed": run.seed}
        body |= {option: value for option, value in sampling.items() if value is not None}
        if (longest := self._longest_reply()) is not None:
            body[self._length_option()] = longest
        if run.response_format is not None:
            body["response_format"] = run.response_format
        headers = {"X-Assay-Purpose": run.purpose} if line.endpoint.names_purpose else None
        answer = await line.client.chat(body, headers)
        run.answered = True
        return answer

    def _length_option(self) -> str:
        # OpenAI's own endpoint takes the older name no longer for every model; others know only that one.
        own = self.setting.form == "openai" and self.setting.base_url == OPENAI_ADDRESS
        return "max_completion_tokens" if own else "max_tokens"

    def _longest_reply(self) -> int | None:
        capped = self.caps.any or self._budget is not None
        return self.setting.max_tokens or (RESERVED_REPLY_TOKENS if capped else None)

    def _price(self, model: str) -> Price | None:
        known = self._prices.find(model)
        return _FREE if known is None and self.setting.form in ("embedded", "scripted") else known

    async def _reserve(self, run: Underway) -> Settle:
        """Set aside what the request may use at most, here and in the budget."""
        model = run.model or str(self.setting)
        if self.caps.spend is not None and run.price is None:
            raise unpriced("There is a spend cap", model)
        worst = Tokens(
            prompt=prompt_estimate(run.messages, run.response_format),
            completion=self._longest_reply() or RESERVED_REPLY_TOKENS,
        )
        price = run.price
        wanted = Reservation(worst.total, price.cost(worst) if price else 0.0, "" if price else model)
        settled = [await self._budget.reserve(wanted, run.purpose)] if self._budget else []
        try:
            self.usage.reserve(wanted, self.caps)
        except LimitReached:
            for settle in settled:
                settle(_NOTHING, 0.0)
            raise
        settled.append(partial(self.usage.settle, wanted))

        def settle_all(used: Tokens | None, cost: float | None) -> None:
            for settle in settled:
                settle(used, cost)

        return settle_all

    def _pause_after(self, run: Underway, error: Exception) -> float:
        """Seconds until the next try, or the error that ends the call. One refused for its seed is no try."""
        if run.own_seed and (why := refused_seed(error)):
            run.leave_out_seed(why)
            run.tries -= 1
            return 0.0
        self._slow = self._slow or (run.whole and too_slow_for_whole(error))
        verdict = judge(
            error,
            self.setting,
            run.model or str(self.setting),
            now=self._timing.now(),
            with_schema=run.response_format is not None,
        )
        failure = verdict.failure
        if run.text and (run.shown or not verdict.again or run.tries >= self._retries.attempts):
            raise HalfReply(failure.message, partial=run.text, remedy=failure.remedy)
        if not verdict.again or run.tries >= self._retries.attempts:
            raise failure
        wait = verdict.after
        if wait is None:
            wait = self._retries.pause(run.tries, self._timing.jitter())
        if wait > self._retries.longest_wait or self._timing.monotonic() + wait >= run.deadline:
            if verdict.after is not None:
                failure.remedy = f"It asks to wait {wait:g} s; try again after that"
            raise failure
        return wait


def open_gateway(
    setting: str | ModelSetting,
    *,
    caps: Caps | None = None,
    usage: Usage | None = None,
    budget: Budget | None = None,
    record: Callable[[Call], None] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Gateway:
    """A gateway for a model setting, with the price list of ASSAY_PRICES before the shipped one.

    Nothing is started or connected before the first call.

    Raises:
        UserMistake: the setting or the price list is not usable.
    """
    environ = os.environ if environ is None else environ
    own = environ.get("ASSAY_PRICES", "").strip()
    return Gateway(
        read_setting(setting, environ) if isinstance(setting, str) else setting,
        caps=caps,
        usage=usage,
        budget=budget,
        prices=load_prices(Path(own) if own else None),
        record=record,
        environ=environ,
    )
