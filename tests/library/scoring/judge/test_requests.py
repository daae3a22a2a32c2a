"""What a judge is asked: the same every time, other as soon as anything differs, never more than fits."""

import json
import subprocess
import sys

import pytest
from tests.library.models.conftest import ENVIRON

from assay.authoring.rubric import Rubric
from assay.canonical import digest
from assay.scoring.judge.requests import Questions, prompt_hash, requests_for
from assay.scoring.judge.settings import JudgeSettings, read_judge
from assay.scoring.raters import Case

from .asked import CHECK, PLAN, a_case, an_exercise, rubric, transcript

JUDGE = "openai:some-model?temperature=0 passes=2 seed=3"


def keys(case: Case, judge: str = JUDGE) -> list[str]:
    return [request.key for request in requests_for(case, read_judge(judge, {}))]


def test_a_request_has_the_same_key_in_another_process() -> None:
    code = (
        "from tests.library.scoring.judge.test_requests import keys, a_case;"
        "print(*keys(a_case('planning', 'checking')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**ENVIRON, "PYTHONHASHSEED": "77"},
    )  # fmt: skip
    assert done.stdout.split() == keys(a_case("planning", "checking"))


def changed(name: str, value: object) -> Rubric:
    content = rubric().model_dump(mode="json")
    content["criteria"]["planning"][name] = value
    return Rubric.model_validate(content)


@pytest.mark.parametrize(
    "other",
    [
        keys(a_case(texts=(f"{PLAN} ", "The totals are 398 and 56.", CHECK))),
        keys(a_case(texts=(PLAN, "The totals are 398 and 57.", CHECK))),
        keys(a_case("checking")),
        keys(Case(a_case().transcript, changed("asks", "How well planned is it?"))),
        keys(Case(a_case().transcript, changed("unscored_when", "Never."))),
        keys(Case(a_case().transcript, rubric(), an_exercise(rubric()))),
        keys(Case(a_case().transcript, Rubric.model_validate(
            {**rubric().model_dump(mode="json"), "scale": {"min": 0, "max": 5}}))),
        keys(a_case(), "openai:other-model?temperature=0 passes=2 seed=3"),
        keys(a_case(), "openai:some-model?temperature=1 passes=2 seed=3"),
        keys(a_case(), "openai:some-model?temperature=0&seed=5 passes=2 seed=3"),
        keys(a_case(), "openai:some-model?temperature=0&max_tokens=90 passes=2 seed=3"),
        keys(a_case(), f"{JUDGE} form=all"),
        keys(a_case(), JUDGE.replace("seed=3", "seed=4")),
    ],
)  # fmt: skip
def test_a_request_has_another_key_when_anything_differs(other: list[str]) -> None:
    assert not set(other) & set(keys(a_case()))


def test_each_pass_and_each_criterion_has_a_key_of_its_own() -> None:
    own = keys(a_case("planning", "checking"), f"{JUDGE.replace('passes=2', 'passes=9')}")
    assert len(own) == len(set(own)) == 18


def test_more_passes_or_a_longer_patience_ask_nothing_anew() -> None:
    assert keys(a_case(), "openai:some-model?temperature=0 passes=4 seed=3")[:2] == keys(a_case())
    assert keys(a_case(), "openai:some-model?temperature=0&timeout=9 passes=2 seed=3") == keys(a_case())


def test_a_request_has_another_seed_in_another_session_pass_or_judge() -> None:
    def seeds(case: Case, judge: str = JUDGE) -> set[int]:
        return {request.seed for request in requests_for(case, read_judge(judge, {}))}

    others = (
        seeds(a_case(texts=(f"{PLAN} ", "The totals are 398 and 56.", CHECK))),
        seeds(a_case("checking")),
        seeds(a_case(), JUDGE.replace("seed=3", "seed=4")),
        seeds(a_case(), JUDGE.replace("temperature=0", "temperature=0&seed=5")),
    )
    assert len(seeds(a_case())) == 2
    assert not seeds(a_case()) & set().union(*others)
    assert seeds(a_case()) == seeds(a_case(), JUDGE.replace("temperature=0", "temperature=1"))


def test_a_prompts_hash_is_that_of_its_canonical_json() -> None:
    for request in requests_for(a_case(texts=(f'{PLAN} "ä\u202e\x07', CHECK)), read_judge(JUDGE, {})):
        assert request.prompt == prompt_hash(request.messages) == digest(list(request.messages))


def test_every_pass_has_another_marker_and_the_levels_the_other_way_round() -> None:
    first, second = requests_for(a_case(), read_judge(JUDGE, {}))
    assert first.questions.marker(1) != second.questions.marker(2)
    assert first.messages[1]["content"].index("- 0: None") < first.messages[1]["content"].index("- 4: All")
    assert second.messages[1]["content"].index("- 0: None") > second.messages[1]["content"].index("- 4: All")


def test_all_criteria_in_one_call_come_in_another_order_in_later_passes() -> None:
    names = ("planning", "checking", "care", "clarity", "recovery")
    requests = list(requests_for(a_case(*names), read_judge("openai:m passes=4 form=all", {})))
    assert [request.number for request in requests] == [1, 2, 3, 4]
    assert requests[0].criteria == names
    assert all(sorted(request.criteria) == sorted(names) for request in requests)
    assert len({request.criteria for request in requests}) == 4
    for request in requests:
        content = request.messages[1]["content"]
        places = [content.index(f"Criterion `{name}`") for name in request.criteria]
        assert places == sorted(places)
        assert list(request.form.schema["properties"]) == list(request.criteria)


def test_a_judge_reads_the_criterion_after_the_record_and_every_anchor_of_it() -> None:
    (request,) = requests_for(a_case(), read_judge("openai:m", {}))
    content = request.messages[1]["content"]
    assert (
        content.index("⟦RECORD ENDS") < content.index("Criterion `planning`") < content.index("# Your answer")
    )
    anchors = ("None at all.", "Some of it.", "Example: Do it in parts.", "All of it.", "1, 3")
    for words in (
        *anchors,
        "How good is the planning?",
        "Nothing was asked of the assistant.",
        "0, 1, 2, 3, 4",
    ):
        assert words in content


def test_the_criteria_of_a_session_share_the_beginning_of_their_prompts() -> None:
    first, second = requests_for(a_case("planning", "checking"), read_judge("openai:m", {}))
    assert first.messages[0] == second.messages[0]
    ends = first.messages[1]["content"].index("# The criterion")
    assert first.messages[1]["content"][:ends] == second.messages[1]["content"][:ends]


def test_a_flagged_passage_reaches_the_judge_with_its_note() -> None:
    from assay.session.transcript import Flag

    said = a_case().transcript.model_copy(
        update={"flags": (Flag(turn=1, start=0, end=10, note="Wrong total"),)}
    )
    (request,) = requests_for(Case(said, rubric()), read_judge("openai:m", {}))
    assert (
        '"flagged": {"turn": 1, "passage": "The totals"}, "text": "Wrong total"'
        in request.messages[1]["content"]
    )


def long_case(replies: int = 40_000, own: int = 60) -> Case:
    return Case(transcript(PLAN + " x" * own, "long reply. " * (replies // 12), CHECK), rubric())


def size(judge: JudgeSettings, case: Case) -> int:
    return max(
        sum(len(message["content"].encode()) for message in request.messages)
        for request in requests_for(case, judge)
    )


def test_a_long_reply_is_cut_before_the_candidates_words_and_the_cut_is_named() -> None:
    judge = read_judge("openai:m?context_tokens=8000&max_tokens=500", {})
    (request,) = requests_for(long_case(), judge)
    content = request.messages[1]["content"]
    assert size(judge, long_case()) < 7500 * 3
    assert PLAN in content
    assert CHECK in content
    (cut,) = request.questions.cuts("schema")
    assert cut.startswith("message 1: only the first ")
    line = next(json.loads(text) for text in content.split("\n") if '"turn": 1' in text)
    assert line["cut"] == cut
    assert "long reply." in line["text"]


def test_a_session_of_which_too_little_fits_is_unscored_with_that_reason_and_not_asked_about() -> None:
    judge = read_judge("openai:m?context_tokens=6000&max_tokens=500", {})
    case = long_case(own=30_000)
    questions = Questions(case, judge)
    assert questions.unasked is not None
    assert "too long for the judge's model" in questions.unasked
    assert list(requests_for(case, judge)) == []


@pytest.mark.parametrize("context", [3000, 4000, 6000, 12_000])
def test_a_prompt_of_a_thousand_short_messages_keeps_to_the_models_room(context: int) -> None:
    said = [f"Message {place}: count the lamps in box {place}." for place in range(1000)]
    judge = read_judge(f"openai:m?context_tokens={context}&max_tokens=300", {})
    case = Case(transcript(*said), rubric())
    questions = Questions(case, judge)
    request = questions.request(("planning",), 1)
    room = (context - 300) * 3
    assert sum(len(message["content"].encode()) for message in request.messages) <= room
    assert questions.cuts("schema")
