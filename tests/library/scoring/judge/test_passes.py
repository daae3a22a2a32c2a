"""Passes of one judge: what is asked next, what is left out, and the pass that argues against the first."""

import asyncio
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.library.models.conftest import FakeTime, Serve

from assay.authoring.rubric import Scale
from assay.models.gateway import Gateway
from assay.scoring.judge import judging
from assay.scoring.judge.asking import Failed
from assay.scoring.judge.figures import figures_of
from assay.scoring.judge.judging import is_settled, next_requests
from assay.scoring.judge.provenance import judge_prompt
from assay.scoring.judge.reading import Replies
from assay.scoring.judge.requests import Questions, prompt_hash, requests_for
from assay.scoring.judge.settings import read_judge
from assay.scoring.ratings import Proposal

from .asked import Bench, a_case, says, verdict

LEVELS = st.lists(st.integers(0, 4).map(float), min_size=1, max_size=6)


class Kept(dict[str, Any]):
    """Answers in memory."""

    def put(self, key: str, replies: Replies) -> None:
        self[key] = replies


def answers(serve: Serve, *levels: int | None) -> Any:
    return serve(*(says(verdict(level)) for level in levels))


def median(levels: list[float]) -> float:
    from statistics import median

    return median(levels)


@settings(deadline=None)
@given(LEVELS, st.lists(st.integers(0, 4).map(float), max_size=5))
def test_what_is_settled_no_further_levels_move(levels: list[float], more: list[float]) -> None:
    if is_settled(levels, len(more), Scale()):
        assert median([*levels, *more]) == median(levels)


@pytest.mark.parametrize(
    ("levels", "left", "settled"),
    [
        ([3.0], 0, True),
        ([3.0], 1, False),
        ([3.0, 3.0], 1, True),
        ([3.0, 3.0], 2, False),
        ([3.0, 3.0, 3.0], 2, True),
        ([3.0, 2.0, 3.0], 1, False),
        ([], 3, False),
    ],
)
def test_a_median_is_settled_once_the_rest_cannot_move_it(
    levels: list[float], left: int, settled: bool
) -> None:
    assert is_settled(levels, left, Scale()) is settled


def test_two_passes_that_agree_make_the_third_needless(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(answers(serve, 3, 3), fake_time, "passes=3")
    given = bench.rate()
    assert [proposal.level for proposal in given] == [3, 3]
    assert [(one.judged.number, one.judged.planned) for one in given if one.judged] == [(1, 3), (2, 3)]
    assert bench.server.calls == 2


def test_two_passes_that_differ_need_the_third(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(answers(serve, 3, 1, 2), fake_time, "passes=3")
    assert [proposal.level for proposal in bench.rate()] == [3, 1, 2]


def test_an_unscored_pass_settles_nothing(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(answers(serve, None, 3, 3), fake_time, "passes=3")
    assert [proposal.level for proposal in bench.rate()] == [None, 3, 3]


def test_without_early_stop_every_pass_is_asked(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(answers(serve, 3, 3, 3), fake_time, "passes=3 early_stop=off")
    assert len(bench.rate()) == 3


def test_criteria_of_one_call_are_asked_again_until_all_are_settled(
    serve: Serve, fake_time: FakeTime
) -> None:
    both = [{"planning": verdict(3), "checking": verdict(level)} for level in (1, 4, 2)]
    bench = Bench(serve(*map(says, both)), fake_time, "passes=3 form=all")
    given = bench.rate(a_case("planning", "checking"))
    assert bench.server.calls == 3
    assert [one.level for one in given if one.criterion == "checking"] == [1, 4, 2]


def test_a_dissent_is_shown_the_first_verdict_and_gives_its_own(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(answers(serve, 4, 1), fake_time, "dissent=on")
    first, second = bench.ratings()
    assert (first.level, second.level) == (4, 1)
    assert first.rater == second.rater, "it is a pass of the same judge"
    assert second.judged is not None
    assert (second.judged.number, second.judged.dissent) == (2, True)
    system, user = bench.asked[1]
    assert "argue against" in system["content"]
    assert '{"level": 4.0, "quotes": [{"turn": 0, "text": "First list the totals"}' in user["content"]
    assert user["content"].count(f"⟦VERDICT ENDS {Questions(a_case(), bench.settings).marker(2)}⟧") == 1


def test_there_is_no_dissent_from_a_verdict_without_a_level(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(answers(serve, None), fake_time, "dissent=on")
    assert len(bench.rate()) == 1


def test_a_dissent_that_could_move_nothing_is_left_out(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(answers(serve, 3, 3), fake_time, "passes=2 dissent=on")
    assert len(bench.rate()) == 2


def test_an_answer_that_was_kept_is_not_asked_for_again(serve: Serve, fake_time: FakeTime) -> None:
    kept = Kept()
    bench = Bench(answers(serve, 3, 1, 2, 2), fake_time, "passes=3 dissent=on")
    given = bench.judge(cache=kept)
    assert bench.judge(cache=kept) == given
    assert bench.server.calls == len(kept) == len(given) == 4


def test_a_failed_request_is_not_kept_and_the_next_run_asks_it_again(
    serve: Serve, fake_time: FakeTime
) -> None:
    kept = Kept()
    failing = [{"fault": "server_error"}] * 4
    bench = Bench(
        serve(says(verdict(3)), *failing, says(verdict(1)), says(verdict(2))), fake_time, "passes=3"
    )
    first = bench.judge(cache=kept)
    assert [isinstance(one, Failed) for one in first] == [False, True, False]
    assert len(kept) == 2
    assert [one.level for one in bench.judge(cache=kept)] == [3, 2, 1]


def test_a_batch_is_told_what_to_ask_next(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(answers(serve, 3, 1, 2, 4), fake_time, "passes=3 dissent=on")
    questions = Questions(a_case(), bench.settings)
    (request,) = next_requests(questions, ())
    assert request.number == 1
    given = bench.judge()
    assert len(given) == 4
    assert next_requests(questions, given) == ()
    (last,) = next_requests(questions, given[:3])
    assert last.against is not None


@pytest.mark.parametrize("takes_schema", [True, False])
def test_the_exact_prompt_of_every_rating_can_be_made_again(
    serve: Serve, fake_time: FakeTime, takes_schema: bool
) -> None:
    case = a_case("planning", "checking")
    spoilt = {"planning": verdict(9), "checking": verdict(2)}
    whole = [{"planning": verdict(level), "checking": verdict(2)} for level in (4, 0, 1)]
    server = serve(
        says(spoilt), says(whole[0]), says(whole[1]), says(verdict(2)),
        takes_schema=takes_schema, after_last="repeat",
    )  # fmt: skip
    bench = Bench(server, fake_time, "passes=2 dissent=on form=all")
    ratings = bench.ratings(case)
    assert any(rating.judged.dissent for rating in ratings if rating.judged)
    assert any(rating.judged.problems for rating in ratings if rating.judged)
    sent = [prompt_hash(messages) for messages in bench.asked]
    for rating in ratings:
        messages = judge_prompt(case, rating, ratings)
        assert messages is not None
        assert rating.judged is not None
        assert prompt_hash(messages) == rating.judged.prompt
        assert rating.judged.prompt in sent, "it is what arrived at the endpoint"


def test_quotes_that_are_made_up_count_even_where_there_is_no_level(
    serve: Serve, fake_time: FakeTime
) -> None:
    invented = verdict(quotes=[{"turn": 0, "text": "I checked it twice"}])
    (rating,) = Bench(serve(says(invented), after_last="repeat"), fake_time).ratings()
    assert rating.level is None
    assert figures_of(rating.rater, [rating]).fabrication_rate == 1


def test_quotes_of_an_answer_that_a_fresh_one_replaced_count_as_well(
    serve: Serve, fake_time: FakeTime
) -> None:
    quotes = [{"turn": 0, "text": "First list the totals"}, {"turn": 0, "text": "I checked it twice"}]
    server = serve(says(verdict(9, quotes=quotes)), says(verdict(2)))
    (rating,) = Bench(server, fake_time).ratings()
    figures = figures_of(rating.rater, [rating])
    assert (len(rating.evidence), len(rating.dropped)) == (2, 0), "a report shows those of the answer used"
    assert (figures.quotes, figures.invented) == (4, 1)
    assert figures.fabrication_rate == 0.25


INVENTED = [{"turn": 0, "text": f"I checked it {times} times"} for times in range(13)]


@pytest.mark.parametrize(
    ("replaced", "invented"),
    [
        (verdict(2, quotes=INVENTED), 13),
        ({key: value for key, value in verdict(2, quotes=INVENTED[:5]).items() if key != "unscored"}, 5),
        (verdict(2, quotes=[*INVENTED[:2], {"turn": "first", "text": "Mine"}, INVENTED[2]]), 3),
        (verdict(2, quotes=INVENTED * 10), 13),
        (verdict(2, quotes="I checked it"), 0),
    ],
)
def test_quotes_that_could_be_read_count_whatever_else_was_wrong_with_the_answer(
    serve: Serve, fake_time: FakeTime, replaced: dict[str, object], invented: int
) -> None:
    (rating,) = Bench(serve(says(replaced), says(verdict(2))), fake_time).ratings()
    figures = figures_of(rating.rater, [rating])
    assert rating.level == 2
    assert (figures.quotes, figures.invented) == (2 + invented, invented)


@pytest.mark.parametrize(("form", "at_once"), [("embedded", 1), ("openai", 3)])
def test_the_embedded_model_is_asked_one_call_at_a_time_and_any_other_all_at_once(
    monkeypatch: pytest.MonkeyPatch, form: str, at_once: int
) -> None:
    under_way, most = 0, 0

    async def answered(*_: object) -> tuple[Proposal, ...]:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return ()

    asked = iter((("a", "b", "c"), ()))
    monkeypatch.setattr(judging, "answer", answered)
    monkeypatch.setattr(judging, "next_requests", lambda *_: next(asked))
    settings = read_judge(form if form == "embedded" else "openai:m", {})
    asyncio.run(judging.judge_case(cast("Gateway", None), a_case(), settings))
    assert most == at_once


def test_quotes_of_an_answer_that_came_for_another_criterion_count_as_well(
    serve: Serve, fake_time: FakeTime
) -> None:
    invented = verdict(quotes=[{"turn": 0, "text": "I checked it twice"}])
    first = {"planning": verdict(2), "checking": verdict(9)}
    server = serve(says(first), says({"planning": invented, "checking": verdict(1)}))
    ratings = Bench(server, fake_time, "form=all").ratings(a_case("planning", "checking"))
    figures = figures_of(ratings[0].rater, ratings)
    assert [rating.level for rating in ratings] == [2, 1]
    assert (figures.quotes, figures.invented) == (7, 1)


def test_every_pass_and_criterion_is_sampled_with_a_seed_that_its_rating_names(
    serve: Serve, fake_time: FakeTime
) -> None:
    bench = Bench(answers(serve, 3, 1, 2, 4), fake_time, "passes=2 early_stop=off")
    case = a_case("planning", "checking")
    seeds = [rating.judged.seed for rating in bench.ratings(case) if rating.judged]
    assert len(set(seeds)) == 4
    assert sorted(map(str, seeds)) == sorted(str(request.body["seed"]) for request in bench.server.requests)
    assert {one.seed for one in requests_for(case, bench.settings)} == set(seeds)
    assert all(0 <= one.seed < 2**31 for one in requests_for(case, bench.settings))


def test_an_endpoint_that_takes_no_seed_judges_without_and_the_rating_says_so(
    serve: Serve, fake_time: FakeTime
) -> None:
    server = serve(says(verdict(2)), after_last="repeat", takes_seed=False)
    (rating,) = Bench(server, fake_time).ratings()
    assert rating.judged
    assert (rating.level, rating.judged.seed) == (2, None)
    assert '"seed"' not in rating.model_dump_json()


def test_a_rating_says_what_it_took(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(serve(says(verdict(9)), says(verdict(2))), fake_time)
    (proposal,) = bench.rate()
    judged = proposal.judged
    assert judged is not None
    assert (judged.model, judged.attempts) == ("scripted", 2)
    assert (judged.prompt_tokens, judged.completion_tokens) == (1400, 120)
    assert judged.settings == str(bench.settings)
    assert judged.rubric == a_case().rubric.content_hash()
