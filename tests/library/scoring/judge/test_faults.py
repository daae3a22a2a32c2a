"""Whatever goes wrong with a judge's answer or its endpoint: a rating, or an honest reason for none."""

import asyncio
from typing import Any

import pytest
from tests.library.models.conftest import Answer, FakeTime, Odd, Serve, until

from assay.errors import LimitReached, UserMistake
from assay.models.caps import Caps
from assay.models.gateway import Gateway
from assay.scoring.judge.asking import Failed, ask
from assay.scoring.judge.rater import LlmJudge
from assay.scoring.judge.requests import requests_for

from .asked import Bench, a_case, a_judge, says, verdict

PLAN_WORDS = "First list the totals"


def only(bench: Bench) -> Any:
    (proposal,) = bench.rate()
    return proposal


def unusable(serve: Serve, fake_time: FakeTime, bad: dict[str, Any]) -> str:
    """Why nothing is scored where a judge answers so twice. Where a good answer follows, it counts."""
    bench = Bench(serve(bad, says(verdict(2))), fake_time)
    mended = only(bench)
    assert (mended.level, mended.unscored) == (2.0, None)
    (problem,) = mended.judged.problems
    assert problem in bench.asked[1][-1]["content"]
    assert bench.asked[1][:-1] == bench.asked[0][:-1], "the second request is a fresh one"
    bench = Bench(serve(bad, bad, says(verdict())), fake_time)
    left = only(bench)
    assert left.level is None
    assert bench.server.calls == 2
    assert left.unscored == f"the judge's answer could not be used, in 2 tries: {problem}"
    return str(problem)


def test_a_judge_that_stalls_is_asked_again(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "{", "fault": "stall", "after_chunks": 0}, says(verdict()))
    bench = Bench(server, fake_time)

    async def work(gateway: Gateway) -> Any:
        (request,) = requests_for(a_case(), bench.settings)
        asking = asyncio.ensure_future(ask(gateway, request))
        await until(lambda: server.stalled == 1)
        fake_time.advance(120)
        return await asking

    (reply,) = bench.run(work)
    assert reply.attempts == 2


def test_a_judge_that_stalls_every_time_is_no_verdict(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "{", "fault": "stall", "after_chunks": 0}, after_last="repeat")
    bench = Bench(server, fake_time)

    async def work(gateway: Gateway) -> Any:
        (request,) = requests_for(a_case(), bench.settings)
        asking = asyncio.ensure_future(ask(gateway, request))
        for tries in range(1, 5):
            await until(lambda tries=tries: server.calls == tries and server.stalled >= 1)  # type: ignore[misc]
            fake_time.advance(120)
            await until(lambda tries=tries: asking.done() or server.calls > tries)  # type: ignore[misc]
            if asking.done():
                break
        return await asking

    failed = bench.run(work)
    assert isinstance(failed, Failed)
    assert failed.passing
    (proposal,) = failed.as_unscored()
    assert proposal.unscored.startswith("the judge could not be asked: ")  # type: ignore[union-attr]


@pytest.mark.parametrize("after", [None, 3])
def test_a_busy_endpoint_is_asked_again_when_it_says(
    serve: Serve, fake_time: FakeTime, after: float | None
) -> None:
    proposal = only(Bench(serve({"fault": "rate_limited", "retry_after": after}, says(verdict())), fake_time))
    assert (proposal.level, proposal.judged.attempts) == (3.0, 2)
    assert fake_time.pauses == [3.0 if after else 0.5]


def test_an_endpoint_that_stays_busy_leaves_it_unscored_for_the_plain_rater(
    serve: Serve, fake_time: FakeTime
) -> None:
    proposal = only(Bench(serve({"fault": "rate_limited"}, after_last="repeat"), fake_time))
    assert proposal.level is None
    assert "could not be asked: The endpoint answered 429" in proposal.unscored
    assert proposal.judged.model is None


def test_an_endpoint_that_stays_busy_is_a_passing_failure_for_whoever_can_wait(
    serve: Serve, fake_time: FakeTime
) -> None:
    (failed,) = Bench(serve({"fault": "rate_limited"}, after_last="repeat"), fake_time).judge()
    assert isinstance(failed, Failed)
    assert failed.passing


def test_a_server_error_is_tried_again(serve: Serve, fake_time: FakeTime) -> None:
    assert only(Bench(serve({"fault": "server_error"}, says(verdict())), fake_time)).level == 3


def test_a_server_that_only_errs_is_a_passing_failure(serve: Serve, fake_time: FakeTime) -> None:
    (failed,) = Bench(serve({"fault": "server_error"}, after_last="repeat"), fake_time).judge()
    assert isinstance(failed, Failed)
    assert failed.passing
    assert "500" in failed.reason


def test_half_a_stream_is_asked_for_again(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"chunks": ['{"quotes"', ": []"], "fault": "half_stream"}, says(verdict()))
    assert only(Bench(server, fake_time)).level == 3


def test_streams_that_always_break_are_a_passing_failure(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"chunks": ['{"quotes"', ": []"], "fault": "half_stream"}, after_last="repeat")
    (failed,) = Bench(server, fake_time).judge()
    assert isinstance(failed, Failed)
    assert failed.passing


def test_a_garbled_stream_is_asked_for_again_and_then_a_passing_failure(
    serve: Serve, fake_time: FakeTime
) -> None:
    assert only(Bench(serve({"text": "x", "fault": "garbled"}, says(verdict())), fake_time)).level == 3
    (failed,) = Bench(serve({"text": "x", "fault": "garbled"}, after_last="repeat"), fake_time).judge()
    assert isinstance(failed, Failed)
    assert failed.passing


def test_no_json_is_no_verdict(serve: Serve, fake_time: FakeTime) -> None:
    assert unusable(serve, fake_time, {"fault": "invalid_json"}) == "it is not a JSON object"


def test_another_schema_is_no_verdict(serve: Serve, fake_time: FakeTime) -> None:
    assert unusable(serve, fake_time, {"fault": "wrong_schema"}) == "it has no quotes"


def test_level_seven_of_four_is_no_verdict(serve: Serve, fake_time: FakeTime) -> None:
    assert "7, is none of the whole levels from 0 to 4" in unusable(serve, fake_time, says(verdict(7)))


def test_numbers_beyond_any_scale_are_no_verdict(serve: Serve, fake_time: FakeTime) -> None:
    unusable(serve, fake_time, {"fault": "out_of_range", **says(verdict(3))})


@pytest.mark.parametrize("level", ["3", True, 2.5, [3], "high"])
def test_a_level_that_is_no_whole_number_is_no_verdict(
    serve: Serve, fake_time: FakeTime, level: object
) -> None:
    assert "level" in unusable(serve, fake_time, says(verdict(level=level)))


def test_a_level_without_a_quote_is_no_verdict(serve: Serve, fake_time: FakeTime) -> None:
    assert unusable(serve, fake_time, says(verdict(quotes=[]))) == "it gives a level, and no quote"


def test_a_level_on_invented_quotes_or_the_assistants_words_is_no_verdict(
    serve: Serve, fake_time: FakeTime
) -> None:
    for turn, text in [(0, "I verified every figure"), (1, "The totals are 398"), (9, PLAN_WORDS)]:
        bad = says(verdict(quotes=[{"turn": turn, "text": text}]))
        assert "none of its quotes is the candidate's words" in unusable(serve, fake_time, bad)


def test_a_verdict_on_another_criterion_is_none_on_this_one(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(serve(says({"checking": verdict()}), after_last="repeat"), fake_time, "form=all")
    assert "it has no verdict on this criterion" in only(bench).unscored


def test_neither_or_both_of_level_and_reason_for_none_is_no_verdict(
    serve: Serve, fake_time: FakeTime
) -> None:
    assert "both" in unusable(serve, fake_time, says(verdict(unscored="cannot be told")))
    assert "neither" in unusable(serve, fake_time, says(verdict(None, unscored=None)))
    assert "neither" in unusable(serve, fake_time, says(verdict(None, unscored="null")))


def test_the_word_null_beside_a_level_is_no_reason_for_none(serve: Serve, fake_time: FakeTime) -> None:
    assert only(Bench(serve(says(verdict(2, unscored="null"))), fake_time)).level == 2


def test_a_refusal_is_no_verdict(serve: Serve, fake_time: FakeTime) -> None:
    bad = {"fault": "refusal", "text": "I will not"}
    assert unusable(serve, fake_time, bad) == "the model refused to answer"


def test_an_empty_answer_is_no_verdict(serve: Serve, fake_time: FakeTime) -> None:
    assert unusable(serve, fake_time, {"fault": "empty"}) == "it was empty"


def test_an_answer_that_is_cut_off_is_no_verdict(serve: Serve, fake_time: FakeTime) -> None:
    bad = {"fault": "cut_off", **says(verdict())}
    assert unusable(serve, fake_time, bad) == "it was cut off at its length limit"


def test_a_judge_that_finds_the_criterion_unscorable_is_not_asked_again(
    serve: Serve, fake_time: FakeTime
) -> None:
    bench = Bench(serve(says(verdict(None))), fake_time)
    assert only(bench).unscored == "Nothing bears on it"
    assert bench.server.calls == 1


def test_a_wrong_key_is_for_somebody_to_mend_and_not_a_reason_to_be_unscored(
    serve: Serve, fake_time: FakeTime
) -> None:
    server = serve({"fault": "http_error", "status": 401}, after_last="repeat")
    with pytest.raises(UserMistake, match="ASSAY_API_KEY"):
        Bench(server, fake_time).rate()
    (failed,) = Bench(server, fake_time).judge()
    assert isinstance(failed, Failed)
    assert not failed.passing


def test_a_reached_cap_stops_the_judge_and_is_said(serve: Serve, fake_time: FakeTime) -> None:
    settings = a_judge(serve(says(verdict())))
    judge = LlmJudge(settings, open_gateway=lambda model: Gateway(model, caps=Caps(tokens=10), environ={}))
    with pytest.raises(LimitReached):
        list(judge.rate(a_case()))


def test_an_endpoint_that_takes_no_schema_gets_it_in_words(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(serve(says(verdict()), takes_schema=False), fake_time)
    proposal = only(bench)
    assert (proposal.level, proposal.judged.by) == (3.0, "words")
    assert "JSON Schema" in bench.asked[-1][-1]["content"]
    assert "response_format" not in bench.server.requests[-1].body


def test_an_endpoint_is_held_to_the_whole_levels_of_the_scale(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(serve(says(verdict())), fake_time)
    bench.rate()
    held = bench.server.requests[0].body["response_format"]["json_schema"]
    assert held["strict"]
    assert list(held["schema"]["properties"]) == ["quotes", "reason", "level", "unscored"]
    assert held["schema"]["properties"]["level"]["anyOf"][0]["enum"] == [0, 1, 2, 3, 4]


def test_an_endpoint_that_answers_something_else_altogether_is_a_passing_failure(
    odd: Odd, fake_time: FakeTime
) -> None:
    (failed,) = Bench(odd(Answer("<html>")), fake_time).judge()
    assert isinstance(failed, Failed)
    assert failed.passing


def test_of_several_criteria_in_one_call_only_the_bad_verdict_is_left_out(
    serve: Serve, fake_time: FakeTime
) -> None:
    answers = {"planning": verdict(2), "checking": verdict(9)}
    bench = Bench(serve(says(answers), says({**answers, "planning": verdict(4)})), fake_time, "form=all")
    planning, checking = bench.rate(a_case("planning", "checking"))
    assert planning.judged is not None
    assert (planning.level, planning.judged.problems) == (2.0, ()), "the first usable verdict counts"
    assert checking.level is None
    assert planning.judged.together == 2
