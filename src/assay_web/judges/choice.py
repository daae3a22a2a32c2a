"""Who rates a session: the judges chosen for its stage when it ended, or those a person asked for later."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from assay.canonical import digest
from assay_web.judges.models import ChosenJudge, Judge, JudgeChoice, SessionChoice
from assay_web.openings.models import Stage
from assay_web.session.models import CandidateSession

MOST_PASSES = 10
"""Nine passes, and the one that argues against the first."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who rates: whether the offline judge does, and which LLM judges, in order."""

    offline: bool
    judges: tuple[Judge, ...]
    choice: JudgeChoice | None = None


OFFLINE_ALONE = Chosen(offline=True, judges=())
"""What holds for a stage for which nobody has chosen."""


def chosen_for_session(session: CandidateSession) -> Chosen:
    """Who rates this session. It stays the same until a person asks for it to be scored again."""
    asked = SessionChoice.objects.filter(session=session).select_related("choice").first()
    if asked is not None:
        return _read(asked.choice)
    if session.stage_id is None:
        return OFFLINE_ALONE
    choices = JudgeChoice.objects.filter(stage_id=session.stage_id)
    if session.ended_at is not None:
        choices = choices.filter(chosen_at__lte=session.ended_at)
    return _read(choices.order_by("-chosen_at", "-pk").first())


def chosen_now(stage: Stage) -> Chosen:
    """Who rates the sessions of a stage that end from now on."""
    return _read(JudgeChoice.objects.filter(stage=stage).order_by("-chosen_at", "-pk").first())


def chosen_in_force() -> QuerySet[ChosenJudge]:
    """The judges of every stage's last choice."""
    last = JudgeChoice.objects.filter(stage=OuterRef("choice__stage")).order_by("-chosen_at", "-pk")
    return ChosenJudge.objects.filter(choice=Subquery(last.values("pk")[:1]))


def stages_of(judge: Judge) -> list[Stage]:
    """The stages whose sessions this judge rates from now on."""
    keys = chosen_in_force().filter(judge=judge).values("choice__stage")
    return list(Stage.objects.filter(pk__in=keys).select_related("opening"))


def pass_keys(rater: str) -> list[str]:
    """The keys under which a rater's passes are kept, in their order; the first is the rater's own."""
    return [rater, *(digest({"rater": rater, "pass": number}) for number in range(2, MOST_PASSES + 1))]


def _read(choice: JudgeChoice | None) -> Chosen:
    if choice is None:
        return OFFLINE_ALONE
    judges = tuple(one.judge for one in choice.chosen.select_related("judge"))
    return Chosen(choice.offline, judges, choice)
