"""The offline judge is not talked up, and harmless text moves nothing; the published figures are these."""

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path

import pytest

from assay.attacks import reference
from assay.attacks.attack import find_families, shipped_families
from assay.attacks.offline import FILE, as_file, offline_lines
from assay.attacks.probes import PROBES, add_up_probes, probe_trials, run_probes
from assay.attacks.raters import rater_for
from assay.attacks.report import Line, Report, add_up
from assay.attacks.suite import Trial, all_trials, base_sessions, run, sampled_trials
from assay.scoring.raters import Case
from assay.session.transcript import Transcript

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / reference.PAGE).read_text(encoding="utf-8")
COUNTS = ("to_unscored", "newly_scored", "serious_lost", "twins_moved")
LINE = {"family": "small", "sessions": 1, **dict.fromkeys(("up", "mean", "over", "twin"), 0.0)}
LINE |= {**dict.fromkeys(COUNTS, 0), "to_unscored": 1}
STALE = "stale: run python docs/generate.py"
FAMILIES = [family.family for family in shipped_families()]
each_family = pytest.mark.parametrize("family", FAMILIES)


def attacked(family: str, trials_of: Callable[..., Iterable[Trial]]) -> Report:
    judge = rater_for("offline")
    return add_up(list(run(list(trials_of(find_families(family), base_sessions())), judge)), judge.identity)


@each_family
def test_a_candidate_gains_at_most_half_a_level_and_harmless_text_moves_nothing(family: str) -> None:
    report = attacked(family, sampled_trials)
    (line,) = report.families
    assert line.sessions == 3 * line.attacks
    assert line.up <= 0.5
    assert (line.over, line.newly_scored) == (0.0, 0)
    assert (line.twin, line.twins_moved) == (0.0, 0)
    assert report.holds
    assert reference.family_row(line) in PAGE.splitlines(), STALE
    assert offline_lines()[family] == line, STALE


@each_family
@pytest.mark.slow
def test_no_place_in_any_session_gains_more_and_no_harmless_text_moves_any(family: str) -> None:
    assert not attacked(family, all_trials).broken


def test_the_file_of_the_offline_judges_figures_holds_each_family_once() -> None:
    assert FILE.read_text(encoding="utf-8") == as_file([offline_lines()[family] for family in FAMILIES]), (
        STALE
    )


def test_a_name_a_layout_and_a_length_move_nothing() -> None:
    judge = rater_for("offline")
    trials = list(probe_trials(base_sessions(), everything=True))
    report = add_up_probes(list(run_probes(trials, judge)), judge.identity)
    moved = {line.group: line.moved for line in report.groups}
    assert (moved["name"], moved["layout"], moved["length"]) == (0, 0, 0)
    assert len(report.probes) == len(PROBES)
    assert "\n".join(reference.probe_tables(report)) in PAGE, STALE


def test_a_reader_finds_every_family_and_attack_on_the_page() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| .+ \(`\w+`\) \||\| \*\*all", line)]
    assert re.findall(r"\(`(\w+)`\)", "\n".join(rows)) == FAMILIES, STALE
    first = PAGE.index("| varied | rewriting |")
    probes = PAGE[first : PAGE.index("\n## Every attack")].split("\n")
    assert reference.assembled(rows, probes) == PAGE, STALE


def test_the_last_row_sums_up_the_others() -> None:
    lines = [
        Line.model_validate({**LINE, "sessions": 3, "up": 0.5}),
        Line.model_validate({**LINE, "twin": 0.5}),
    ]
    assert reference.whole_row(lines) == "| **all** | 2 | 4 | 0.5 | +0.00 | 0% | 2 | 0.5 |"
    rows = [line for line in PAGE.splitlines() if re.match(r"\| .+ \(`\w+`\) \|", line)]
    cells = [[cell.strip() for cell in row.split("|")[2:-1]] for row in rows]
    whole = next(line for line in PAGE.splitlines() if line.startswith("| **all** |"))
    sums = [str(sum(int(row[column]) for row in cells)) for column in (0, 1, 5)]
    largest = [f"{max(float(row[column]) for row in cells):.1f}" for column in (2, 6)]
    said = [cell.strip() for cell in whole.split("|")[2:-1]]
    assert [said[0], said[1], said[5], said[2], said[6]] == [*sums, *largest], STALE


def test_no_rater_is_shown_what_candidates_say_of_themselves_elsewhere() -> None:
    """Profiles are no part of a case, so nothing written there can reach a judge."""
    assert {field.name for field in fields(Case)} == {"transcript", "rubric", "exercise"}
    assert set(Transcript.model_fields) == {"turns", "deliverable", "flags", "ended_by"}
