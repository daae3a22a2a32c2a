"""Changes to judges and to who rates a stage. Each notes itself in the audit log, in its own transaction."""

import os
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from assay.errors import UserMistake
from assay.models.prices import unpriced
from assay.models.setting import ModelSetting
from assay.scoring.judge.settings import JudgeSettings
from assay_web.accounts.models import Team, User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.caps import read_prices
from assay_web.clock import now
from assay_web.judges.choice import chosen_now, stages_of
from assay_web.judges.models import ChosenJudge, Judge, JudgeChoice
from assay_web.openings.models import Stage
from assay_web.scoring.panels import key_of


def make_judge(team: Team, user: User, name: str, judge: JudgeSettings) -> Judge:
    """A new judge of the team.

    Raises:
        UserMistake: the team has it already, or the site may not ask its model.
    """
    check_may_be_asked(judge.model)
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        known = Judge.objects.filter(team=team, version=judge.version).first()
        if known is not None:
            remedy = (
                _("Bring it back on its page")
                if known.retired_at
                else _("Choose it for your stages, or change a setting")
            )
            raise UserMistake(
                _("A judge with just these settings is there already: %(name)s") % {"name": known.name},
                remedy=remedy,
            )
        made = Judge.objects.create(
            team=team,
            name=name,
            settings=str(judge),
            version=judge.version,
            rater=key_of(judge.identity),
            made_by=user,
            made_at=now(),
        )
        _note(made, user, Action.JUDGE_MADE, settings=made.settings, version=made.version)
    return made


def check_may_be_asked(model: ModelSetting) -> None:
    """Refuse a model that this site may not ask for judges.

    Whoever makes a judge is not whoever runs the site: no address that they name is sent the site's key.

    Raises:
        UserMistake: its address is not one of the site's, or money is capped and it has no known price.
    """
    own = settings.CONFIGURATION
    place = model.base_url or model.script
    if model.form in ("endpoint", "scripted") and place not in own.judge_endpoints:
        raise UserMistake(
            _("This site may not ask judges at %(place)s") % {"place": place},
            remedy=_("Name another model, or have whoever runs the site add it to ASSAY_JUDGE_ENDPOINTS"),
        )
    cap = own.caps.get("judge")
    name = model.model if model.form in ("openai", "endpoint") else None
    capped = cap is not None and cap.spend is not None
    if cap is not None and capped and name and read_prices(os.environ).find(name) is None:
        raise unpriced(f"{cap.spend_setting} is set", name)


def retire(judge: Judge, user: User) -> None:
    """Let a judge be chosen and attacked no more. Doing it again changes nothing.

    Raises:
        UserMistake: it rates the sessions of a stage.
    """
    with transaction.atomic():
        row = Judge.objects.select_for_update().get(pk=judge.pk)
        in_use = stages_of(row)
        if in_use:
            raise UserMistake(
                _("This judge rates the sessions of %(stages)s")
                % {"stages": ", ".join(map(str, in_use[:3]))},
                remedy=_("Choose other judges there first"),
            )
        if row.retired_at is None:
            row.retired_at = now()
            row.save(update_fields=["retired_at"])
            _note(row, user, Action.JUDGE_RETIRED)


def bring_back(judge: Judge, user: User) -> None:
    """Let a retired judge be chosen and attacked again."""
    with transaction.atomic():
        row = Judge.objects.select_for_update().get(pk=judge.pk)
        if row.retired_at is not None:
            row.retired_at = None
            row.save(update_fields=["retired_at"])
            _note(row, user, Action.JUDGE_BROUGHT_BACK)


def choose(stage: Stage, user: User, judges: Sequence[Judge], *, offline: bool) -> JudgeChoice | None:
    """Let these rate the sessions of a stage that end from now on; None where that is so already.

    Raises:
        UserMistake: nobody would rate, or a judge is retired, another team's, or of an earlier version.
    """
    if not judges and not offline:
        raise UserMistake(
            _("Nobody would rate"), remedy=_("Choose the offline judge, another judge, or both")
        )
    with transaction.atomic():
        Stage.objects.select_for_update().get(pk=stage.pk)
        _check_may_be_chosen(stage, judges)
        before = chosen_now(stage)
        if before.offline == offline and [one.pk for one in before.judges] == [one.pk for one in judges]:
            return None
        choice = JudgeChoice.objects.create(stage=stage, offline=offline, chosen_by=user, chosen_at=now())
        ChosenJudge.objects.bulk_create(
            ChosenJudge(choice=choice, judge=judge, position=position)
            for position, judge in enumerate(judges)
        )
        note(
            stage.opening.team,
            actor(user),
            Action.JUDGES_CHOSEN,
            f"stage:{stage.public_id}",
            offline=offline,
            judges=", ".join(f"{judge.name} {judge.version[:12]}" for judge in judges) or "none",
        )
    return choice


def _check_may_be_chosen(stage: Stage, judges: Sequence[Judge]) -> None:
    keys = [judge.pk for judge in judges]
    # Locked in one order, so that none of them is retired meanwhile.
    for judge in Judge.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
        if judge.team_id != stage.opening.team_id or judge.retired_at is not None:
            raise UserMistake(_("This judge cannot be chosen"), remedy=_("Reload the page and choose again"))
        if not judge.is_of_this_version:
            raise UserMistake(
                _("%(name)s is of an earlier version of Assay") % {"name": judge.name},
                remedy=_("Make it anew under Judges, and choose the new one"),
            )


def _note(judge: Judge, user: User, action: Action, **data: str) -> None:
    note(judge.team, actor(user), action, f"judge:{judge.public_id}", **data)
