import asyncio
import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from assay.errors import UserMistake
from assay.models.gateway import Gateway, open_gateway
from assay.models.script import load_script
from assay.models.scripted import ScriptedServer, main, serve_script

from .conftest import ENVIRON, HELLO, FakeTime, Line, Serve


def texts(line: Line, *said: str) -> list[str]:
    async def work(gateway: Gateway) -> list[str]:
        messages = ([{"role": "user", "content": one}] for one in said)
        return [(await gateway.reply(one, purpose="test")).text for one in messages]

    return line.run(work)


def post(server: ScriptedServer, body: bytes) -> tuple[int, Any]:
    request = urllib.request.Request(f"{server.base_url}/chat/completions", body)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_replies_take_turns_in_the_order_of_the_file(serve: Serve, fake_time: FakeTime) -> None:
    assert texts(Line(serve({"text": "a"}, {"text": "b"}), fake_time), "x", "y") == ["a", "b"]


@pytest.mark.parametrize(("policy", "expected"), [("repeat", "abbbb"), ("restart", "ababa")])
def test_after_the_last_reply_comes_what_the_script_says(
    serve: Serve, fake_time: FakeTime, policy: str, expected: str
) -> None:
    line = Line(serve({"text": "a"}, {"text": "b"}, after_last=policy), fake_time)
    assert "".join(texts(line, *"vwxyz")) == expected


def test_a_script_that_has_run_out_says_so(serve: Serve, fake_time: FakeTime) -> None:
    with pytest.raises(UserMistake, match="no reply left for request 2"):
        texts(Line(serve({"text": "a"}), fake_time), "x", "y")


def test_a_reply_can_wait_for_its_cue(serve: Serve, fake_time: FakeTime) -> None:
    server = serve(
        {"when": {"says": "REFUND"}, "text": "refund"},
        {"when": {"call": 3}, "text": "third"},
        {"when": {"says": "once"}, "times": 1, "text": "once"},
        {"text": "other"},
        after_last="repeat",
    )
    said = ("a refund, please", "hello", "hello", "once", "once")
    assert texts(Line(server, fake_time), *said) == ["refund", "other", "third", "once", "other"]


def test_it_keeps_what_it_was_sent(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "a"})
    line = Line(
        server, fake_time, options="?temperature=0.2&max_tokens=9&seed=7", environ={"ASSAY_API_KEY": "k"}
    )
    texts(line, "hello")
    seen = server.requests[0]
    assert (server.calls, seen.number, seen.last_said) == (1, 1, "hello")
    assert (seen.body["temperature"], seen.body["max_tokens"], seen.body["seed"]) == (0.2, 9, 7)
    assert seen.headers["authorization"] == "Bearer k"
    assert seen.purpose == "", "a remote endpoint is not told what a call is for"


def test_a_script_file_is_served_once_and_is_told_the_purpose(tmp_path: Path) -> None:
    file = tmp_path / "replies.yaml"
    file.write_text(
        "model: actor\nafter_last: repeat\nreplies:\n"
        "  - {when: {purpose: judge}, json: {level: 2}}\n  - {text: Good morning}\n"
    )

    async def work() -> list[str]:
        said = []
        for purpose in ("assistant", "judge"):
            keys = {"OPENAI_API_KEY": "secret", "ASSAY_API_KEY": "secret"}
            async with open_gateway(f"scripted:{file}", environ=keys) as gateway:
                said.append((await gateway.reply(HELLO, purpose=purpose)).text)
        return said

    server = serve_script(file)
    assert asyncio.run(work()) == ["Good morning", '{"level": 2}']
    assert serve_script(file) is server
    assert server.calls == 2
    assert "secret" not in json.dumps([request.headers for request in server.requests])
    server.stop()


def test_it_answers_whole_as_well_as_streamed(serve: Serve) -> None:
    server = serve(
        {"text": "Hi", "usage": {"prompt": 3, "completion": 1}}, {"fault": "refusal"}, {"fault": "garbled"}
    )
    body = json.dumps({"messages": HELLO}).encode()
    status, answer = post(server, body)
    assert (status, answer["choices"][0]["message"]["content"]) == (200, "Hi")
    assert answer["usage"] == {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    assert post(server, body)[1]["choices"][0]["message"]["refusal"]
    with pytest.raises(json.JSONDecodeError):
        post(server, body)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"messages": "x"}', b'{"messages": ["x"]}', b"\xff"])
def test_a_request_it_cannot_read_is_answered_with_400(serve: Serve, body: bytes) -> None:
    assert post(serve({"text": "Hi"}), body)[0] == 400


def test_delays_are_kept_by_the_sleep_it_is_given() -> None:
    from assay.models.script import Script

    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    reply = {"chunks": ["a", "b", "c"], "first_delay": 2, "delay": 0.5}
    with ScriptedServer(Script.model_validate({"replies": [reply]}), sleep=sleep) as server:
        assert Line(server, FakeTime()).reply().text == "abc"
    assert slept == [2, 0.5, 0.5]


def test_a_bare_address_is_asked_for_its_one_model(serve: Serve, fake_time: FakeTime) -> None:
    from assay.models.setting import read_setting

    server = serve({"text": "Hi"}, model="only-one")
    gateway = Gateway(read_setting(server.base_url), timing=fake_time.timing(), environ={})

    async def work() -> None:
        async with gateway:
            await gateway.reply(HELLO, purpose="test")

    asyncio.run(work())
    assert server.requests[0].body["model"] == "only-one"


def test_an_address_that_serves_several_models_is_not_guessed_at(fake_time: FakeTime) -> None:
    from aiohttp import web

    from assay.models.setting import read_setting

    async def models(_: web.Request) -> web.Response:
        data = [{"id": name, "object": "model", "created": 0, "owned_by": "x"} for name in ("beta", "alpha")]
        return web.json_response({"object": "list", "data": data})

    async def work() -> None:
        app = web.Application()
        app.router.add_get("/v1/models", models)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            address = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
            async with Gateway(read_setting(address), timing=fake_time.timing(), environ={}) as gateway:
                await gateway.reply(HELLO, purpose="test")
        finally:
            await runner.cleanup()

    with pytest.raises(UserMistake, match=r"serves 2 models: alpha, beta.*beta@http"):
        asyncio.run(work())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("replies: []", "replies"),
        ("replies: [{txt: Hi}]", "replies.0.txt"),
        ("replies: [{text: Hi, fault: explode}]", "replies.0.fault"),
        ("replies: [{text: Hi, json: 1}]", "text or json"),
        ("replies: [{text: Hi, times: 2}]", "times belongs"),
        ("replies: [{when: {}, text: Hi}]", "at least one of"),
        ("replies: [{fault: http_error}]", "needs a status"),
        ("replies: [{text: Hi, chunks: 0}]", "at least 1"),
        ("replies: [{text: Hi, chunks: [a]}]", "left out"),
        ("Hi", "the file"),
        ("a: [\n  b", "replies.yaml:2"),
    ],
)
def test_a_script_with_a_mistake_names_the_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "replies.yaml"
    file.write_text(text)
    with pytest.raises(UserMistake) as refusal:
        load_script(file)
    assert said in str(refusal.value)
    assert str(file) in str(refusal.value)
    assert "replies: [{text:" in refusal.value.remedy


def test_a_script_may_be_json_and_a_mistake_in_it_has_a_line(tmp_path: Path) -> None:
    file = tmp_path / "replies.json"
    file.write_text('{"replies": [{"text": "Hi"}]}')
    assert load_script(file).replies[0].text == "Hi"
    file.write_text('{"replies":\n [}')
    with pytest.raises(UserMistake, match=r"replies\.json:2"):
        load_script(file)


def test_a_script_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match=r"none\.yaml"):
        open_and_ask(f"scripted:{tmp_path / 'none.yaml'}")


def open_and_ask(setting: str) -> None:
    async def work() -> None:
        async with open_gateway(setting, environ={}) as gateway:
            await gateway.reply(HELLO, purpose="test")

    asyncio.run(work())


def test_openai_without_a_key_says_which_variable_to_set() -> None:
    with pytest.raises(UserMistake, match="OPENAI_API_KEY"):
        open_and_ask("openai:gpt-4.1-mini")


def test_someone_serves_a_script_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "replies.yaml"
    file.write_text("replies: [{text: Hi}]")
    command = [sys.executable, "-m", "assay.models.scripted", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRON) as process:
        assert process.stdout is not None
        setting = next(word for word in process.stdout.readline().split() if "@http" in word)
        try:
            open_and_ask(setting)
        finally:
            process.terminate()


def test_a_wrong_script_on_the_command_line_is_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "replies.yaml"
    file.write_text("replies: []")
    with pytest.raises(SystemExit) as stopped:
        main([str(file)])
    assert stopped.value.code == 2
    assert "replies" in capsys.readouterr().err


def test_a_taken_port_is_named(serve: Serve) -> None:
    server = serve({"text": "Hi"})
    port = int(server.base_url.split(":")[2].split("/")[0])
    with pytest.raises(UserMistake, match=f"Port {port}"):
        ScriptedServer(server.script, port=port).start()
