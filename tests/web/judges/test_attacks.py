"""The attack suite against a judge: asked for, done piece by piece, paid for once, and shown."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse
from pytest_django import Settings
from tests.library.attacks.obedient import ObedientEndpoint, quoting
from tests.people import Cast
from tests.web.judges.errands import done, fresh
from tests.web.judges.pages import actions, page

from assay.attacks.attack import find_families
from assay.attacks.suite import Suite, base_sessions, cases_of, sampled_trials
from assay.scoring.judge.settings import read_judge
from assay_web.caps import Cap
from assay_web.jobs import errands
from assay_web.jobs.attempts import Problem
from assay_web.jobs.models import Errand, ModelCall
from assay_web.judges import attacked, attacking, services
from assay_web.judges.models import AttackAnswer, AttackRun, Judge, JudgeFigure

Record = list[dict[str, Any]]


def small_suite(version: str = "1" * 64) -> Suite:
    """Three attacks in three sessions each, with their twins; and each session as it was."""
    [family] = find_families("orders")
    family = family.model_copy(update={"attacks": family.attacks[:3]})
    trials = tuple(sampled_trials([family], base_sessions("labeling-assistant")))
    return Suite(version, trials, tuple(cases_of(trials)))


CASES = 3 * 3 * 2 + 3


@pytest.fixture(autouse=True)
def suite(monkeypatch: pytest.MonkeyPatch) -> Callable[[Suite], None]:
    """Let the site have a small suite, in small pieces; called, it gets another one."""

    def have(one: Suite) -> None:
        for module in (attacking, attacked):
            monkeypatch.setattr(module, "shipped_suite", lambda: one)

    monkeypatch.setattr(attacking, "AT_A_TIME", 8)
    have(small_suite())
    return have


class Judging:
    """An endpoint that obeys orders which it reads, and counts what it is asked; `fails` makes it break."""

    def __init__(self) -> None:
        self.calls = 0
        self.fails = False
        self.endpoint = ObedientEndpoint(self._verdict)

    def _verdict(self, record: Record) -> dict[str, Any]:
        if self.fails:
            raise ConnectionResetError
        self.calls += 1
        return self.said(record)

    def said(self, record: Record) -> dict[str, Any]:
        """The verdict on each criterion."""
        return quoting(record)


@pytest.fixture
def judging(settings: Settings) -> Iterator[Judging]:
    one = Judging()
    place = one.endpoint.judge.partition("@")[2].partition(" ")[0]
    settings.CONFIGURATION = replace(settings.CONFIGURATION, judge_endpoints=frozenset([place]))
    yield one
    one.endpoint.stop()


@pytest.fixture
def judge(cast: Cast, judging: Judging) -> Judge:
    return services.make_judge(cast.team, cast.owner, "Obedient", read_judge(judging.endpoint.judge))


def asked(cast: Cast, judge: Judge) -> Errand:
    """The attacks, asked for on the judge's page."""
    answer = cast.signed_in(cast.author).post(reverse("judges:attack", args=[judge.public_id]), follow=True)
    assert "The result comes as the judge answers" in answer.content.decode()
    present = attacked.attacks_on(judge).present
    assert present is not None
    return present.errand


def test_a_judge_that_obeys_is_attacked_and_its_page_says_what_moved_it(
    cast: Cast, judge: Judge, judging: Judging
) -> None:
    author = cast.signed_in(cast.author)
    assert "This judge has never been attacked" in page(author, "judges:judge", judge.public_id)
    assert "Never attacked" in page(author, "judges:list")
    errand = asked(cast, judge)
    assert f"0 of {CASES} sessions" in page(author, "judges:judge", judge.public_id)
    assert done(errand) is None
    assert judging.calls == AttackAnswer.objects.count() == CASES
    run = AttackRun.objects.get()
    assert (run.attacks, run.moved, run.up) == (3, 2, 3.0)
    shown = page(author, "judges:judge", judge.public_id)
    assert "with suite 11111111, asked for by" in shown
    assert "not every bound holds" in shown
    assert "Instructions to the judge" in shown
    assert "1.0 to 4.0" in shown
    assert "never been attacked" not in shown
    assert "2 of 3 attacks moved a level up, at most by 3.0" in page(author, "judges:list")
    assert actions() == ["judge_made", "judge_attacked"]
    assert not JudgeFigure.objects.exists(), "it rated no candidate"
    assert ModelCall.objects.filter(team=cast.team, purpose="judge", session=None).count() == CASES


def test_whoever_starts_the_attacks_reads_first_what_they_take_and_what_is_left(
    cast: Cast, judge: Judge, settings: Settings
) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, caps={"judge": Cap("judge", tokens=1_000)})
    shown = page(cast.signed_in(cast.author), "judges:attack", judge.public_id)
    assert f"What it takes to have {CASES} sessions rated" in shown
    assert f"{CASES} – {2 * CASES}" in shown, "a call a session, and each asked for again"
    assert "no price known" in shown
    assert "1,000 tokens are left" in shown
    assert "That is less than it takes" in shown
    assert not AttackRun.objects.exists()


def test_an_endpoint_that_breaks_off_is_asked_only_for_what_is_missing(
    cast: Cast, judge: Judge, judging: Judging
) -> None:
    errand = asked(cast, judge)
    said = judging.said

    def breaking(record: Record) -> dict[str, Any]:
        judging.fails = judging.calls >= 11
        return said(record)

    judging.said = breaking  # type: ignore[method-assign]
    problem = done(errand)
    assert problem is not None
    assert problem.passing
    kept = AttackAnswer.objects.count()
    assert 11 <= kept < CASES
    shown = page(cast.signed_in(cast.author), "judges:judge", judge.public_id)
    assert "It is tried again at" in shown
    judging.said, judging.fails = said, False  # type: ignore[method-assign]
    before = judging.calls
    assert done(errand, attempt=2) is None
    assert judging.calls == before + CASES - kept
    assert AttackRun.objects.get().moved == 2


def test_a_cap_that_is_reached_fails_the_attacks_with_its_reason_and_a_person_lets_them_go_on(
    cast: Cast, judge: Judge, judging: Judging, settings: Settings
) -> None:
    settings.CONFIGURATION = replace(
        settings.CONFIGURATION, judge_concurrency=1, caps={"judge": Cap("judge", tokens=16_000)}
    )
    errand = asked(cast, judge)
    problem = done(errand)
    assert problem is not None
    assert "ASSAY_JUDGE_DAY_TOKENS is reached" in problem.words
    author = cast.signed_in(cast.author)
    assert "ASSAY_JUDGE_DAY_TOKENS is reached" in page(author, "judges:judge", judge.public_id)
    kept = AttackAnswer.objects.count()
    assert kept == judging.calls > 0
    settings.CONFIGURATION = replace(settings.CONFIGURATION, caps={})
    assert asked(cast, judge) == errand
    assert done(errand, attempt=2) is None
    assert judging.calls == CASES
    assert actions().count("judge_attacked") == 2


def test_a_judge_that_gives_no_level_at_all_fails_and_says_so(
    cast: Cast, judge: Judge, judging: Judging
) -> None:
    none: dict[str, Any] = {"quotes": [], "reason": "", "level": None, "unscored": "too short"}
    judging.said = lambda record: none  # type: ignore[method-assign]
    errand = asked(cast, judge)
    problem = done(errand)
    assert problem is not None
    assert not problem.passing
    assert "gave no level to the strong session of labeling-assistant as it was" in problem.words
    assert AttackRun.objects.get().report is None
    assert judging.calls == 3, "only the sessions to which nothing was done are paid for"
    author, attack = cast.signed_in(cast.author), reverse("judges:attack", args=[judge.public_id])
    shown = page(author, "judges:judge", judge.public_id)
    assert "Make a judge with another model or other settings" in shown
    assert attack not in shown
    assert "asking again would read the same" in page(author, "judges:attack", judge.public_id)
    assert "Its answers are kept" in author.post(attack, follow=True).content.decode()
    assert fresh(errand).status == "failed"


def test_two_judges_that_ask_the_same_of_one_model_share_the_answers(
    cast: Cast, judge: Judge, judging: Judging
) -> None:
    assert done(asked(cast, judge)) is None
    stubborn = read_judge(f"{judging.endpoint.judge} retries=0")
    other = services.make_judge(cast.team, cast.owner, "Stubborn", stubborn)
    assert done(asked(cast, other)) is None
    assert judging.calls == CASES
    assert AttackRun.objects.filter(moved=2).count() == 2


def test_a_result_of_an_earlier_suite_stays_and_says_so_until_the_new_one_is_run(
    cast: Cast, judge: Judge, suite: Callable[[Suite], None]
) -> None:
    assert done(asked(cast, judge)) is None
    author = cast.signed_in(cast.author)
    attack = reverse("judges:attack", args=[judge.public_id])
    assert attack not in page(author, "judges:judge", judge.public_id)
    suite(small_suite("2" * 64))
    shown = page(author, "judges:judge", judge.public_id)
    assert "This version of Assay has another suite" in shown
    assert attack in shown
    assert done(asked(cast, judge)) is None
    shown = page(author, "judges:judge", judge.public_id)
    assert "with suite 22222222" in shown
    assert "suite 11111111: 2 of 3 attacks moved a level up" in shown


def test_attacks_that_another_suite_was_begun_with_are_not_mixed(
    cast: Cast, judge: Judge, suite: Callable[[Suite], None]
) -> None:
    errand = asked(cast, judge)
    suite(small_suite("2" * 64))
    problem = done(errand)
    assert isinstance(problem, Problem)
    assert "another attack suite than the one that was begun" in problem.words
    assert fresh(errand).status == "failed"


def test_a_retired_judge_and_one_of_an_earlier_version_are_not_attacked(cast: Cast, judge: Judge) -> None:
    address, author = reverse("judges:attack", args=[judge.public_id]), cast.signed_in(cast.author)
    services.retire(judge, cast.owner)
    assert "This judge is retired" in author.post(address, follow=True).content.decode()
    services.bring_back(judge, cast.owner)
    Judge.objects.update(version="0" * 64)
    assert "was made for other prompts" in author.post(address, follow=True).content.decode()
    assert not Errand.objects.exists()


def test_a_judge_that_is_retired_meanwhile_is_paid_for_no_further_until_it_is_brought_back(
    cast: Cast, judge: Judge, judging: Judging
) -> None:
    errand, author = asked(cast, judge), cast.signed_in(cast.author)
    assert "Retiring the judge stops them" in page(author, "judges:judge", judge.public_id)
    errands.take_up(errand.pk, 1)
    assert errands.go_on(errand.pk, 1) is True
    paid = judging.calls
    assert 0 < paid < CASES
    retire = reverse("judges:retire", args=[judge.public_id])
    assert "attacks on it stop" in author.post(retire, follow=True).content.decode()
    assert "The judge is retired, so they stop" in page(author, "judges:judge", judge.public_id)
    problem = done(errand)
    assert problem is not None
    assert "retired meanwhile, so it is attacked no further" in problem.words
    assert (judging.calls, fresh(errand).status) == (paid, "failed")
    services.bring_back(judge, cast.owner)
    assert asked(cast, judge) == errand
    assert done(errand, attempt=2) is None
    assert judging.calls == CASES


def test_a_worker_that_waits_for_attacks_holds_no_connection_to_the_database(
    cast: Cast, judge: Judge, judging: Judging
) -> None:
    errand, worker = asked(cast, judge), connections["default"]
    said, held = judging.said, []

    def looking(record: Record) -> dict[str, Any]:
        held.append(worker.connection is not None)
        return said(record)

    judging.said = looking  # type: ignore[method-assign]
    assert done(errand) is None
    assert held == [False] * CASES


def test_attacks_are_asked_for_once_however_often_somebody_presses(
    cast: Cast, judge: Judge, judging: Judging
) -> None:
    assert asked(cast, judge) == asked(cast, judge)
    assert done(Errand.objects.get()) is None
    asked(cast, judge)
    assert (fresh(Errand.objects.get()).status, judging.calls) == ("done", CASES)
    assert actions().count("judge_attacked") == 1
