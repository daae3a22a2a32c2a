"""Pages of judges."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assay.errors import UserMistake
from assay_web.accounts.access import signed_in
from assay_web.accounts.models import Membership, User
from assay_web.database import in_database
from assay_web.judges import access, again, attacked, attacking, comparison, prompts, queries, services
from assay_web.judges.choice import chosen_now, stages_of
from assay_web.judges.forms import ChooseForm, JudgeForm
from assay_web.judges.models import Judge
from assay_web.judges.trying import Tried, try_judge
from assay_web.openings.access import stage_to_author
from assay_web.openings.models import Stage
from assay_web.openings.refusal import in_words
from assay_web.scoring.access import session_that_may_be_rated, session_with_visible_result
from assay_web.scoring.seen import note_seen
from assay_web.session.models import CandidateSession

SECTION = {"section": "judges"}


@signed_in
@require_GET
def judge_list(request: HttpRequest) -> HttpResponse:
    """The team's judges, and what their ratings have come to."""
    member = access.member_who_may_see_judges(request)
    return render(request, "judges/list.html", {**SECTION, "lines": queries.judge_lines(member.team)})


@signed_in
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a judge."""
    member = access.member_who_may_make_judges(request)
    form = JudgeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_judge(member.team, member.user, form.cleaned_data["name"], form.judge)
        except UserMistake as error:
            form.add_error(None, in_words(error))
        else:
            messages.success(request, _("Made. Choose it in the settings of the stages that it is to rate."))
            return redirect("judges:judge", made.public_id)
    return _form_page(request, form)


async def try_it(request: HttpRequest) -> HttpResponseBase:
    """Try a judge before it is made. It asks a model, which may take long, so it holds up no thread."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    answer = await in_database(_to_try, request)
    if isinstance(answer, HttpResponse):
        return answer
    member, form = answer
    tried = await try_judge(form.judge, member.team_id, form.cleaned_data["tried_on"])
    return await in_database(_form_page, request, form, tried)


def _to_try(request: HttpRequest) -> HttpResponse | tuple[Membership, JudgeForm]:
    """For whom which judge is to be tried; or what is answered instead."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?next={reverse('judges:new')}")
    member = access.member_who_may_make_judges(request)
    form = JudgeForm(request.POST)
    return (member, form) if form.is_valid() else _form_page(request, form)


def _form_page(request: HttpRequest, form: JudgeForm, tried: Tried | None = None) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "judges/new.html", {**SECTION, "form": form, "tried": tried}, status=status)


@signed_in
@require_GET
def judge(request: HttpRequest, public_id: str) -> HttpResponse:
    """A judge: its settings, its prompts, its figures, and it beside another one."""
    found = access.judge_to_see(request, public_id)
    figures, by_criterion = queries.figures_of(found)
    others = queries.others_of(found) if figures.ratings else []
    other = next((one for one in others if one.public_id == request.GET.get("beside", "")), None)
    context = {
        **SECTION,
        "judge": found,
        "words": queries.in_words(found.read),
        "too_small": queries.is_too_small(found.read),
        "stages": stages_of(found),
        "figures": figures,
        "by_criterion": by_criterion,
        "prompts": queries.prompts_of(found.read),
        "others": others,
        "other": other,
        "compared": comparison.compare(found, other) if other else None,
        "attacks": attacked.attacks_on(found),
    }
    return render(request, "judges/judge.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def attack(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the attack suite would take of a judge, and asking for it."""
    member, found = access.judge_to_change(request, public_id)
    if request.method == "POST":
        try:
            attacking.attack(found, member.user)
        except UserMistake as error:
            messages.error(request, in_words(error))
        else:
            messages.success(request, _("Asked for. The result comes as the judge answers."))
        return redirect(f"{reverse('judges:judge', args=[public_id])}#attacks")
    attacks = attacked.attacks_on(found)
    takes = attacking.what_an_attack_takes(found) if attacks.may_be_asked_for else None
    context = {**SECTION, "judge": found, "attacks": attacks, "takes": takes}
    return render(request, "judges/attack.html", context)


@signed_in
@require_POST
def retire(request: HttpRequest, public_id: str) -> HttpResponse:
    """Retire a judge."""
    member, found = access.judge_to_change(request, public_id)
    try:
        services.retire(found, member.user)
    except UserMistake as error:
        messages.error(request, in_words(error))
    else:
        messages.success(
            request, _("Retired. It can be chosen no more, and attacks on it stop; what it rated stays.")
        )
    return redirect("judges:judge", public_id)


@signed_in
@require_POST
def bring_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let a retired judge be chosen again."""
    member, found = access.judge_to_change(request, public_id)
    services.bring_back(found, member.user)
    messages.success(request, _("Brought back. It can be chosen again."))
    return redirect("judges:judge", public_id)


@signed_in
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose who rates the sessions of a stage."""
    member, stage = stage_to_author(request, public_id)
    offline, choosable = queries.choosable(stage)
    may_be = Judge.objects.filter(pk__in=[one.judge.pk for one in choosable])
    form = ChooseForm(request.POST if request.method == "POST" else None, judges=may_be)
    if request.method == "POST":
        problem = _chosen(form, stage, member)
        if not problem:
            messages.success(request, _("Kept. It holds for the sessions that end from now on."))
            return redirect("openings:stage_settings", stage.public_id)
        messages.error(request, problem)
    context: dict[str, Any] = {
        "section": "openings",
        "stage": stage,
        "opening": stage.opening,
        "offline": offline,
        "choosable": choosable,
    }
    return render(request, "judges/choose.html", context)


def _chosen(form: ChooseForm, stage: Stage, member: Membership) -> str:
    """Keep the choice; else why not."""
    if not form.is_valid():
        return _("One of these judges cannot be chosen any more. Choose again.")
    judges = list(form.cleaned_data["judges"])
    try:
        services.choose(stage, member.user, judges, offline=form.cleaned_data["offline"])
    except UserMistake as error:
        return in_words(error)
    return ""


@signed_in
@require_http_methods(["GET", "POST"])
def again_stage(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have all ended sessions of a stage scored with its judges of now."""
    member, stage = stage_to_author(request, public_id)
    if request.method == "POST":
        choice = request.POST.get("choice", "")
        if _asked_again(request, lambda: again.score_stage_again(stage, member.user, choice)):
            return redirect("judges:again_stage", stage.public_id)
    return _again_page(request, stage, again.ended_sessions(stage))


@signed_in
@require_http_methods(["GET", "POST"])
def again_session(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have one session scored with the judges of now."""
    session = session_that_may_be_rated(request, public_id)
    own = CandidateSession.objects.filter(pk=session.pk, status=CandidateSession.Status.ENDED)
    stage = session.stage
    user = access.member_who_may_see_judges(request).user
    if request.method == "POST":
        choice = request.POST.get("choice", "")
        if _asked_again(request, lambda: again.score_again(stage, own, user, choice)):
            return redirect("scoring:result", session.public_id)
    return _again_page(request, stage, own, session)


def _asked_again(request: HttpRequest, ask: Callable[[], int]) -> bool:
    try:
        number = ask()
    except UserMistake as error:
        messages.error(request, in_words(error))
        return False
    said = ngettext(
        "Asked for. The new score comes as the judges answer.",
        "Asked for. The %(number)s new scores come as the judges answer.",
        number,
    )
    messages.success(request, said % {"number": number})
    return True


def _again_page(
    request: HttpRequest,
    stage: Stage,
    sessions: "QuerySet[CandidateSession]",
    session: CandidateSession | None = None,
) -> HttpResponse:
    chosen = chosen_now(stage)
    context = {
        "section": "openings",
        "stage": stage,
        "session": session,
        "choice": chosen.choice,
        "offline": chosen.offline,
        "takes": again.what_it_takes(stage, sessions) if chosen.choice else None,
        "errand": None if session else again.under_way(chosen.choice),
        "failed": again.failed(chosen.choice) if chosen.choice else 0,
    }
    return render(request, "judges/again.html", context)


@signed_in
@require_GET
def prompt(request: HttpRequest, public_id: str) -> HttpResponse:
    """The exact messages that one rating of a session answers."""
    session = session_with_visible_result(request, public_id)
    wanted = [request.GET.get(name, "") for name in ("judge", "version", "criterion", "pass")]
    shown = prompts.prompt_of(session, *wanted)
    assert isinstance(request.user, User), "access.py has let only members through"
    note_seen(session, request.user, session.started_at)
    context = {
        "section": "openings",
        "session": session,
        "candidate": session.invitation.candidate if session.invitation else None,
        "prompt": shown,
    }
    return render(request, "judges/prompt.html", context)
