import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import UserMistake
from assay.models.setting import api_key, read_setting

from .conftest import ENVIRON


def _with_tail(start: str) -> st.SearchStrategy[str]:
    return st.text(max_size=40).map(lambda tail: start + tail)


@pytest.mark.parametrize(
    "text",
    [
        "embedded",
        "embedded?temperature=0.2&max_tokens=400&seed=7",
        "scripted:replies.yaml",
        "scripted:C:\\scripts\\replies.yaml?timeout=60",
        "openai:gpt-4.1-mini?timeout=60",
        "llama3.2:1b@http://localhost:11434/v1",
        "Qwen/Qwen3-8B@https://gpu.example.org:8443/v1?seed=0",
        "http://127.0.0.1:8000/v1",
        "@cf/meta/llama@https://api.example.org/v1",
    ],
)
def test_someone_reads_a_setting_and_writes_it_back_unchanged(text: str) -> None:
    setting = read_setting(text, {})
    assert str(setting) == text
    assert read_setting(str(setting), {}) == setting


WHOLE_NUMBERS = st.integers(0, 10**30) | st.sampled_from([1_000_000, 1_000_001, 1_048_576])


@given(
    st.none() | WHOLE_NUMBERS,
    st.none() | st.integers(1, 10**30),
    st.none() | st.floats(0, 2),
    st.none() | st.floats(0, exclude_min=True, allow_infinity=False),
)
def test_whatever_numbers_someone_sets_are_read_back_the_same(
    seed: int | None, context_tokens: int | None, temperature: float | None, timeout: float | None
) -> None:
    plain = read_setting("openai:m", {})
    numbers = {"seed": seed, "context_tokens": context_tokens, "temperature": temperature, "timeout": timeout}
    setting = plain.model_copy(update=numbers)
    assert read_setting(str(setting), {}) == setting


def test_round_numbers_are_written_without_a_point_and_large_ones_in_full() -> None:
    setting = read_setting("openai:m?temperature=0.0&top_p=1.0&seed=1000001&timeout=60.0", {})
    assert str(setting) == "openai:m?temperature=0&top_p=1&seed=1000001&timeout=60"


def test_someone_who_points_openai_at_a_proxy_reaches_the_proxy() -> None:
    assert read_setting("openai:m", {}).base_url == "https://api.openai.com/v1"
    proxied = read_setting("openai:m", {"OPENAI_BASE_URL": "http://localhost:4000/v1/"})
    assert proxied.base_url == "http://localhost:4000/v1"


def test_a_caller_who_trims_is_told_the_embedded_models_context() -> None:
    assert read_setting("embedded", {}).context_tokens == 8192
    assert read_setting("embedded?context_tokens=2000", {}).context_tokens == 2000
    assert read_setting("openai:m?context_tokens=128000", {}).context_tokens == 128000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "embeded",
        "openai:",
        "scripted:",
        "gpt-4.1-mini",
        "ftp://host/v1",
        "m@http:///v1",
        "m@http://host:99999/v1",
        "http://[::1/v1",
        "embedded?temprature=0.2",
        "embedded?temperature=warm",
        "embedded?temperature=3",
        "embedded?max_tokens=0",
        "embedded?seed",
        "embedded?seed=1&seed=2",
        "openai:m?timeout=-1",
        "openai:m?timeout=inf",
        "openai:m?timeout=nan",
    ],
)
def test_someone_who_mistypes_a_setting_is_shown_the_forms_with_an_example(text: str) -> None:
    with pytest.raises(UserMistake) as refusal:
        read_setting(text, {})
    assert "openai:gpt-4.1-mini?temperature=0.2" in str(refusal.value)
    assert "scripted:" in str(refusal.value)


def test_someone_who_forgets_the_path_is_given_the_likely_one() -> None:
    with pytest.raises(UserMistake, match="`http://localhost:8000/v1`"):
        read_setting("http://localhost:8000", {})


@pytest.mark.parametrize(
    "text",
    [
        "https://me:hunter2secret@host/v1",
        "m@https://hunter2secret@host/v1",
        "openai:m?api_key=hunter2secret",
        "https://host/v1?token=hunter2secret",
        "openai:sk-proj-hunter2secret0123456789",
    ],
)
def test_a_key_in_a_setting_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UserMistake) as refusal:
        read_setting(text, {})
    assert "ASSAY_API_KEY" in refusal.value.remedy
    assert "hunter2secret" not in str(refusal.value)


def test_a_key_in_the_base_url_variable_is_refused_too() -> None:
    with pytest.raises(UserMistake) as refusal:
        read_setting("openai:m", {"OPENAI_BASE_URL": "https://me:hunter2@host/v1"})
    assert "hunter2" not in str(refusal.value)


def test_assays_own_key_comes_before_openais() -> None:
    setting = read_setting("openai:m", {})
    assert api_key(setting, {"OPENAI_API_KEY": "o"}) == "o"
    assert api_key(setting, {"OPENAI_API_KEY": "o", "ASSAY_API_KEY": "a"}) == "a"
    assert api_key(setting, {}) is None


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("m@https://gpu.example.org/v1", True),
        ("m@http://localhost:11434/v1", True),
        ("m@http://gpu.example.org/v1", False),
        ("embedded", False),
        ("scripted:x.yaml", False),
    ],
)
def test_an_openai_key_never_crosses_a_network_in_the_clear(text: str, sent: bool) -> None:
    assert (api_key(read_setting(text, {}), {"OPENAI_API_KEY": "o"}) is not None) == sent


def test_an_assay_key_is_sent_where_its_owner_points_it() -> None:
    assert api_key(read_setting("m@http://gpu.example.org/v1", {}), {"ASSAY_API_KEY": "a"}) == "a"


@given(st.text(max_size=60) | st.sampled_from(["openai:", "m@http://", "embedded?"]).flatmap(_with_tail))
def test_whatever_is_typed_it_is_a_setting_or_a_mistake_with_a_remedy(text: str) -> None:
    refusal = None
    try:
        setting = read_setting(text, {})
    except UserMistake as mistake:
        refusal = mistake
    assert refusal.remedy if refusal else read_setting(str(setting), {}) == setting


def test_checking_a_setting_loads_no_http_library() -> None:
    code = (
        "import sys, assay.models.setting;"
        "print([m for m in ('openai', 'xllamacpp', 'aiohttp', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRON
    )
    assert done.stdout.strip() == "[]"
