"""Many finished sessions, written straight into the tables.

They have everything that lists, counts, filters and drawings read, and a kilobyte of filling where a real
session keeps its state and its record. A batch is made row by row; the batches after it are copies of it with
keys of their own, which the database makes by itself.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import product
from random import Random

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Field, Max, Model

from assay_web.accounts.models import Team, User
from assay_web.accounts.roles import Role
from assay_web.audit.log import note
from assay_web.audit.models import Action, AuditChain, AuditEvent
from assay_web.authoring.models import ExerciseVersion
from assay_web.clock import now
from assay_web.identifiers import new_id
from assay_web.jobs.models import ModelCall, ScoringJob, Spend
from assay_web.openings.models import AccommodationRequest, Candidate, Device, Invitation, Link, Stage
from assay_web.review.models import PersonRating
from assay_web.scoring.models import Contest, CriterionLevel, Release, SessionScore
from assay_web.session.models import CandidateSession

Versions = tuple[ExerciseVersion, ExerciseVersion]

FILLING = "." * 1_000
WEEKS = 26
"""A batch is spread evenly over this many weeks, up to now."""
CALLS = 6
BATCH = 2_000
WORKED = timedelta(minutes=25)

_FIRST = (
    *("Ada", "Bao", "Carlos", "Dilan", "Elif", "Femi", "Grete", "Hana", "Idris", "Jonas", "Kavya", "Liv"),
    *("Marek", "Nadia", "Osman", "Paula", "Quentin", "Rosa", "Samir", "Tuva", "Ulrik", "Vera", "Wanja"),
    *("Xenia", "Yara", "Zoltan", "Åsa", "Émile", "Örjan", "Şule"),
)
_LAST = (
    *("Abbasi", "Brandt", "Castro", "Duarte", "Eriksen", "Fofanah", "Grünwald", "Hadžić", "Ivanova"),
    *("Jansson", "Kowalski", "Laurent", "Mbeki", "Nakamura", "O'Brien", "Petrov", "Quist", "Rossi"),
    *("Søndergaard", "Tanaka", "Usman", "Vogel", "Wójcik", "Xu", "Yilmaz", "Zheng"),
)
_TABLES: tuple[type[Model], ...] = (
    *(Candidate, Invitation, Link, Device, AccommodationRequest, CandidateSession, Spend, ScoringJob),
    *(SessionScore, CriterionLevel, Release, Contest, PersonRating, ModelCall, AuditEvent),
)
"""What a batch is made of, each after what it refers to."""


def add_candidates(stage: Stage, versions: Versions, number: int) -> None:
    """This many finished sessions on a stage, one in ten of them on the second version.

    For every hundred there are four more who were invited and never came, and one who is at work.
    """
    batches, rest = divmod(number, BATCH)
    if batches:
        before = _ends()
        _batch(stage, versions, BATCH)
        _copy(before, batches - 1)
        _tell_the_chain(stage.opening.team)
    if rest:
        _batch(stage, versions, rest)


def _ends() -> dict[type[Model], int]:
    return {table: table._default_manager.aggregate(last=Max("pk"))["last"] or 0 for table in _TABLES}


def _copy(before: dict[type[Model], int], times: int) -> None:
    """Copy everything that came after `before` this often, in the database."""
    after = _ends()
    sizes = {table: after[table] - before[table] for table in _TABLES}
    with connection.cursor() as cursor:
        for time, table in product(range(1, times + 1), _TABLES):
            columns = {
                str(field.column): _copied(field, time, sizes, table) for field in table._meta.concrete_fields
            }
            if table is Candidate:
                columns |= {column: _of_another(column, time, before, sizes) for column in ("name", "sought")}
            name, those = table._meta.db_table, f"id > {before[table]} AND id <= {after[table]}"
            cursor.execute(
                f"INSERT INTO {name} ({', '.join(columns)})"
                f" SELECT {', '.join(columns.values())} FROM {name} WHERE {those}"
            )
        for statement in connection.ops.sequence_reset_sql(no_style(), list(_TABLES)):
            cursor.execute(statement)


def _copied(
    field: "Field[object, object]", time: int, sizes: dict[type[Model], int], table: type[Model]
) -> str:
    """A column of a copy: keys go on counting, and what must be unique is told apart by the copy's number."""
    column, referred = str(field.column), table if field.primary_key else field.related_model
    if isinstance(referred, type) and referred in sizes:
        return f"{column} + {time * sizes[referred]}"
    if column == "seq":
        return f"{column} + {time * sizes[table]}"
    if column == "email":
        return f"'{time}.' || {column}"
    return f"{column} || '-{time}'" if column in ("public_id", "subject") or field.unique else column


def _of_another(column: str, time: int, before: dict[type[Model], int], sizes: dict[type[Model], int]) -> str:
    """What another of the batch is called, in each copy someone else: names do not go along with standing."""
    table, first = Candidate._meta.db_table, before[Candidate] + 1
    place = f"({table}.id - {first} + {time * 37}) % {sizes[Candidate]}"
    return f"(SELECT other.{column} FROM {table} AS other WHERE other.id = {first} + {place})"


def _tell_the_chain(team: Team) -> None:
    events = AuditEvent.objects.filter(chain__team=team)
    AuditChain.objects.filter(team=team).update(length=events.aggregate(last=Max("seq"))["last"] + 1)


def _batch(stage: Stage, versions: Versions, number: int) -> None:
    start, present = Candidate.objects.count(), now()
    moments = [present - timedelta(weeks=WEEKS) * (1 - place / number) for place in range(number)]
    with transaction.atomic():
        _finished(stage, versions, range(start, start + number), moments)
        _absent(stage, versions[0], start + number, number // 25)
        _at_work(stage, versions[0], start + number + number // 25, number // 100)


def _invited(stage: Stage, versions: Iterable[ExerciseVersion], places: Iterable[int]) -> list[Invitation]:
    chance = Random(stage.pk)  # Names do not go along with where those who bear them stand.
    people = Candidate.objects.bulk_create(
        Candidate(
            opening=stage.opening,
            name=f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
            email=f"{new_id()}@example.org",
        )
        for _place in places
    )
    until = now() + timedelta(days=14)
    return Invitation.objects.bulk_create(
        Invitation(candidate=person, stage=stage, exercise_version=version, expires_at=until)
        for person, version in zip(people, versions, strict=False)
    )


def _finished(
    stage: Stage,
    versions: Versions,
    places: range,
    moments: list[datetime],
) -> None:
    chosen = [versions[place % 10 == 9] for place in places]
    invitations = _invited(stage, chosen, places)
    _devices(invitations, moments)
    sessions = CandidateSession.objects.bulk_create(
        _session(stage, invitation, moment, ended=True)
        for invitation, moment in zip(invitations, moments, strict=True)
    )
    waiting = {place for place in places if place % 50 == 0}
    failed = {place for place in places if place % 50 == 1}
    ended = list(zip(places, sessions, strict=True))
    ScoringJob.objects.bulk_create(
        _job(session, _status(place in waiting, place in failed)) for place, session in ended
    )
    _scores([(place, session) for place, session in ended if place not in waiting | failed])
    _calls(stage.opening.team, ended)
    Spend.objects.bulk_create(_spend(place, session) for place, session in ended)
    _audit(stage.opening.team, sessions)


def _devices(invitations: list[Invitation], moments: list[datetime]) -> None:
    Link.objects.bulk_create(
        Link(invitation=row, token_hash=new_id() * 3, created_at=at, expires_at=at, exchanged_at=at)
        for row, at in zip(invitations, moments, strict=True)
    )
    Device.objects.bulk_create(
        Device(invitation=row, key_hash=new_id() * 3, created_at=at)
        for row, at in zip(invitations, moments, strict=True)
    )


def _absent(stage: Stage, version: ExerciseVersion, start: int, number: int) -> None:
    places = range(start, start + number)
    asking = _invited(stage, (version for _ in places), places)[::10]
    AccommodationRequest.objects.bulk_create(
        AccommodationRequest(invitation=row, kind="more_time", asked_at=now()) for row in asking
    )


def _at_work(stage: Stage, version: ExerciseVersion, start: int, number: int) -> None:
    places = range(start, start + number)
    invitations = _invited(stage, (version for _ in places), places)
    CandidateSession.objects.bulk_create(_session(stage, row, now(), ended=False) for row in invitations)


def _session(stage: Stage, invitation: Invitation, moment: datetime, *, ended: bool) -> CandidateSession:
    return CandidateSession(
        team_id=stage.opening.team_id,
        stage=stage,
        invitation=invitation,
        exercise_version_id=invitation.exercise_version_id,
        model="scripted",
        status="ended" if ended else "running",
        ended_by="submitted" if ended else "",
        started_at=moment - WORKED,
        ended_at=moment if ended else None,
        due_at=None if ended else moment + WORKED,
        state={"filling": FILLING},
    )


def _status(waiting: bool, failed: bool) -> ScoringJob.Status:
    if waiting:
        return ScoringJob.Status.QUEUED
    return ScoringJob.Status.FAILED if failed else ScoringJob.Status.DONE


def _job(session: CandidateSession, status: ScoringJob.Status) -> ScoringJob:
    return ScoringJob(
        team_id=session.team_id,
        session=session,
        exercise_version_id=session.exercise_version_id,
        reason="ended",
        status=status,
        attempts=1,
        problem="The model did not answer" if status == "failed" else "",
        created_at=session.started_at + WORKED,
        started_at=session.started_at + WORKED,
        finished_at=None if status == "queued" else session.started_at + WORKED,
    )


def _scores(ended: list[tuple[int, CandidateSession]]) -> None:
    scores = SessionScore.objects.bulk_create(
        SessionScore(
            session=session,
            exercise_version_id=session.exercise_version_id,
            panel="0" * 64,
            made_at=session.started_at + WORKED,
            overall=place % 17 / 4,
            low=place % 17 / 5,
            high=min(4.0, place % 17 / 4 + 0.5),
            scale_max=4,
            verdict="too close to call" if place % 10 == 4 else "above",
            seal="0" * 64,
            record=FILLING.encode(),
        )
        for place, session in ended
    )
    CriterionLevel.objects.bulk_create(
        level
        for (place, session), score in zip(ended, scores, strict=True)
        for level in _levels(place, session, score)
    )
    _people(ended, scores)


def _levels(place: int, session: CandidateSession, score: SessionScore) -> Iterator[CriterionLevel]:
    criteria = session.exercise_version.content["rubric"]["criteria"]
    for position, criterion in enumerate(criteria):
        unscored = place % 9 == position
        yield CriterionLevel(
            score=score,
            session=session,
            stage_id=session.stage_id,
            exercise_version_id=session.exercise_version_id,
            criterion=criterion,
            position=position,
            level=None if unscored else (place * 3 + position) % 9 / 2,
            serious=place % 40 == 3 and position == 0,
        )


def _people(ended: list[tuple[int, CandidateSession]], scores: list[SessionScore]) -> None:
    """What people did with some of the scores: released, contested and answered, rated."""
    both = [(place, session, score) for (place, session), score in zip(ended, scores, strict=True)]
    Release.objects.bulk_create(
        Release(session=session, score=score, released_at=score.made_at)
        for place, session, score in both
        if place % 3 == 2
    )
    Contest.objects.bulk_create(
        Contest(
            session=session,
            score=score,
            criterion="verification",
            words="I did check",
            contested_at=score.made_at,
            answered_at=score.made_at if place % 100 == 55 else None,
        )
        for place, session, score in both
        if place % 50 == 5
    )
    rater = User.objects.filter(memberships__role=Role.REVIEWER).first()
    assert rater is not None, "the cast has a reviewer"
    PersonRating.objects.bulk_create(
        PersonRating(
            session=session,
            exercise_version_id=session.exercise_version_id,
            user=rater,
            saved_at=score.made_at,
        )
        for place, session, score in both
        if place % 20 == 6
    )


def _calls(team: Team, ended: list[tuple[int, CandidateSession]]) -> None:
    ModelCall.objects.bulk_create(
        ModelCall(
            team=team,
            session=session,
            at=session.started_at + WORKED,
            purpose="conversation" if number else "drafting",
            setting="openai:example",
            outcome="failed" if place % 40 == 0 else "complete",
            prompt_tokens=900,
            completion_tokens=120,
            cost=0.001,
            first_token_seconds=0.4,
            seconds=3.2,
            attempts=1,
        )
        for place, session in ended
        for number in range(CALLS)
    )


def _spend(place: int, session: CandidateSession) -> Spend:
    """What counts against the cap of a session; one in a hundred was refused something."""
    refused = place % 100 == 7
    return Spend(
        scope=f"session:{session.pk}",
        session=session,
        tokens=6_000 + place % 1_000,
        nanodollars=6_000_000,
        refused=int(refused),
        refused_at=session.started_at + WORKED if refused else None,
    )


def _audit(team: Team, sessions: list[CandidateSession]) -> None:
    """Three events a session, with filling for hashes: no list reads them."""
    note(team, "system", Action.OPENING_CHANGED, "opening:crowd")
    chain = AuditChain.objects.get(team=team)
    actions = (Action.SESSION_STARTED, Action.SESSION_ENDED, Action.SESSION_SCORED)
    events = [
        AuditEvent(
            chain=chain,
            seq=chain.length + place * len(actions) + number,
            at=session.started_at + WORKED,
            actor="system",
            action=action,
            subject=f"session:{session.public_id}",
            previous="0" * 64,
            hash="0" * 64,
        )
        for place, session in enumerate(sessions)
        for number, action in enumerate(actions)
    ]
    AuditEvent.objects.bulk_create(events)
    AuditChain.objects.filter(pk=chain.pk).update(length=chain.length + len(events))
