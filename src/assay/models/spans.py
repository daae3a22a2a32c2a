"""A span for each model call, where an OpenTelemetry SDK runs in this process.

Names and meanings are those of the GenAI semantic conventions, `gen_ai.client.inference` of version 0.1.0
(github.com/open-telemetry/semantic-conventions-genai), and `assay.*` for what they have no name for. Where no
SDK runs, nothing is loaded and nothing is done.
"""

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from assay import __version__
from assay.models.replies import Call
from assay.models.setting import ModelSetting
from assay.models.underway import Underway

CONTENT = "ASSAY_OTEL_CONTENT"
"""The setting that puts the text of calls into spans, with the value 1."""

NO_CANDIDATE = ("doctor", "drafting", "warm-up")
"""Purposes whose text holds no word of a candidate. That of any other never stands in a span: a span goes
where Assay cannot erase it."""

_PROVIDERS = {
    "api.anthropic.com": "anthropic",
    "api.deepseek.com": "deepseek",
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral_ai",
    "api.openai.com": "openai",
    "api.perplexity.ai": "perplexity",
    "api.x.ai": "x_ai",
    "generativelanguage.googleapis.com": "gcp.gemini",
}
_PORTS = {"http": 80, "https": 443}
_OPTIONS = ("temperature", "top_p", "max_tokens")


def note_span(
    run: Underway, call: Call, *, failure: str | None, now: datetime, environ: Mapping[str, str]
) -> None:
    """Make the span of a call that is over, retries and pauses included.

    Args:
        run: the call, as it stands at its end.
        call: the note that was made of it.
        failure: the name of the error it ended with, if it did.
        now: when it ended.
        environ: where the setting for content is looked up.
    """
    if "opentelemetry.trace" not in sys.modules:
        return
    from opentelemetry import trace

    end = int(now.timestamp() * 1e9)
    span = trace.get_tracer("assay", __version__).start_span(
        f"chat {run.model}" if run.model else "chat",
        kind=trace.SpanKind.CLIENT,
        start_time=end - int(call.latency.total * 1e9),
        attributes=dict(_known_before(run)),
    )
    if span.is_recording():
        span.set_attributes(dict(_known_after(run, call)))
        if environ.get(CONTENT) == "1" and run.purpose in NO_CANDIDATE:
            span.set_attributes(_content(run))
        if failure is not None:
            # Without the error's words: an endpoint may repeat in them what it was sent.
            span.set_attribute("error.type", failure)
            span.set_status(trace.StatusCode.ERROR)
    span.end(end_time=end)


def _known_before(run: Underway) -> Iterator[tuple[str, Any]]:
    """What a sampler may decide by."""
    yield "gen_ai.operation.name", "chat"
    yield "gen_ai.provider.name", _provider(run.setting)
    if run.model:
        yield "gen_ai.request.model", run.model
    if run.setting.base_url:
        address = urlsplit(run.setting.base_url)
        yield "server.address", address.hostname
        yield "server.port", address.port or _PORTS[address.scheme]


def _known_after(run: Underway, call: Call) -> Iterator[tuple[str, Any]]:
    for option in _OPTIONS:
        value = getattr(run.setting, option)
        if value is not None:
            yield f"gen_ai.request.{option}", value
    if run.seed is not None:
        yield "gen_ai.request.seed", run.seed
    if run.response_format is not None:
        yield "gen_ai.output.type", "json"
    if call.attempts:
        yield "gen_ai.response.finish_reasons", [run.finish_reason or "error"]
    if call.attempts and not run.whole:
        yield "gen_ai.request.stream", True
        if call.latency.first_token is not None:
            waited = call.latency.first_token - call.latency.waited
            yield "gen_ai.response.time_to_first_chunk", waited
    if run.answered_by:
        yield "gen_ai.response.model", run.answered_by
    if call.usage:
        yield "gen_ai.usage.input_tokens", call.usage.prompt
        yield "gen_ai.usage.output_tokens", call.usage.completion
    yield "assay.purpose", call.purpose
    yield "assay.outcome", call.outcome
    yield "assay.attempts", call.attempts


def _content(run: Underway) -> dict[str, Any]:
    asked = [_message(message["role"], message["content"]) for message in run.messages]
    if not run.text:
        return {"gen_ai.input.messages": asked}
    answered = {**_message("assistant", run.text), "finish_reason": run.finish_reason or "error"}
    return {"gen_ai.input.messages": asked, "gen_ai.output.messages": [answered]}


def _message(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def _provider(setting: ModelSetting) -> str:
    if setting.form in ("embedded", "scripted"):
        return "assay"
    if setting.form == "openai":
        return "openai"
    return _PROVIDERS.get(urlsplit(str(setting.base_url)).hostname or "", "openai_compatible")
