"""An author runs `assay baseline`, and a reviewer holds a candidate's record against it."""

import json
import shutil
from pathlib import Path

import pytest
import typer
from tests.bots import Wall, get_answer, says
from tests.library.session.terminal import Desk
from typer.testing import CliRunner, Result

from assay.authoring.load import load_exercise
from assay.cli import baseline, report, score
from assay.errors import UserMistake
from assay.record import build_record, read_record, verify, write_record
from assay.reports.lift import beside_in_words, signed
from assay.scoring.lift import Alone, Beside, Lift
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case
from assay.session.engine import Session
from assay.session.journal import MemoryStore
from assay.session.refusals import MAX_DELIVERABLE

LABELS = "Nails. Screws. Paint. String."
LINE = "Write four labels, at most three words each, one for each shelf of nails, screws, paint and string."


def assay(*arguments: object) -> Result:
    app = typer.Typer()
    for command in (baseline, report, score):
        command.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "100"})


class Author(Desk):
    """Somebody with an exercise, a scripted assistant, and a folder for runs."""

    @property
    def out(self) -> Path:
        return self.folder / "alone"

    def runs(self, *more: object) -> Result:
        model = f"scripted:{self.script}"
        return assay("baseline", self.exercise, "--out", self.out, "--model", model, *more)

    def scored_runs(self, number: int = 3) -> Result:
        """Runs with a line of their own that is long enough to be rated."""
        return self.runs("--runs", number, "--line", LINE)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir())

    def a_candidates_record(self, model_options: str = "") -> Path:
        """The record of a candidate who asked in two rounds, with the same assistant."""
        exercise = load_exercise(self.exercise)
        model = f"scripted:{self.script}?max_tokens=1024{model_options}"
        session = Session.start(exercise, MemoryStore(), Wall(), session="mara", model=model)
        for number, text in enumerate(("First list our stock.", f"{LINE} In capitals, e.g. NAILS.")):
            session.send(text, f"m{number}")
            get_answer(session, says(LABELS))
        session.save_deliverable(LABELS)
        session.submit()
        case = Case(session.transcript, exercise.rubric, exercise)
        record = build_record(
            session_id="mara",
            case=case,
            scored=score_case(case),
            events=session.events,
            made_at="2026-03-02T13:00:00Z",
        )
        write_record(record, self.record)
        return self.record


def words_of(result: Result) -> str:
    """What was printed, whatever its line breaks."""
    return " ".join(result.output.split())


def refusal(result: Result) -> str:
    assert isinstance(result.exception, UserMistake), result.output
    return str(result.exception)


def test_an_author_has_the_assistant_work_alone_three_times(tmp_path: Path) -> None:
    author = Author(tmp_path, [{"text": LABELS}])
    done = author.runs()
    assert done.exit_code == 0, done.exception
    assert author.files() == ["run-01.assay.json", "run-02.assay.json", "run-03.assay.json"]
    run = read_record(author.out / "run-02.assay.json")
    assert [turn.text for turn in run.transcript.turns] == [
        "Write one label for each of the four shelves.",
        LABELS,
    ]
    assert run.transcript.final_deliverable == LABELS
    assert verify((author.out / "run-02.assay.json").read_bytes()).holds
    assert "It is given one line: Write one label for each of the four shelves." in words_of(done)
    assert "Run 3 of 3: 4 words" in words_of(done)


def test_an_author_writes_the_line_themselves(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.runs("--runs", 1, "--line", "labels pls")
    [said, _] = read_record(author.out / "run-01.assay.json").transcript.turns
    assert said.text == "labels pls"


def test_a_run_that_failed_is_told_with_its_reason_and_made_by_the_next_call_alone(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.say({"text": LABELS}, {"text": ""}, {"text": "Four labels."})
    broken = author.runs("--runs", 2)
    assert broken.exit_code == 1
    assert "Run 2 of 2 failed: The model gave an empty reply" in words_of(broken)
    first = (author.out / "run-01.assay.json").read_bytes()
    mended = author.runs("--runs", 2)
    assert mended.exit_code == 0, mended.exception
    assert "Run 1 of 2" not in words_of(mended)
    assert (author.out / "run-01.assay.json").read_bytes() == first
    assert read_record(author.out / "run-02.assay.json").transcript.final_deliverable == "Four labels."


def test_a_folder_of_another_baseline_is_not_gone_on_with(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.runs("--runs", 1)
    refused = author.runs("--runs", 2, "--line", "labels pls")
    assert "which is no run of this exercise, model and line" in refusal(refused)


@pytest.mark.parametrize(
    "name", [".run-02.assay.json.unfinished", ".DS_Store", "run-01.html", "._run-01.assay.json"]
)
def test_a_file_that_is_no_run_stands_in_nobodys_way(tmp_path: Path, name: str) -> None:
    author = Author(tmp_path, [{"text": LABELS}])
    author.scored_runs(1)
    (author.out / name).write_bytes(b"mine")
    more = author.scored_runs(2)
    assert more.exit_code == 0, more.exception
    shown = assay("report", author.a_candidates_record(), "--baseline", author.out)
    assert "the median of 2 scored runs of 2" in words_of(shown)


def test_a_reply_too_long_to_hand_in_costs_its_own_run_only(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.say({"text": "x" * (MAX_DELIVERABLE + 1)}, {"text": LABELS})
    done = author.runs("--runs", 2)
    assert done.exit_code == 1
    assert "Run 1 of 2 failed: The model's reply cannot be handed in" in words_of(done)
    assert author.files() == ["run-02.assay.json"]


@pytest.mark.parametrize("form", ["terminal", "md", "html"])
def test_a_reviewer_sees_what_the_candidate_added(tmp_path: Path, form: str) -> None:
    author = Author(tmp_path, [{"text": LABELS}])
    author.scored_runs()
    record = author.a_candidates_record()
    shown = assay("report", record, "--baseline", author.out, "--format", form)
    assert shown.exit_code == 0, shown.exception
    alone = read_record(author.out / "run-01.assay.json").score.criteria[0].level
    own = read_record(record).score.criteria[0].level
    assert alone is not None
    assert own is not None
    told = words_of(shown).replace("&#x27;", "'")
    assert f"ssistant alone {alone:.1f} · lift {signed(own - alone)} (" in told
    assert "low for it by their nature" in told
    assert f"The line it was given, written by the author: “{LINE}”" in told
    plain = assay("report", record, "--format", form)
    assert "ssistant alone" not in plain.output


def test_the_report_of_a_run_says_that_it_is_nobodys(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.runs("--runs", 1)
    for form in ("terminal", "md", "html"):
        shown = assay("report", author.out / "run-01.assay.json", "--format", form)
        assert "Baseline: the assistant alone, given one line" in words_of(shown)
        told = words_of(shown).replace("&#x27;", "'")
        assert "Nobody worked in this session" in told
        assert "The line it was given, the exercise's goal: “Write one label" in told
        persons = assay("report", author.a_candidates_record(), "--format", form)
        assert "Nobody worked in this session" not in words_of(persons)


def test_the_line_for_programs_says_that_a_session_is_nobodys(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.runs("--runs", 1)
    run, persons = author.out / "run-01.assay.json", author.a_candidates_record()
    [first, second] = [
        json.loads(text) for text in assay("score", run, persons, "--json").output.splitlines()
    ]
    assert first["baseline"] == "exercise"
    assert "baseline" not in second


@pytest.mark.parametrize("form", ["terminal", "md", "html"])
def test_what_the_offline_judge_cannot_tell_comes_before_its_numbers(tmp_path: Path, form: str) -> None:
    author = Author(tmp_path, [{"text": LABELS}])
    made = words_of(author.scored_runs(2))
    warning = "what the one line is worth"
    assert 0 < made.index(warning) < made.index("Run 1 of 2: 4 words, overall")
    record = author.a_candidates_record()
    shown = words_of(assay("report", record, "--baseline", author.out, "--format", form))
    assert 0 < shown.index(warning) < shown.index("· lift")
    run = words_of(assay("report", author.out / "run-01.assay.json", "--format", form))
    assert 0 < run.index(warning) < run.index("Overall")
    assert warning not in words_of(assay("report", record, "--format", form))


def test_a_baseline_that_a_person_rated_too_is_not_called_the_offline_judges(tmp_path: Path) -> None:
    author = Author(tmp_path, [{"text": LABELS}])
    author.scored_runs(1)
    run, record = author.out / "run-01.assay.json", author.a_candidates_record()
    ratings, rated = tmp_path / "ratings.jsonl", tmp_path / "rated"
    lines = [
        {"id": read_record(file).session, "rater": "Ines", "ratings": {"clarity": {"level": level, "quotes": [
            {"turn": turn, "text": "Write four labels"}]}}}
        for file, level, turn in ((run, 1, 0), (record, 3, 2))
    ]  # fmt: skip
    ratings.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    done = assay("score", run, record, "--ratings", ratings, "--out", rated, "--format", "record")
    assert done.exit_code == 0, done.output
    files = {read_record(file).session: file for file in rated.glob("*.assay.json")}
    alone = files.pop(read_record(run).session)
    shown = words_of(assay("report", files.pop("mara"), "--baseline", alone))
    assert "ssistant alone" in shown
    assert "what the one line is worth" not in shown


def test_runs_of_two_lines_are_not_taken_together(tmp_path: Path) -> None:
    author = Author(tmp_path, [{"text": LABELS}])
    author.scored_runs(1)
    both = tmp_path / "both"
    shutil.copytree(author.out, both)
    shutil.rmtree(author.out)
    author.runs("--runs", 1, "--line", "labels pls")
    shutil.copy(author.out / "run-01.assay.json", both / "run-02.assay.json")
    refused = assay("report", author.a_candidates_record(), "--baseline", both)
    assert "not all given the same line" in refusal(refused)


def test_a_session_that_does_not_say_its_assistant_is_compared_with_a_warning(tmp_path: Path) -> None:
    author = Author(tmp_path, [{"text": LABELS}])
    author.scored_runs(2)
    chat, out = tmp_path / "chat.jsonl", tmp_path / "imported"
    messages = [{"role": "user", "content": LINE}, {"role": "assistant", "content": LABELS}]
    chat.write_text(json.dumps({"id": "kim", "messages": messages, "deliverable": LABELS}), encoding="utf-8")
    done = assay("score", chat, "--exercise", author.exercise, "--out", out, "--format", "record")
    assert done.exit_code == 0, done.output
    [record] = out.glob("*.assay.json")
    unknown = "Nothing says which assistant this session was held with"
    assert unknown in words_of(assay("report", record, "--baseline", author.out))
    assert unknown not in words_of(assay("report", author.a_candidates_record(), "--baseline", author.out))


def test_a_number_that_rests_on_few_runs_says_on_how_many() -> None:
    few = Alone(level=1.5, least=1.5, most=1.5, scored=1, unscored=(("nothing to go by", 2),))
    words = beside_in_words(Beside(alone=few, lift=Lift(value=1.3)))
    assert words == "assistant alone 1.5 (1 of 3 runs scored) · lift +1.3 (no range: one scored run)"
    all_of_them = Alone(level=1.5, least=1, most=2, low=1, high=2, scored=3)
    words = beside_in_words(Beside(alone=all_of_them, lift=Lift(value=1.3, low=0.5, high=2)))
    assert words == "assistant alone 1.5 · lift +1.3 (+0.5 to +2.0)"


def test_a_session_without_a_level_gets_no_lift_and_the_reason(tmp_path: Path) -> None:
    author = Author(tmp_path, [{"text": LABELS}], language="de")
    author.runs("--runs", 1)
    shown = assay("report", author.a_candidates_record(), "--baseline", author.out)
    assert "no lift: the session is unscored" in words_of(shown) or "no lift: the assistant" in words_of(
        shown
    )
    assert "lift +" not in words_of(shown)


def test_a_persons_session_is_no_baseline(tmp_path: Path) -> None:
    record = Author(tmp_path).a_candidates_record()
    refused = assay("report", record, "--baseline", record)
    assert "This is a person's session, and no run of a baseline" in refusal(refused)


def test_a_baseline_of_another_version_of_the_exercise_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Author(tmp_path / "other", goal="Write five labels.")
    other.runs("--runs", 1)
    refused = assay("report", Author(tmp_path).a_candidates_record(), "--baseline", other.out)
    assert "not of the same version of an exercise" in refusal(refused)


def test_a_baseline_of_another_assistant_is_refused_and_another_seed_is_not(tmp_path: Path) -> None:
    author = Author(tmp_path, [{"text": LABELS}])
    author.runs("--runs", 1)
    record = author.a_candidates_record("&temperature=0.5")
    refused = assay("report", record, "--baseline", author.out)
    assert "temperature=0.5" in refusal(refused)
    seeded = assay("report", author.a_candidates_record("&seed=7"), "--baseline", author.out)
    assert seeded.exit_code == 0, seeded.exception


def test_a_baseline_that_others_rated_is_refused_by_their_names(tmp_path: Path) -> None:
    author = Author(tmp_path, [{"text": LABELS}])
    author.runs("--runs", 1)
    record = author.a_candidates_record()
    session = read_record(record).session
    ratings = tmp_path / "ratings.jsonl"
    ratings.write_text(
        f'{{"id": "{session}", "rater": "Ines", "ratings": {{"clarity": {{"level": 3, '
        '"quotes": [{"turn": 0, "text": "First list the stock"}]}}}\n',
        encoding="utf-8",
    )
    rated = tmp_path / "rated"
    done = assay("score", record, "--ratings", ratings, "--out", rated, "--format", "record")
    assert done.exit_code == 0, done.output
    [file] = rated.glob("*.assay.json")
    refused = refusal(assay("report", file, "--baseline", author.out))
    assert "not rated by the same raters: Ines rated the session only" in refused


def test_runs_can_be_rated_anew_as_any_record_can(tmp_path: Path) -> None:
    author = Author(tmp_path, [{"text": LABELS}])
    author.scored_runs(2)
    again = tmp_path / "again"
    done = assay("score", *author.out.glob("*.assay.json"), "--out", again, "--format", "record")
    assert done.exit_code == 0, done.output
    shown = assay("report", author.a_candidates_record(), "--baseline", again)
    assert "the median of 2 scored runs of 2" in words_of(shown)
