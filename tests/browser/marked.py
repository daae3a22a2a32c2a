"""An installation in which every text that somebody must not see carries a word that stands nowhere else.

    python -m tests.browser.marked

makes it in ASSAY_HOME, and prints as one line of JSON the links of Mara and of Reti, whose time runs out at
once, the cookie of a browser in which the owner is signed in, and the marking words by who may meet them.
"""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import tests.installation  # noqa: F401  (before everything that needs settings)

EXERCISE = "annotator-find-errors"
SECONDS_OF_RETI = 3


@dataclass(slots=True)
class Marks:
    """Words that stand nowhere else, each with what it marks.

    Attributes:
        arrives: what every candidate is shown.
        told_to_the_ai: what the assistant may know, and no browser.
        explained: what a released report may hold of the rubric: what is asked, and a level's words.
        never: what no candidate sees at any time.
    """

    arrives: dict[str, str] = field(default_factory=dict)
    told_to_the_ai: dict[str, str] = field(default_factory=dict)
    explained: dict[str, str] = field(default_factory=dict)
    never: dict[str, str] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=lambda: count(100))

    def new(self, kind: dict[str, str], what: str) -> str:
        """A fresh word for this."""
        word = f"qz{next(self.numbers)}vex"
        kind[word] = what
        return word

    def on(self, kind: dict[str, str], what: str, text: str) -> str:
        """The text with a fresh word after it."""
        return f"{text} {self.new(kind, what)}"

    def told(self) -> dict[str, dict[str, str]]:
        """All of them, for a process that reads them as JSON."""
        return {name: getattr(self, name) for name in ("arrives", "told_to_the_ai", "explained", "never")}


def marked_exercise(marks: Marks) -> dict[str, Any]:
    """The shipped exercise about finding errors, with a word in each of its texts."""
    from assay.authoring.load import load_exercise
    from assay.library.exercises import exercise_folder

    parts = load_exercise(exercise_folder(EXERCISE)).model_dump(mode="json")
    shown, hidden = marks.arrives, marks.never
    for name in ("title", "goal", "scenario"):
        parts[name] = marks.on(shown, name, parts[name])
    for material in parts["materials"]:
        material["text"] = marks.on(shown, f"material {material['id']}", material["text"])
    parts["deliverable"]["asks"] = marks.on(shown, "what is asked", parts["deliverable"]["asks"])
    parts["deliverable"]["starts_with"] += marks.new(shown, "what the editor starts with")
    notes = parts["conversation"]["assistant_notes"]
    parts["conversation"]["assistant_notes"] = marks.on(marks.told_to_the_ai, "assistant's notes", notes)
    _mark_rubric(parts["rubric"], marks)
    parts["ledger"] = {**_marked(parts["ledger"], "ledger", marks), "exercise": parts["exercise"]}
    for error in parts["ledger"]["errors"]:
        # The wrong span stands word for word in the sentence that carries it.
        error["woven_in"] = f"{error['woven_in']} {error['wrong']}"
    parts["ledger"]["clean_claims"] = [marks.on(hidden, "clean claim", "All twenty were read.")]
    return parts


def _mark_rubric(rubric: dict[str, Any], marks: Marks) -> None:
    rubric["rubric"] = marks.new(marks.never, "the rubric's id")
    for name, criterion in rubric["criteria"].items():
        criterion["title"] = marks.on(marks.arrives, f"title of {name}", criterion["title"] or name)
        criterion["asks"] = marks.on(marks.explained, f"asks of {name}", criterion["asks"])
        criterion["unscored_when"] = marks.on(marks.never, f"unscored when of {name}", "Never.")
        for level, anchor in criterion["levels"].items():
            anchor["words"] = marks.on(marks.explained, f"level {level} of {name}", anchor["words"])
            anchor["example"] = marks.on(marks.never, f"example {level} of {name}", anchor["example"] or "")
    for rule in rubric["rules"]:
        rule["says"] = marks.on(marks.arrives, f"rule {rule['id']} in words", rule["says"])
        if rule.get("phrases"):
            rule["phrases"] = [*rule["phrases"], marks.new(marks.never, f"phrase of rule {rule['id']}")]


FREE_TEXT = {"about", "wrong", "woven_in", "truth", "all_of", "any_of", "present", "absent"}


def _marked(value: Any, where: str, marks: Marks) -> Any:
    """The value with a word in every text of the ledger that somebody wrote freely."""
    if isinstance(value, dict):
        return {
            key: _marked(inner, f"{where}.{key}", marks)
            if key in FREE_TEXT or isinstance(inner, dict | list)
            else inner
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_marked(inner, where, marks) for inner in value]
    return marks.on(marks.never, where, value) if isinstance(value, str) else value


def make() -> dict[str, Any]:
    """The whole installation in the database."""
    from tests.people import invited, make_cast

    from assay_web.session.links import new_link

    marks = Marks()
    cast = make_cast(EXERCISE)
    version = _version(cast.team, marked_exercise(marks))
    cast.stage.active = version
    cast.stage.save()
    mara, noor, reti = cast.mara, cast.noor, invited(cast.stage, "Reti Costa")
    for who, kind in ((mara, marks.arrives), (reti, marks.arrives), (noor, marks.never)):
        who.exercise_version = version
        who.save()
        who.candidate.name = marks.on(kind, f"name of {who.candidate}", who.candidate.name)
        who.candidate.save()
    noor.candidate.email = f"{marks.new(marks.never, 'address of Noor')}@example.org"
    noor.candidate.save()
    _mark_people(cast, marks)
    short = {**version.content, "limits": {**version.content["limits"], **_at_once()}}
    reti.exercise_version = _version(cast.team, short)
    reti.save()
    _let_noor_work(noor, cast, marks)
    return {
        "mara": new_link(mara),
        "reti": new_link(reti),
        "owner": _signed_in(cast.owner),
        "marks": marks.told(),
    }


def _at_once() -> dict[str, Any]:
    return {"minutes": SECONDS_OF_RETI / 60, "grace_seconds": 0, "retake_on_timeout": True}


def _version(team: Any, parts: dict[str, Any]) -> Any:
    from assay.authoring.exercise import Exercise
    from assay_web.authoring.models import ExerciseVersion
    from assay_web.clock import now

    exercise = Exercise.model_validate_json(json.dumps(parts))
    content = exercise.model_dump(mode="json")
    return ExerciseVersion.objects.create(
        team=team, version=exercise.version, title=exercise.title, content=content, created_at=now()
    )


def _mark_people(cast: Any, marks: Marks) -> None:
    """Mark the team's own people, and another team with its opening."""
    from assay_web.accounts.models import User
    from assay_web.openings.models import Opening

    for user in User.objects.all():
        user.name = marks.on(marks.never, f"name of {user}", "Somebody")
        user.save()
    cast.team.name = marks.on(marks.arrives, "the team's name", cast.team.name)
    cast.team.save()
    other = cast.stranger.teams.get()
    other.name = marks.on(marks.never, "name of another team", other.name)
    other.save()
    opening = marks.on(marks.never, "opening of another team", "Another job")
    Opening.objects.create(team=other, title=opening, created_by=cast.stranger)
    further = marks.on(marks.never, "another opening of the team", "A further job")
    Opening.objects.create(team=cast.team, title=further, created_by=cast.owner)


def _let_noor_work(noor: Any, cast: Any, marks: Marks) -> None:
    """Another candidate of the stage, who has done all that a candidate can."""
    from tests.bots import Wall

    from assay_web.clock import following
    from assay_web.scoring import releases
    from assay_web.scoring.services import settle_score
    from assay_web.session import services
    from assay_web.session.drive import drive
    from assay_web.session.models import WarmUpTurn
    from assay_web.session.start import start_session

    def word(what: str) -> str:
        return marks.on(marks.never, f"Noor's {what}", f"The {what} of another candidate")

    services.ask_for_accommodation(noor, "more_time", word("request"))
    WarmUpTurn.objects.create(invitation=noor, position=0, role="user", text=word("warm-up"))
    wall = Wall()
    with following(wall):
        row = start_session(noor)
        drive(row.pk, lambda session: _converse(session, wall, word))
    row.refresh_from_db()
    services.give_feedback(row, 4, word("feedback"))
    score = settle_score(row.pk, row.exercise_version_id, "ended")
    releases.release(score, cast.owner)
    criterion = score.levels.values_list("criterion", flat=True)[0]
    made = releases.contest(row, criterion, word("contest"))
    releases.answer_contest(made, cast.owner, word("answer to the contest"))


def _converse(session: Any, wall: Any, word: Any) -> None:
    for number in range(2):
        wall.wait(seconds=30)
        session.send(word("message"), f"m{number}")
        session.begin_reply()
        wall.wait(seconds=5)
        session.finish_reply(word("reply"))
    session.save_deliverable(word("deliverable"))
    session.submit()


def _signed_in(user: Any) -> str:
    from django.test import Client

    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["sessionid"].value


def main() -> None:
    """Make it, and say what is in it."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(make()), flush=True)


if __name__ == "__main__":
    main()
