"""Drafting with the configured model: each part shows as it is made, and closing the page stops nothing.

A run is a task of this process. It keeps each part the moment it is written; who looks on is told, and who
leaves misses nothing but the telling. When the process dies, what was written stands, and the rest is drafted
again on request.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from assay.drafting.commission import Commission
from assay.drafting.draft import draft_criterion, draft_exercise, draft_part, draft_rubric
from assay.errors import AssayError, UserMistake
from assay.models.gateway import Gateway, open_gateway
from assay.models.replies import Call
from assay_web.accounts.models import Team, User
from assay_web.authoring import services
from assay_web.authoring.models import Draft
from assay_web.authoring.parts import CRITERION, identifier
from assay_web.authoring.settings import Parts, with_settings
from assay_web.database import in_database
from assay_web.jobs.models import ModelCall
from assay_web.jobs.spend import SharedBudget
from assay_web.openings.models import Stage
from assay_web.openings.refusal import in_words
from assay_web.streaming import Happening

DRAFTED_PARTS = ("about", "goal", "scenario", "deliverable", "rubric")
"""The parts that a model can draft, as the page names them."""

EVERYTHING = "everything"
_LIBRARY_NAME = {"about": "title"}
_PAGE_NAME = {"title": "about"}
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Run:
    """A draft under way. `written` names the parts so far, in the order in which they were made."""

    stage_id: int
    written: list[tuple[str, Parts]] = field(default_factory=list)
    problem: str = ""
    over: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None

    def tell(self) -> None:
        """Wake whoever looks on."""
        self.news.set()
        self.news = asyncio.Event()

    async def follow(self) -> AsyncIterator[tuple[str, Parts]]:
        """What is written, from the beginning, until the run is over."""
        told = 0
        while True:
            news = self.news
            while told < len(self.written):
                told += 1
                yield self.written[told - 1]
            if self.over:
                return
            await news.wait()


_runs: dict[int, Run] = {}


def is_drafting(stage_id: int) -> bool:
    """Whether this process is drafting for the stage."""
    return stage_id in _runs


def check_can_draft(stage: Stage, part: str) -> None:
    """Refuse to begin what cannot go well.

    Raises:
        UserMistake: no model is large enough, there is nothing to draft from, or no such part.
    """
    if settings.CONFIGURATION.drafting_model.startswith("embedded"):
        raise UserMistake(
            _("The embedded model is too small to draft well"),
            remedy=_("Set ASSAY_DRAFTING_MODEL to a larger model, or begin with a shipped exercise"),
        )
    if not stage.task_background.strip():
        raise UserMistake(
            _("The stage has no task background, so there is nothing to draft from"),
            remedy=_("Write it in the stage's settings"),
        )
    if part not in (EVERYTHING, *DRAFTED_PARTS) and not part.startswith(CRITERION):
        raise UserMistake(_("This part is not drafted by a model"), remedy=_("Write it yourself"))


def under_way(stage_id: int) -> Run:
    """The run of the stage, or one that is over where there is none."""
    return _runs.get(stage_id) or Run(stage_id, over=True)


def start(stage: Stage, user: User, part: str) -> Run:
    """Draft everything or one part; while a run is under way, that one goes on."""
    running = _runs.get(stage.pk)
    if running is not None:
        return running
    run = Run(stage.pk)
    _runs[stage.pk] = run
    run.task = asyncio.get_running_loop().create_task(_draft(run, stage, user, part))
    return run


async def happenings(run: Run) -> AsyncGenerator[Happening, None]:
    """A run as events: `part` for each part, `failed` with the reason, `over`."""
    async for name, parts in run.follow():
        yield "part", {"part": name, "shown": shown(name, parts)}
    if run.problem:
        yield "failed", {"problem": run.problem}
    yield "over", {}


def shown(name: str, parts: Parts) -> list[list[str]]:
    """A part as label and text pairs, for whoever looks on while it is made."""
    if name.startswith(CRITERION):
        criterion = parts["rubric"]["criteria"][name.removeprefix(CRITERION)]
        levels = sorted((criterion.get("levels") or {}).items(), reverse=True)
        return [[level, anchor["words"]] for level, anchor in levels]
    match name:
        case "about":
            return [["", parts["title"]], ["", parts["summary"]]]
        case "deliverable":
            return [["", parts["deliverable"]["asks"]]]
        case "rubric":
            criteria = parts["rubric"]["criteria"]
            return [[f"{one['weight']:g}", f"{one['title']}: {one['asks']}"] for one in criteria.values()]
        case _:
            return [["", str(parts[name])]]


async def _draft(run: Run, stage: Stage, user: User, part: str) -> None:
    calls: list[Call] = []
    try:
        model = settings.CONFIGURATION.drafting_model
        async with open_gateway(model, budget=SharedBudget(), record=calls.append) as gateway:
            await _write(run, stage, user, part, gateway)
    except AssayError as error:
        run.problem = in_words(error)
    except Exception:
        _log.exception("a draft broke off")
        run.problem = _("Assay could not go on with the draft. What was written is kept.")
    finally:
        try:
            await in_database(_keep_notes, stage.opening.team, calls)
        except Exception:
            _log.exception("the notes of calls could not be kept")
        # Gone from the list first, so that whoever is told of the end finds the page without it.
        _runs.pop(run.stage_id, None)
        run.over = True
        run.tell()


async def _write(run: Run, stage: Stage, user: User, part: str, gateway: Gateway) -> None:
    so_far = await in_database(_parts_of, stage, part)
    commission = _commission(stage, so_far)
    begun = part != EVERYTHING
    async with aclosing(_made(gateway, commission, part, so_far)) as made:
        async for name, parts in made:
            page_name = _PAGE_NAME.get(name, name)
            if not begun:
                await in_database(_begin, stage, user, parts)
                begun = True
            else:
                await in_database(_keep, stage, page_name, parts)
            run.written.append((page_name, parts))
            run.tell()


async def _made(
    gateway: Gateway, commission: Commission, part: str, so_far: Parts
) -> AsyncGenerator[tuple[str, Parts], None]:
    if part == EVERYTHING:
        async with aclosing(draft_exercise(gateway, commission, so_far)) as everything:
            async for made in everything:
                yield made
    elif part == "rubric":
        async with aclosing(draft_rubric(gateway, commission, so_far)) as rubric:
            async for made in rubric:
                yield made
    elif part.startswith(CRITERION):
        yield part, await draft_criterion(gateway, commission, part.removeprefix(CRITERION), so_far)
    else:
        name = _LIBRARY_NAME.get(part, part)
        yield name, await draft_part(gateway, commission, name, so_far)


def _commission(stage: Stage, so_far: Parts) -> Commission:
    return Commission.model_validate(
        {
            "task_background": stage.task_background,
            "job_description": stage.opening.job_description,
            "style": stage.style,
            "language": so_far.get("language") or "en",
            "minutes": stage.minutes,
            "rounds": stage.rounds,
            "invents_missing_details": stage.invents_missing_details,
            "materials": tuple(str(one.get("title", "")) for one in so_far.get("materials") or ()),
        }
    )


def _parts_of(stage: Stage, part: str) -> Parts:
    """What the model is shown as written already; of a whole new draft only what it does not write."""
    draft = Draft.objects.filter(stage=stage).first()
    parts: Parts = draft.parts if draft is not None else {}
    if part != EVERYTHING:
        return parts
    return {name: parts[name] for name in ("exercise", "language", "field", "materials") if name in parts}


def _begin(stage: Stage, user: User, parts: Parts) -> None:
    name = identifier(str(parts.get("title", "")), set(), "exercise")
    whole = {"exercise": name, "language": "en", "field": "general", **parts}
    services.begin(
        stage,
        user,
        with_settings(whole, stage),
        origin=f"model {settings.CONFIGURATION.drafting_model}"[:200],
    )


_KEYS = {"about": ("title", "summary"), "deliverable": ("deliverable",), "rubric": ("rubric",)}


def _keep(stage: Stage, part: str, made: Parts) -> None:
    """Keep one part; what the author changed in others meanwhile stays as they left it."""

    def change(parts: Parts) -> Parts:
        if part.startswith(CRITERION):
            return _with_levels(parts, part.removeprefix(CRITERION), made)
        return {**parts, **{key: made[key] for key in _KEYS.get(part, (part,))}}

    services.change_parts(stage, change)


def _with_levels(parts: Parts, name: str, made: Parts) -> Parts:
    rubric: dict[str, Any] = parts.get("rubric") or {}
    criteria = dict(rubric.get("criteria") or {})
    if name not in criteria:
        return parts
    drafted = made["rubric"]["criteria"][name]
    criteria[name] = {
        **criteria[name],
        "levels": drafted["levels"],
        "unscored_when": drafted["unscored_when"],
    }
    return {**parts, "rubric": {**rubric, "criteria": criteria}}


def _keep_notes(team: Team, calls: list[Call]) -> None:
    ModelCall.objects.bulk_create(ModelCall.of(call, team_id=team.pk) for call in calls)
