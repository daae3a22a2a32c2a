"""Quotes that are picked from a list: whoever keeps to the schema quotes nothing that was not written."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.library.models.conftest import FakeTime, Serve

from assay.models.replies import prompt_estimate
from assay.scoring.judge.picking import LONGEST_SENTENCE, MOST_LISTED, MOST_SENTENCES
from assay.scoring.judge.reading import read
from assay.scoring.judge.requests import JudgeRequest, Questions
from assay.scoring.judge.settings import read_judge
from assay.scoring.raters import Case

from .asked import CHECK, PLAN, Bench, a_case, a_reply, rubric, says, transcript, verdict

ODD_TEXTS = st.text(
    st.sampled_from('aé.!?。 \n\t\r"\\/|[]<>{}⟦⟧U+\u0301\u200b\u202e\u00ad\ufe0f🙂한글漢字'), max_size=60
) | st.text(max_size=40)


def request_about(*texts: str, deliverable: str = "", judge: str = "embedded") -> JudgeRequest:
    case = Case(transcript(*texts, deliverable=deliverable), rubric())
    return Questions(case, read_judge(judge, {})).request(("planning",), 1)


def answers_of(schema: dict[str, Any], shared: dict[str, Any] | None = None) -> st.SearchStrategy[Any]:
    """Answers that keep to the part of JSON Schema that a form with a list uses."""
    shared = schema.get("$defs", shared or {})
    if "$ref" in schema:
        return answers_of(shared[schema["$ref"].removeprefix("#/$defs/")], shared)
    if "anyOf" in schema:
        return st.one_of(*(answers_of(one, shared) for one in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            parts = {key: answers_of(one, shared) for key, one in schema["properties"].items()}
            return st.fixed_dictionaries(parts)
        case "array":
            fewest, most = schema["minItems"], schema["maxItems"]
            return st.lists(answers_of(schema["items"], shared), min_size=fewest, max_size=most)
        case "string":
            return st.sampled_from(["A plan first.", "Nothing bears on it"])
        case _:
            return st.none()


@settings(deadline=None, max_examples=100)
@given(st.data(), st.lists(ODD_TEXTS, min_size=1, max_size=5), ODD_TEXTS)
def test_whoever_keeps_to_the_list_gives_a_verdict_of_which_no_quote_is_made_up(
    data: st.DataObject, texts: list[str], deliverable: str
) -> None:
    request = request_about(PLAN, "Yes.", *texts, deliverable=deliverable)
    answer = data.draw(answers_of(request.form.schema))
    (proposal,) = read(request, (a_reply(json.dumps(answer)),))
    rating = request.questions.gate.admit(proposal, request.questions.settings.identity)
    assert rating.level == answer["level"]
    assert rating.dropped == ()
    assert rating.unscored == answer["unscored"]
    assert all(item.turn is None or item.turn % 2 == 0 for item in rating.evidence)


def test_what_is_listed_are_the_candidates_sentences_by_the_message_they_stand_in() -> None:
    listed = dict(
        request_about(f"{PLAN} Then stop!\n- a", "Yes. No.", CHECK, deliverable="Both.").questions.listed
    )
    assert listed == {0: (PLAN, "Then stop!"), 2: (CHECK,), None: ("Both.",)}


def test_a_sentence_ends_at_no_point_in_a_number_or_an_address() -> None:
    said = "Set VAT to 1.5 percent. Send it to a.lind@shop.example.com! Really?! 総計は1.5です。次。"
    ((_, sentences),) = request_about(said).questions.listed
    assert sentences == (
        "Set VAT to 1.5 percent.", "Send it to a.lind@shop.example.com!", "Really?!", "総計は1.5です。"
    )  # fmt: skip


def test_what_no_reader_sees_is_no_sentence() -> None:
    request = request_about(f"{PLAN}\n\u0001\u0001\u0002\n\u3164\u3164.\n\u200b\u200b\u200b")
    assert request.questions.listed == ((0, (PLAN,)),)


def test_a_mark_counts_for_as_many_characters_as_it_is_shown_with() -> None:
    ((_, sentences),) = request_about(f"Plan it{chr(0xE0061) * 200} now.").questions.listed
    assert max(map(len, sentences)) <= LONGEST_SENTENCE
    assert all(text.count("⟦") == text.count("⟧") for text in sentences)


def test_a_sentence_without_an_end_is_listed_in_parts() -> None:
    numbers = " ".join(map(str, range(100, 240)))
    ((_, parts),) = request_about(numbers).questions.listed
    assert " ".join(parts) == numbers
    assert [len(part) for part in parts] == [199, 199, 159]
    signs = "".join(map(chr, range(0x4E00, 0x4E00 + 500)))
    ((_, parts),) = request_about(signs).questions.listed
    assert "".join(parts) == signs
    assert [len(part) for part in parts] == [LONGEST_SENTENCE, LONGEST_SENTENCE, 100]


def test_of_more_sentences_than_can_be_listed_every_message_keeps_its_first() -> None:
    short = request_about("\n".join(f"Row {n} is wrong" for n in range(900)), "Yes.", CHECK)
    long = request_about("\n".join(f"Row {n} is wrong {'x' * 90}" for n in range(900)), "Yes.", CHECK)
    for request in (short, long):
        listed = dict(request.questions.listed)
        assert sum(len(text.encode()) for texts in listed.values() for text in texts) <= MOST_LISTED
        assert listed[2] == (CHECK,)
        told = f"sentences of the candidate's, only {len(listed[0]) + 1} could be quoted"
        assert request.questions.cuts("schema")[-1].endswith(told)
    assert sum(map(len, dict(short.questions.listed).values())) == MOST_SENTENCES


def test_an_endpoint_without_schemas_is_held_to_no_list_and_its_rating_tells_of_no_cut_of_one(
    serve: Serve, fake_time: FakeTime
) -> None:
    said = says(verdict(2, quotes=[{"turn": 0, "text": "Row 899 is wrong"}]))
    case = Case(transcript("\n".join(f"Row {n} is wrong" for n in range(900)), "Yes."), rubric())
    for takes_schema, cuts in ((True, 1), (False, 0)):
        server = serve(said, takes_schema=takes_schema, after_last="repeat")
        (rating,) = Bench(server, fake_time, "quotes=picked").ratings(case)
        assert rating.judged is not None
        assert len(rating.judged.cuts) == cuts


def test_the_list_stands_in_a_schema_once_however_many_criteria_it_is_about() -> None:
    names = [f"criterion_{place}" for place in range(6)]
    case = Case(transcript("\n".join(f"Row {n} is wrong {'x' * 90}" for n in range(90))), rubric(*names))
    questions = Questions(case, read_judge("embedded form=all", {}))
    request = questions.request(questions.units[0], 1)
    size = len(json.dumps(request.form.response_format))
    assert size < 1.5 * MOST_LISTED + 2_000
    assert prompt_estimate(request.messages, request.form.response_format) >= size // 3


def test_a_judge_that_writes_its_quotes_has_no_list() -> None:
    request = request_about(PLAN, judge="openai:m")
    assert request.questions.listed == ()
    assert PLAN not in json.dumps(request.form.schema)


def test_another_judge_picks_where_it_is_told_to_and_words_hold_it_to_no_list(
    serve: Serve, fake_time: FakeTime
) -> None:
    picked = verdict(2, quotes=[{"turn": 0, "text": PLAN}])
    bench = Bench(serve(says(picked)), fake_time, "quotes=picked")
    assert [rating.level for rating in bench.ratings()] == [2]
    assert PLAN in json.dumps(bench.server.requests[0].body["response_format"])
    bench = Bench(serve(says(picked), takes_schema=False), fake_time, "quotes=picked")
    assert [rating.level for rating in bench.ratings()] == [2]
    said = bench.asked[-1][-1]["content"]
    assert said.count(PLAN) == 1, "it stands in the record alone"
    assert "JSON Schema" in said


def test_the_list_is_part_of_the_question() -> None:
    case = a_case()
    keys = {
        Questions(case, read_judge(f"openai:m quotes={how}", {})).request(("planning",), 1).key
        for how in ("free", "picked")
    }
    assert len(keys) == 2
