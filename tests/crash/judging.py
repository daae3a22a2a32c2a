"""What the processes of `test_judging.py` do: sessions of a stage that an LLM judge rates, and workers."""

from typing import Any, NamedTuple

from tests.crash import workers


class Ratings(NamedTuple):
    """What there is of a judge's ratings: rows, of these different ones, and what its figures count."""

    kept: int
    different: int
    counted: int


def prepare_team() -> None:
    """Migrate, and make the cast."""
    workers.prepare(0)


def hand_in_judged(address: str, sessions: int) -> None:
    """Let a judge at this address rate the cast's stage, and hand sessions in that all differ."""
    from django.conf import settings
    from tests.judge_endpoint import SAID
    from tests.people import invited

    from assay.scoring.judge.settings import read_judge
    from assay.session.engine import Session
    from assay_web.accounts.models import User
    from assay_web.judges.services import choose, make_judge
    from assay_web.openings.models import Stage
    from assay_web.session.drive import drive
    from assay_web.session.start import start_session

    object.__setattr__(settings.CONFIGURATION, "judge_endpoints", frozenset([address]))
    stage, owner = Stage.objects.select_related("opening__team").get(), User.objects.get(name="Owner")
    judge = make_judge(stage.opening.team, owner, "Scripted", read_judge(f"judge-1@{address}"))
    choose(stage, owner, [judge], offline=False)
    for number in range(sessions):

        def work(session: Session, number: int = number) -> None:
            session.send(f"{SAID}, then label number {number} of them as JSON with a reason each.", "m1")
            session.begin_reply()
            session.finish_reply(workers.ANSWER)
            session.save_deliverable("R01 positive_product")
            session.submit()

        drive(start_session(invited(stage, f"Candidate{number} Example")).pk, work)


def judge_until_killed() -> None:
    """Work until every job is settled, unless somebody kills this process before."""
    workers.work_with_many_takeovers()


def ask_for_attacks(judge: str) -> None:
    """Have a judge attacked, which is given as its settings with an address on this machine."""
    from django.conf import settings

    from assay.scoring.judge.settings import read_judge
    from assay_web.accounts.models import User
    from assay_web.judges.attacking import attack
    from assay_web.judges.services import make_judge

    _attack_little()
    address = judge.partition("@")[2].partition(" ")[0]
    object.__setattr__(settings.CONFIGURATION, "judge_endpoints", frozenset([address]))
    owner = User.objects.get(name="Owner")
    team = owner.memberships.get().team
    attack(make_judge(team, owner, "Obedient", read_judge(judge)), owner)


def attack_until_killed() -> None:
    """Work until every job is settled, with few attacks, unless somebody kills this process before."""
    _attack_little()
    workers.work_with_many_takeovers()


def attack_answers() -> int:
    """How many answers about attacked sessions are kept."""
    from assay_web.judges.models import AttackAnswer

    return AttackAnswer.objects.count()


def attack_runs() -> list[tuple[str, int | None, int | None]]:
    """Where each run stands, how many attacks were tried, and how many of them moved a level up."""
    from assay_web.judges.models import AttackRun

    return list(AttackRun.objects.values_list("errand__status", "attacks", "moved"))


def _attack_little() -> None:
    """Let the suite be one family in the sessions of one exercise."""
    from assay.attacks.attack import find_families
    from assay.attacks.suite import Suite, base_sessions, cases_of, sampled_trials
    from assay_web.judges import attacking

    trials = tuple(sampled_trials(find_families("orders"), base_sessions("labeling-assistant")))
    little = Suite("1" * 64, trials, tuple(cases_of(trials)))
    site: Any = attacking
    site.shipped_suite, site.AT_A_TIME = (lambda: little), 12


def kept_questions() -> list[str]:
    """The questions whose answers are kept, by their short names."""
    from tests.judge_endpoint import short

    from assay.scoring.judge.requests import requests_for
    from assay_web.judges.models import Judge, JudgeAnswer
    from assay_web.scoring.panels import case_of
    from assay_web.session.models import CandidateSession

    settings = Judge.objects.get().read
    keys = set(JudgeAnswer.objects.values_list("key", flat=True))
    sessions = CandidateSession.objects.filter(pk__in=JudgeAnswer.objects.values("session"))
    cases = (case_of(session, session.exercise_version_id) for session in sessions)
    requests = (request for case in cases for request in requests_for(case, settings))
    return [short(request.prompt) for request in requests if request.key in keys]


def ratings() -> Ratings:
    """The judge's ratings."""
    from django.db.models import Sum

    from assay_web.judges.models import Judge, JudgeFigure
    from assay_web.scoring.models import StoredRating

    rows = StoredRating.objects.filter(rater=Judge.objects.get().rater)
    counted = JudgeFigure.objects.aggregate(sum=Sum("ratings", default=0))["sum"]
    return Ratings(rows.count(), rows.values("session", "criterion").distinct().count(), counted)
