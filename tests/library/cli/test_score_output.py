"""What `assay score` prints is what the reference says it prints."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from assay.authoring.rubric import Rubric
from assay.cli.score_progress import Progress, count_sessions
from assay.cli.score_summary import FEW, Summary
from assay.cli.score_work import Outcome
from assay.reports.json_lines import FORMAT, reference_tables, refused_line, schema, score_line
from assay.scoring.inputs import InputSession, Refusal
from assay.scoring.pipeline import Scored
from assay.scoring.raters import Case
from assay.scoring.ratings import Evidence, Quote, RaterIdentity, Rating, RuleOutcome
from assay.scoring.score import Cap, CriterionScore, Interval, Overall, Score
from assay.session.transcript import Transcript

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
RUBRIC = Rubric.model_validate({"criteria": {"plan": {"asks": "?", "levels": {0: "none", 4: "all"}}}})


def test_the_published_schema_is_the_one_that_is_written() -> None:
    published = (REFERENCE / "schemas" / "score-line.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == schema(), (
        "write it again: python -m assay.reports.json_lines > docs/reference/schemas/score-line.schema.json"
    )


def test_the_reference_page_describes_every_key() -> None:
    page = (REFERENCE / "score-output.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- keys -->\n(.*)\n<!-- end of keys -->", page, re.DOTALL)
    assert found
    assert found.group(1).strip() == reference_tables().strip(), (
        "replace what stands between the comments by: python -m assay.reports.json_lines --reference"
    )


def test_the_schema_lets_keys_of_later_versions_pass() -> None:
    assert '"additionalProperties": false' not in json.dumps(schema())


def rated() -> Scored:
    person = RaterIdentity(kind="person", name="Ines")
    message = Evidence(turn=0, start=0, end=5, quote="First", sign="plan-stated")
    handed_in = Evidence(turn=None, start=2, end=4, quote="ok", repaired=True)
    rating = Rating(
        rater=person,
        criterion="plan",
        level=3,
        unscored=None,
        evidence=(message,),
        dropped=(Quote(turn=1, text="x"),),
    )
    criterion = CriterionScore(
        criterion="plan", title="Plan", weight=2, level=3, unscored=None, evidence=(message, handed_in),
        interval=Interval(low=2, high=4, source="measured"), reasons=("Because.",),
    )  # fmt: skip
    score = Score(
        scale=RUBRIC.scale,
        overall=Overall(value=2.5, before_caps=3, caps=(Cap(rule="r", says="No.", ceiling=2.5),)),
        criteria=(criterion,),
        rules=(RuleOutcome(rule="r", says="No.", held=False, detail="found", evidence=(handed_in,)),),
        narrative=("Overall 2.5.",),
    )
    return Scored((rating,), score)


def test_a_line_holds_all_that_a_program_needs() -> None:
    session = InputSession("mara", "chats.jsonl", 3, 10)
    text = score_line(session, Case(Transcript(), RUBRIC), rated(), RUBRIC.content_hash(), "")
    assert "\n" not in text
    line = json.loads(text)
    assert (line["format"], line["id"], line["file"], line["line"]) == (FORMAT, "mara", "chats.jsonl", 3)
    assert line["overall"] == {
        "value": 2.5, "max": 4.0, "low": None, "high": None, "interval_source": None, "before_caps": 3.0,
        "caps": [{"rule": "r", "says": "No.", "ceiling": 2.5}],
    }  # fmt: skip
    plan = line["criteria"]["plan"]
    assert (plan["level"], plan["low"], plan["high"], plan["interval_source"]) == (3, 2, 4, "measured")
    assert [(quote["turn"], quote["quote"]) for quote in plan["evidence"]] == [(0, "First")]
    assert [quote["quote"] for quote in plan["deliverable_evidence"]] == ["ok"]
    assert plan["ratings"] == [{"rater": 0, "level": 3.0, "unscored": None, "dropped_quotes": 1}]
    assert line["raters"][0]["name"] == "Ines"
    assert line["rules"][0]["deliverable_evidence"][0]["quote"] == "ok"
    assert line["rubric"] == RUBRIC.content_hash()
    assert line["exercise"] is None


def test_a_refused_line_says_where_why_and_what_to_do() -> None:
    line = json.loads(refused_line(Refusal(None, "chats.jsonl", 3, "This is not JSON", "Mend it", 10)))
    assert line == {
        "id": None,
        "file": "chats.jsonl",
        "line": 3,
        "error": "This is not JSON",
        "remedy": "Mend it",
    }


def outcome(number: int, overall: float | None, level: float | None = 1) -> Outcome:
    return Outcome(
        id=f"s-{number}", overall=overall, low=0, high=3, scale_max=4, notes=(), levels={"plan": level},
        unscored=None if overall is not None else "too little", titles={"plan": "Plan"}, reasons={},
        capped=False,
    )  # fmt: skip


def shown(summary: Summary) -> str:
    console = Console(file=io.StringIO(), width=100)
    summary.show(console)
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())


def test_many_sessions_are_shown_by_how_they_spread_and_not_by_an_average() -> None:
    summary = Summary()
    for number in range(101):
        summary.add(outcome(number, number / 25, level=number % 4))
    summary.add(outcome(101, None, level=None))
    text = shown(summary)
    assert (
        "the median is 2.0, half of the sessions lie between 1.0 and 3.0, all of them between 0.0 and 4.0"
        in text
    )
    assert "Without an overall score: 1, because too little." in text
    assert "102 sessions: 101 scored, 1 without an overall score." in text


def test_up_to_a_few_sessions_get_a_row_each() -> None:
    summary = Summary()
    for number in range(FEW):
        summary.add(outcome(number, 2))
    assert f"s-{FEW - 1}" in shown(summary)
    summary.add(outcome(FEW, 2))
    assert "s-0" not in shown(summary)


def test_no_criterion_is_squeezed_out_of_a_narrow_terminal() -> None:
    summary = Summary()
    titles = {f"c{number}": f"Criterion number {number}" for number in range(6)}
    levels: dict[str, float | None] = dict.fromkeys(titles, 3.5)
    one = outcome(0, 2)
    for number in range(2):
        summary.add(replace(one, id="a-long-session-id" * 3 + str(number), titles=titles, levels=levels))
    console = Console(file=io.StringIO(), width=60)
    summary.show(console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert text.count("3.5") == 2 * len(titles)
    assert all(title in " ".join(text.split()) for title in titles.values())


def test_a_run_in_which_every_session_was_refused_shows_no_table() -> None:
    summary = Summary()
    summary.add(Refusal(None, "x", 1, "wrong", "mend"))
    assert shown(summary) == ""
    assert summary.counted() == "1 session: 0 scored, 1 refused"


def test_progress_is_shown_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    path = tmp_path / "chats.jsonl"
    path.write_text("[]\n" * 40, encoding="utf-8")
    for terminal in (True, False):
        console = Console(file=io.StringIO(), force_terminal=terminal, width=80)
        with Progress(console, [str(path)]) as progress:
            for _ in range(40):
                progress.advance(None)
        assert isinstance(console.file, io.StringIO)
        assert ("Scoring" in console.file.getvalue()) is terminal


@pytest.mark.parametrize(("files", "count"), [(["a.jsonl", "b.json"], 4), (["a.jsonl", "-"], None)])
def test_the_number_of_sessions_is_known_beforehand_where_it_can_be(
    files: list[str], count: int | None, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text("[]\n[]\n[]\n", encoding="utf-8")
    (tmp_path / "b.json").write_text("[\n]\n", encoding="utf-8")
    assert count_sessions([file if file == "-" else str(tmp_path / file) for file in files]) == count
