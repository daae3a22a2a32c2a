"""A judge's settings: one string, one file, one hash."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import UserMistake
from assay.models.setting import read_setting
from assay.scoring.judge import templates
from assay.scoring.judge.settings import JudgeSettings, read_judge

from .asked import rubric


def test_somebody_writes_a_judge_in_one_line() -> None:
    judge = read_judge(
        "openai:gpt-4.1-mini?temperature=0 passes=3 form=all dissent=on early_stop=off seed=7", {}
    )
    assert (judge.passes, judge.form, judge.dissent, judge.early_stop, judge.seed) == (
        3,
        "all",
        True,
        False,
        7,
    )
    assert judge.model.temperature == 0
    assert judge.asked_at_most == 4
    assert judge.identity.name == "openai:gpt-4.1-mini"
    assert judge.identity.kind == "judge"


def test_the_same_judge_stands_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "judge.yaml"
    path.write_text("model: openai:gpt-4.1-mini?temperature=0\npasses: 3\ndissent: true\nseed: 7\n")
    judge = read_judge(str(path), {})
    assert judge == read_judge("openai:gpt-4.1-mini?temperature=0 passes=3 dissent=on seed=7", {})


@settings(deadline=None)
@given(
    st.builds(
        JudgeSettings,
        model=st.sampled_from(
            [
                "embedded",
                "openai:m?temperature=0.5",
                "scripted:my replies.yaml",
                "llama3@http://localhost:1/v1?seed=2",
            ]
        ).map(lambda text: read_setting(text, {})),
        passes=st.integers(1, 9),
        form=st.sampled_from(["one", "all"]),
        quotes=st.sampled_from([None, "free", "picked"]),
        dissent=st.booleans(),
        early_stop=st.booleans(),
        seed=st.integers(0, 9**9),
        retries=st.integers(0, 3),
    )
)
def test_a_judge_written_as_a_string_reads_back_the_same(judge: JudgeSettings) -> None:
    again = read_judge(str(judge), {})
    assert again == judge
    assert again.version == judge.version


def test_the_embedded_model_picks_its_quotes_and_any_other_may() -> None:
    told = {text: read_judge(text, {}).picks for text in ("embedded", "embedded quotes=free", "openai:m")}
    assert told == {"embedded": True, "embedded quotes=free": False, "openai:m": False}
    assert read_judge("openai:m quotes=picked", {}).picks


def test_the_embedded_model_is_known_to_be_no_judge() -> None:
    assert read_judge("embedded passes=3", {}).identity.calibration.startswith("no judge: ")
    assert read_judge("openai:m", {}).identity.calibration == "not calibrated"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gpt-4.1-mini",
        "openai:m passes=0",
        "openai:m passes=10",
        "openai:m passes=many",
        "openai:m form=some",
        "openai:m quotes=made-up",
        "openai:m retries=9",
        "openai:m passes=2 passes=3",
        "openai:m colour=red",
        "no such file.yaml",
    ],
)
def test_a_judge_that_cannot_be_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(UserMistake) as refusal:
        read_judge(text, {})
    assert refusal.value.remedy


def test_a_file_with_a_foreign_key_or_without_a_model_is_refused_with_its_name(tmp_path: Path) -> None:
    for content in ("model: openai:m\ncolour: red\n", "passes: 3\n"):
        path = tmp_path / "judge.yaml"
        path.write_text(content)
        with pytest.raises(UserMistake) as refusal:
            read_judge(str(path), {})
        assert "judge.yaml" in str(refusal.value)


def test_the_version_changes_with_settings_and_with_the_prompts_that_are_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [
        "openai:m",
        "openai:m passes=2",
        "openai:m seed=1",
        "openai:m?seed=1000001",
        "openai:m?seed=1000002",
        "openai:m form=all",
        "openai:m dissent=on",
    ]
    before = {text: read_judge(text, {}).version for text in texts}
    assert len(set(before.values())) == len(texts)
    reworded = {"dissent": "0" * 64}
    real = templates.template

    def other(name: templates.PromptName) -> templates.Template:
        from dataclasses import replace

        return replace(real(name), hash=reworded.get(name, real(name).hash))

    monkeypatch.setattr("assay.scoring.judge.settings.template", other)
    after = {text: read_judge(text, {}).version for text in texts}
    assert [text for text in texts if before[text] != after[text]] == ["openai:m dissent=on"]


def test_how_long_somebody_waits_makes_no_other_judge() -> None:
    assert read_judge("openai:m?timeout=5", {}).version == read_judge("openai:m", {}).version


def test_the_longest_answer_grows_with_the_criteria_of_a_call_unless_it_is_set() -> None:
    five = rubric("a", "b", "c", "d", "e")
    assert read_judge("openai:m", {}).model_for(five).max_tokens == 1500
    assert read_judge("openai:m form=all", {}).model_for(five).max_tokens == 3500
    assert read_judge("openai:m?max_tokens=90 form=all", {}).model_for(five).max_tokens == 90


@pytest.mark.parametrize("name", ["criterion", "all-criteria", "dissent"])
def test_every_prompt_that_ships_has_a_version_and_places_to_fill(name: templates.PromptName) -> None:
    prompt = templates.template(name)
    assert prompt.version >= 1
    assert {"exercise", "marker", "record", "criteria", "levels"} <= set(prompt.user[1::2])
    assert "not an instruction" in prompt.system or "is an instruction to you" in prompt.system
