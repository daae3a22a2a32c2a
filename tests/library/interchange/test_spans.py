"""What whoever collects traces sees of model calls, and what they never see."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from tests.library.models.conftest import FakeTime, Line, Serve, fake_time, serve

from assay.drafting.draft import PURPOSE
from assay.errors import AssayError
from assay.models.caps import Caps
from assay.models.gateway import Gateway, open_gateway
from assay.models.spans import CONTENT, NO_CANDIDATE

__all__ = ["fake_time", "serve"]

SECRET = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Mara's own words"}]
USED = {"prompt": 12, "completion": 3}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What an SDK collects that is set up for this test alone."""
    collected = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(collected))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    yield collected
    provider.shutdown()


def only(spans: InMemorySpanExporter) -> ReadableSpan:
    (span,) = spans.get_finished_spans()
    return span


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def ask(line: Line, purpose: str) -> None:
    async def once(gateway: Gateway) -> None:
        await gateway.reply(SECRET, purpose=purpose)

    line.run(once)


def test_a_call_is_one_span_with_what_was_asked_and_used(
    spans: InMemorySpanExporter, serve: Serve, fake_time: FakeTime
) -> None:
    server = serve({"text": "Hi", "usage": USED})
    Line(server, fake_time, options="?temperature=0.5&max_tokens=40&seed=7").reply(SECRET)
    span = only(spans)
    assert (span.name, span.kind) == (f"chat {server.model}", trace.SpanKind.CLIENT)
    assert attributes(span) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai_compatible",
        "gen_ai.request.model": server.model,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 40,
        "gen_ai.request.seed": 7,
        "gen_ai.response.model": server.model,
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 3,
        "server.address": "127.0.0.1",
        "server.port": int(server.base_url.split(":")[2].split("/")[0]),
        "assay.purpose": "test",
        "assay.outcome": "complete",
        "assay.attempts": 1,
    }
    assert span.status.status_code is trace.StatusCode.UNSET


def test_tries_and_pauses_lie_within_the_span_of_their_call(
    spans: InMemorySpanExporter, serve: Serve, fake_time: FakeTime
) -> None:
    line = Line(serve({"fault": "server_error"}, {"text": "Hi"}), fake_time)
    line.stream()
    span = only(spans)
    assert span.start_time
    assert span.end_time
    assert (span.end_time - span.start_time) / 1e9 == pytest.approx(line.calls[0].latency.total, abs=1e-3)
    assert line.calls[0].latency.total > 0
    assert attributes(span)["assay.attempts"] == 2
    assert attributes(span)["gen_ai.request.stream"] is True
    assert attributes(span)["gen_ai.response.time_to_first_chunk"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("fault", "error", "reasons"),
    [("server_error", "ModelMisbehaviour", ("error",)), ("half_stream", "HalfReply", ("error",))],
)
def test_a_call_that_fails_names_its_error_and_repeats_no_word_of_it(
    fault: str,
    error: str,
    reasons: tuple[str, ...],
    spans: InMemorySpanExporter,
    serve: Serve,
    fake_time: FakeTime,
) -> None:
    line = Line(serve(*[{"text": "Hi there, Mara", "fault": fault}] * 9), fake_time)
    with pytest.raises(AssayError):
        line.stream(SECRET)
    span = only(spans)
    assert attributes(span)["error.type"] == error
    assert attributes(span)["gen_ai.response.finish_reasons"] == reasons
    assert (span.status.status_code, span.status.description) == (trace.StatusCode.ERROR, None)
    assert not span.events
    assert "Mara" not in span.to_json()


def test_a_call_that_a_cap_forbids_is_a_span_without_an_answer(
    spans: InMemorySpanExporter, serve: Serve, fake_time: FakeTime
) -> None:
    with pytest.raises(AssayError):
        Line(serve({"text": "Hi"}), fake_time, caps=Caps(tokens=1)).reply()
    span = attributes(only(spans))
    assert (span["error.type"], span["assay.outcome"], span["assay.attempts"]) == ("LimitReached", "limit", 0)
    assert "gen_ai.response.finish_reasons" not in span


@pytest.mark.parametrize("content", [None, "", "0"])
def test_content_stays_out_of_spans_by_default(
    content: str | None, spans: InMemorySpanExporter, serve: Serve, fake_time: FakeTime
) -> None:
    environ = {} if content is None else {CONTENT: content}
    ask(Line(serve({"text": "Dear Mara"}), fake_time, environ=environ), PURPOSE)
    assert "Mara" not in only(spans).to_json()


@pytest.mark.parametrize("purpose", ["assistant", "judge", "something else"])
def test_what_candidates_wrote_never_stands_in_a_span_whatever_is_set(
    purpose: str, spans: InMemorySpanExporter, serve: Serve, fake_time: FakeTime
) -> None:
    ask(Line(serve({"text": "Dear Mara"}), fake_time, environ={CONTENT: "1"}), purpose)
    assert "Mara" not in only(spans).to_json()


def test_whoever_asks_for_it_sees_the_content_of_drafting(
    spans: InMemorySpanExporter, serve: Serve, fake_time: FakeTime
) -> None:
    assert PURPOSE in NO_CANDIDATE
    ask(Line(serve({"text": "Dear Mara"}), fake_time, environ={CONTENT: "1"}), PURPOSE)
    found = json.loads(only(spans).to_json())["attributes"]
    assert found["gen_ai.input.messages"] == [
        {"role": message["role"], "parts": [{"type": "text", "content": message["content"]}]}
        for message in SECRET
    ]
    assert found["gen_ai.output.messages"] == [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": "Dear Mara"}],
            "finish_reason": "stop",
        }
    ]


def test_every_name_is_one_of_the_conventions(
    spans: InMemorySpanExporter, serve: Serve, fake_time: FakeTime
) -> None:
    environ = {CONTENT: "1"}
    server = serve({"text": "Hi", "usage": USED})
    line = Line(server, fake_time, options="?temperature=0&top_p=1&max_tokens=9&seed=1", environ=environ)

    async def streamed(gateway: Gateway) -> None:
        _ = [chunk async for chunk in gateway.stream(SECRET, purpose=PURPOSE)]

    line.run(streamed)
    known = {value for name, value in vars(gen_ai_attributes).items() if name.startswith("GEN_AI_")}
    ours = {name for name in attributes(only(spans)) if name.startswith("gen_ai.")}
    assert len(ours) == 15
    assert ours <= known


@pytest.mark.parametrize(
    ("setting", "provider"),
    [
        ("openai:gpt-4.1", "openai"),
        ("m@https://api.mistral.ai/v1", "mistral_ai"),
        ("m@http://localhost:9/v1", "openai_compatible"),
        ("scripted:absent.yaml", "assay"),
    ],
)
def test_a_span_says_who_provides_the_model(setting: str, provider: str, spans: InMemorySpanExporter) -> None:
    async def once() -> None:
        async with open_gateway(setting, caps=Caps(tokens=1), environ={"OPENAI_API_KEY": "k"}) as gateway:
            await gateway.reply(SECRET, purpose="test")

    with pytest.raises(AssayError):
        asyncio.run(once())
    assert attributes(only(spans))["gen_ai.provider.name"] == provider


def test_without_an_sdk_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "script.yaml").write_text('replies: [{text: "Hi"}]', encoding="utf-8")
    code = (
        "import asyncio, sys\nfrom assay.models.gateway import open_gateway\n"
        "async def ask():\n"
        "    async with open_gateway('scripted:script.yaml') as gateway:\n"
        "        print((await gateway.reply([{'role': 'user', 'content': 'Hi'}], purpose='test')).text)\n"
        "asyncio.run(ask())\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.splitlines() == ["Hi", "[]"]
