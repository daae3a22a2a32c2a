"""What is asked of scores: a session's result page, a candidate's sessions, a released report."""

import re
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from assay.record import Record
from assay.reports.findings import RATER_KINDS, range_in_words, reasons_in_words, sentence
from assay.reports.safe import visible
from assay.scoring.narrative import show_level
from assay.scoring.ratings import RaterIdentity
from assay.scoring.score import CriterionScore
from assay_web.authoring.models import Activation, ExerciseVersion
from assay_web.openings.models import Candidate, Stage
from assay_web.scoring.models import Contest, Release, SessionScore
from assay_web.scoring.opened import record_of
from assay_web.session.models import CandidateSession, Feedback, IntegritySignal

MOST_QUOTES = 6
"""Quotes of one criterion in a candidate's report; the record holds all of them."""

_PLACE = re.compile(r"@?https?://.*|(?<=^scripted):.*", re.DOTALL)
"""Where a judge's model is: the part of its name that is the team's alone."""


def scores_of(session: CandidateSession) -> list[SessionScore]:
    """Every scoring of a session, the latest first, without their records."""
    scores = session.scores.select_related("exercise_version").defer("record", "exercise_version__content")
    return list(scores.order_by("-made_at", "-pk"))


def release_of(session: CandidateSession) -> Release | None:
    """What the candidate may see of a session."""
    return Release.objects.select_related("score", "released_by").filter(session=session).first()


def contests_of(session: CandidateSession) -> list[Contest]:
    """What the candidate contested, in order."""
    return list(session.contests.select_related("answered_by"))


def feedback_of(session: CandidateSession) -> Feedback | None:
    """What the candidate said about the session."""
    return Feedback.objects.filter(session=session).first()


def signals_of(session: CandidateSession) -> list[IntegritySignal]:
    """What the candidate's browser noticed, in order."""
    return list(session.signals.order_by("at", "pk"))


def versions_of(stage: Stage) -> QuerySet[ExerciseVersion]:
    """The exercise versions that a stage has had, active or invited to, the latest first."""
    activated = Activation.objects.filter(stage=stage).order_by().values("version")
    invited = stage.invitations.order_by().values("exercise_version").distinct()
    known = ExerciseVersion.objects.filter(Q(pk__in=activated) | Q(pk__in=invited) | Q(pk=stage.active_id))
    return known.defer("content").order_by("-created_at", "-pk")


def sessions_of(candidate: Candidate) -> list[CandidateSession]:
    """A candidate's sessions in the order of their stages, each with its current score in `shown`."""
    current = SessionScore.objects.filter(current=True)
    rows = CandidateSession.objects.filter(invitation__candidate=candidate).select_related(
        "stage__opening", "invitation", "release"
    )
    return list(
        rows.prefetch_related(Prefetch("scores", queryset=current, to_attr="shown")).order_by(
            "stage__position", "pk"
        )
    )


@dataclass(frozen=True, slots=True)
class ReportedQuote:
    """The candidate's own words, or a reply's, as a criterion rests on them."""

    words: str
    where: str


@dataclass(frozen=True, slots=True)
class ReportedCriterion:
    """One criterion as its candidate reads it. `next_words` is what the next level looks like."""

    id: str
    title: str
    asks: str
    level: str
    range: str
    unscored: str
    quotes: tuple[ReportedQuote, ...]
    more_quotes: int
    reasons: tuple[str, ...]
    next_level: int | None
    next_words: str
    raters: tuple[str, ...]
    contest: Contest | None


@dataclass(frozen=True, slots=True)
class CandidateReport:
    """What a candidate may see of a score that a person released."""

    overall: str
    range: str
    most: str
    unscored: str
    criteria: tuple[ReportedCriterion, ...]
    raters: tuple[str, ...]
    failed_rules: tuple[str, ...]
    released: bool


def candidate_report(session: CandidateSession) -> CandidateReport | None:
    """The report that was released to this session's candidate; None while none is."""
    release = release_of(session)
    if release is None:
        return None
    contests = {contest.criterion: contest for contest in contests_of(session)}
    return report_of(release.score, contests, released=True)


def report_of(
    score: SessionScore, contests: dict[str, Contest] | None = None, *, released: bool = False
) -> CandidateReport:
    """What a candidate sees when this score is released."""
    record = record_of(score)
    overall = record.score.overall
    return CandidateReport(
        overall=show_level(overall.value) if overall else "",
        range=range_in_words(overall.interval) if overall else "",
        most=show_level(record.score.scale.max),
        unscored=sentence(record.score.unscored or ""),
        criteria=tuple(_reported(record, item, contests or {}) for item in record.score.criteria),
        raters=_raters(record, None),
        failed_rules=tuple(
            sentence(visible(rule.says)) for rule in record.score.rules if rule.state == "failed"
        ),
        released=released,
    )


def _reported(record: Record, item: CriterionScore, contests: dict[str, Contest]) -> ReportedCriterion:
    criterion = record.scored_rubric.criteria[item.criterion]
    level = None if item.level is None else int(item.level // 1) + 1
    above = criterion.levels.get(level) if level is not None else None
    # The same words may show several things; a reader needs them once.
    quotes = list({(e.turn, e.start, e.end): e for e in item.evidence}.values())
    return ReportedCriterion(
        id=item.criterion,
        title=item.title,
        asks=criterion.asks,
        level="" if item.level is None else show_level(item.level),
        range=range_in_words(item.interval),
        unscored=visible(sentence(item.unscored or "")),
        quotes=tuple(
            ReportedQuote(visible(e.quote), "deliverable" if e.turn is None else f"message {e.turn}")
            for e in quotes[:MOST_QUOTES]
        ),
        more_quotes=max(0, len(quotes) - MOST_QUOTES),
        reasons=tuple(visible(reason) for reason in reasons_in_words(record, item, named=False)),
        next_level=level if above else None,
        next_words=above.words if above else "",
        raters=_raters(record, item.criterion),
        contest=contests.get(item.criterion),
    )


def _raters(record: Record, criterion: str | None) -> tuple[str, ...]:
    """Who rated, for the candidate: software by name and version, people without their names."""
    heard = [r.rater for r in record.ratings if criterion in (None, r.criterion)]
    people = len({rater.name for rater in heard if rater.kind == "person"})
    software = dict.fromkeys(rater for rater in heard if rater.kind != "person")
    told = [f"software: {_software(rater)}, version {rater.version[:12]}" for rater in software]
    if people and criterion is not None:
        return (
            *told,
            "a person, whose level counts" if people == 1 else f"{people} people, whose levels count",
        )
    return (*told, *(["a person"] if people == 1 else [f"{people} people"] if people else []))


def _software(rater: RaterIdentity) -> str:
    """What rated, without the address at which its model is reached."""
    if rater.kind != "judge":
        return visible(rater.name)
    model = _PLACE.sub("", rater.name.removeprefix("openai:"))
    return visible(f"{RATER_KINDS[rater.kind]}, model {model}" if model else RATER_KINDS[rater.kind])
