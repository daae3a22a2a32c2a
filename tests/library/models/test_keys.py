"""Where a key may go: to its endpoint, and nowhere else - not on screen, not into a record, not elsewhere."""

import json
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote

import pytest

from assay.errors import AssayError, UserMistake
from assay.models.gateway import Gateway
from assay.models.replies import Reply
from assay.models.wording import one_line, without_keys

from .conftest import HELLO, Answer, FakeTime, Line, Odd, OddEndpoint, Serve, stream_of
from .test_odd_endpoints import END, says
from .test_structured import GOOD, Verdict

KEY = "hunter2/Quokka+wombat=="
ANOTHER_KEY = "sk-proj-0123456789abcdefghij"
Echo = Callable[[BaseHTTPRequestHandler], Answer]


def _sent(request: BaseHTTPRequestHandler) -> str:
    """What the request said of itself, with a key of the endpoint's own beside it."""
    return f"Authorization: {request.headers['Authorization']} (upstream {ANOTHER_KEY})"


def _message(status: int, before: str = "") -> Echo:
    return lambda request: Answer(json.dumps({"error": {"message": before + _sent(request)}}), status)


def _no_message(request: BaseHTTPRequestHandler) -> Answer:
    return Answer(json.dumps({"error": {"headers": [{"name": _sent(request)}]}}), 422)


def _page(request: BaseHTTPRequestHandler) -> Answer:
    return Answer(f"<h1>Bad request</h1><pre>{_sent(request)}</pre>", 400)


def _in_stream(request: BaseHTTPRequestHandler) -> Answer:
    return stream_of(says("So far"), json.dumps({"error": {"message": _sent(request)}}))


def _redirect(request: BaseHTTPRequestHandler) -> Answer:
    key = quote(request.headers["Authorization"].removeprefix("Bearer "), safe="")
    return Answer("", 307, {"Location": f"/login?token={key}&other={ANOTHER_KEY}"})


ECHOES: dict[str, Echo] = {
    "400": _message(400),
    "401": _message(401),
    "404": _message(404),
    "429": _message(429),
    "500": _message(500),
    "too long a prompt": _message(400, "context length exceeded; "),
    "cut within the key": _message(400, "x" * 270),
    "no message": _no_message,
    "page": _page,
    "in the stream": _in_stream,
    "redirect": _redirect,
}


def _holds_a_key(text: str) -> bool:
    return any(part in text for part in ("hunter2", "Quokka", "wombat", "0123456789"))


@pytest.mark.parametrize("model", ["odd", ""], ids=["named model", "served model"])
@pytest.mark.parametrize("echo", ECHOES)
def test_an_endpoint_that_repeats_the_key_does_not_get_it_shown_or_recorded(
    odd: Odd, fake_time: FakeTime, echo: str, model: str
) -> None:
    line = Line(odd(ECHOES[echo], model=model), fake_time, environ={"ASSAY_API_KEY": KEY})
    with pytest.raises(AssayError) as failure:
        line.stream()
    shown = "".join(traceback.format_exception(failure.value))
    assert not _holds_a_key(shown), "neither the error nor any it hangs on to"
    assert not _holds_a_key(failure.value.message + failure.value.remedy)
    assert failure.value.__cause__ is None
    assert failure.value.__context__ is None
    assert not _holds_a_key(line.calls[0].model_dump_json())
    assert line.calls[0].problem


def test_a_refused_schema_that_repeats_the_key_leaves_no_key_in_the_reply(
    odd: Odd, fake_time: FakeTime
) -> None:
    good = stream_of(says(json.dumps(GOOD).replace('"', '\\"')), END)
    echoes = iter([_message(400)])

    def refuse_once(request: BaseHTTPRequestHandler) -> Answer:
        echo = next(echoes, None)
        return echo(request) if echo else good

    server = odd(refuse_once)
    line = Line(server, fake_time, environ={"ASSAY_API_KEY": KEY})

    async def ask(gateway: Gateway) -> Reply:
        return (await gateway.structured(HELLO, Verdict, purpose="test"))[1]

    reply = line.run(ask)
    assert "Authorization: [key]" in reply.notes[0]
    for text in (reply.model_dump_json(), *(call.model_dump_json() for call in line.calls)):
        assert not _holds_a_key(text)


def test_several_served_models_are_listed_without_a_key_among_them(odd: Odd, fake_time: FakeTime) -> None:
    listed = json.dumps({"data": [{"id": KEY}, {"id": ANOTHER_KEY}]})
    server = odd(Answer(listed, headers={"Content-Type": "application/json"}), model="")
    with pytest.raises(UserMistake, match="serves 2 models") as refusal:
        Line(server, fake_time, environ={"ASSAY_API_KEY": KEY}).reply()
    assert not _holds_a_key(str(refusal.value))


@pytest.mark.parametrize(
    ("text", "key", "shown"),
    [
        ("got Bearer abcd-efgh-1", "abcd-efgh-1", "got [key]"),
        ("got bearer  ABCD-efgh-1.", "abcd-efgh-1", "got [key]."),
        ("?t=abcd-efgh-1&x", "abcd-efgh-1", "?t=[key]&x"),
        ("xabcd-efgh-1x", "abcd-efgh-1", "x[key]x"),
        ("ollama is not allowed to use ollamas", "ollama", "[key] is not allowed to use ollamas"),
        ("AIzaSyA0123456789abcdefghij", "", "[key]"),
        ("nothing of the kind", "", "nothing of the kind"),
    ],
)
def test_a_key_is_known_in_whatever_form_it_comes_back(text: str, key: str, shown: str) -> None:
    assert without_keys(text, key) == shown


def test_an_endpoints_words_are_shortened_only_once_the_key_is_out() -> None:
    said = one_line("x" * 290 + " " + KEY + " y" * 50, KEY)
    assert len(said) == 300
    assert not _holds_a_key(said)


def test_an_endpoint_without_a_key_may_say_none(odd: Odd, fake_time: FakeTime) -> None:
    server = odd(Answer('{"error":{"message":"there is none left"}}', 400))
    with pytest.raises(UserMistake, match="there is none left"):
        Line(server, fake_time).reply()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("model", ["odd", ""], ids=["named model", "served model"])
def test_a_redirect_is_named_and_not_followed(odd: Odd, fake_time: FakeTime, status: int, model: str) -> None:
    elsewhere = odd(stream_of(says("Hi"), END))
    target = f"{elsewhere.base_url}/chat/completions"
    server = odd(Answer("", status, {"Location": target}), model=model)
    with pytest.raises(UserMistake, match="redirects to") as refusal:
        Line(server, fake_time, environ={"ASSAY_API_KEY": KEY}).reply()
    assert target in str(refusal.value)
    assert len(server.paths) == 1
    assert elsewhere.paths == []


def _ask_proxies_for_everything(monkeypatch: pytest.MonkeyPatch, proxy: OddEndpoint) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.address)
        monkeypatch.setenv(name.upper(), proxy.address)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)


def test_a_model_on_this_machine_is_asked_directly_whatever_proxy_is_set(
    serve: Serve, odd: Odd, fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = odd(stream_of(says("from the proxy"), END))
    _ask_proxies_for_everything(monkeypatch, proxy)
    line = Line(serve({"text": "from here"}), fake_time, environ={"ASSAY_API_KEY": KEY})
    assert line.reply().text == "from here"
    assert proxy.paths == []


def test_a_model_beyond_this_machine_is_asked_through_the_proxy_that_is_set(
    odd: Odd, fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = odd(stream_of(says("from the proxy"), END))
    _ask_proxies_for_everything(monkeypatch, proxy)
    server = odd(Answer("never asked"))
    server.base_url = "http://model.example/v1"
    assert Line(server, fake_time).reply().text == "from the proxy"
    assert proxy.paths == ["http://model.example/v1/chat/completions"]
