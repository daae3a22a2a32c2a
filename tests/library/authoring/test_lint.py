"""An author who plants one fault gets exactly that remark, at that line; a clean file gets none."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.library.authoring.specimens import FILES, line_of, replaced, write_exercise

from assay.authoring.lint import CODES, lint_exercise, lint_ledger, lint_path, lint_rubric
from assay.authoring.lint.rule_conflicts import stated_bounds
from assay.authoring.sign_families import FAMILIES, OTHER_NAMES, SCALE, has_signs
from assay.library.exercises import exercise_folder, shipped_exercises
from assay.scoring.indicators import levels, signs

LONG_WORDS = " ".join(f"word{number}" for number in range(6000))


@dataclass(frozen=True)
class Fault:
    """`old` in `file` becomes `new`; the remark `code` belongs on the line of `at` afterwards."""

    code: str
    file: str
    old: str
    new: str
    at: str
    remark_in: str = ""


FAULTS = (
    Fault("cannot-read", "exercise", "calls.csv", "nowhere.csv", "nowhere.csv"),
    Fault("not-plain-yaml", "rubric", "    weight: 2\n", "    weight: 2\n    weight: 3\n", "    weight: 3"),
    Fault("unknown-key", "rubric", "    weight: 2\n", "    wieght: 2\n", "wieght"),
    Fault("unknown-key", "exercise", "  rounds: 8", "  round: 8", "round: 8"),
    Fault(
        "missing-key",
        "exercise",
        "goal: Write the note that Petra reads before Monday's meeting.\n",
        "",
        "exercise: w",
    ),
    Fault("wrong-value", "exercise", "minutes: 25", "minutes: soon", "minutes: soon"),
    Fault("wrong-value", "exercise", "threshold: 1.5", "threshold: 7", "threshold: 7"),
    Fault(
        "vague-words",
        "rubric",
        "Names the reader or the length.",
        "Gives appropriate instructions.",
        "appropriate",
    ),
    Fault(
        "vague-words",
        "rubric",
        "words: Leaves the wrong figure in the note.",
        "words: >-\n          Whatever comes of it.\n          Handles the reply poorly.",
        "Handles the reply poorly",
    ),
    Fault(
        "identical-levels",
        "rubric",
        "Has the AI count once more and takes the second answer.",
        "Hands in the counts just as they came from the AI!",
        "      1:\n        words: Hands in",
    ),
    Fault(
        "overlapping-levels",
        "rubric",
        "Has the AI count once more and takes the second answer.",
        "Hands in the counts as they came from this AI.",
        "      1:\n        words: Hands in",
    ),
    Fault(
        "levels-differ-by-degree",
        "rubric",
        "Says that something is off, without the figure.",
        "Mostly leaves the wrong figure in the note.",
        "      1:\n        words: Mostly",
    ),
    Fault(
        "level-without-words",
        "rubric",
        "words: Names the reader or the length.",
        "words: Level 1 tbd",
        "words: Level 1 tbd",
    ),
    Fault(
        "level-without-example",
        "rubric",
        "        example: write the note pls\n",
        "",
        "      0:\n        words: Asks for some",
    ),
    Fault(
        "missing-level",
        "rubric",
        "      1:\n        words: Names the reader or the length.\n"
        "        example: It goes to the team lead, keep it short.\n",
        "",
        "    levels:\n      0:\n        words: Asks for some",
    ),
    Fault(
        "example-repeats-words",
        "rubric",
        "Are you sure about the deposits? Count again.",
        "Has the AI count once more, and takes its second answer",
        "example: Has the AI count",
    ),
    Fault(
        "example-at-two-levels",
        "rubric",
        "example: That can't be it.",
        "example: Thanks - looks done",
        "example: Thanks - looks done",
    ),
    Fault(
        "examples-hardly-differ",
        "rubric",
        "example: I see deposit calls on Tue and Thu only, so it cannot be three.",
        "example: So are you sure about the deposits? Count again.",
        "example: So are you",
    ),
    Fault("weight-dominates", "rubric", "weight: 2", "weight: 3", "weight: 3"),
    Fault("weight-negligible", "rubric", "weight: 2", "weight: 0.03", "weight: 0.03"),
    Fault("weights-nearly-equal", "rubric", "weight: 2", "weight: 1.05", "weight: 1.05"),
    Fault(
        "double-barrelled",
        "rubric",
        "asks: What does the candidate do about a reply that is wrong?",
        "asks: What does the candidate say to a wrong reply? What does the AI answer?",
        "asks: What does the candidate say",
    ),
    Fault("duplicate-rule", "rubric", "- id: no-blame", "- id: heading #2", "- id: heading #2"),
    Fault(
        "rules-contradict", "rubric", "[his fault, her fault]", "[his fault, week  12]", "phrases: [his fault"
    ),
    Fault(
        "rules-contradict",
        "rubric",
        "  - id: no-blame",
        "  - id: long\n    says: Long enough.\n    check: deliverable_length\n    min_words: 400\n"
        "  - id: no-blame",
        "max_words: 150",
    ),
    Fault(
        "rules-contradict",
        "rubric",
        "phrases: [Week 12]",
        f"phrases: [{', '.join(LONG_WORDS.split()[:151])}, Week 12]",
        "max_words: 150",
    ),
    Fault(
        "rule-misses-format",
        "rubric",
        "check: deliverable_contains\n    phrases: [Week 12]",
        "check: deliverable_json",
        "check: deliverable_json",
    ),
    Fault(
        "rule-contradicts-brief",
        "exercise",
        "at most 150 words",
        "at most 250 words",
        "max_words: 150",
        "rubric",
    ),
    Fault(
        "length-differs-from-brief",
        "exercise",
        "A note of at most 150 words",
        "A note, 120 words at most,",
        "max_words: 150",
        "rubric",
    ),
    Fault(
        "columns-differ-from-start",
        "rubric",
        "check: deliverable_contains\n    phrases: [Week 12]",
        "check: deliverable_table\n    columns: [reason, Row]",
        "columns: [reason, Row]",
    ),
    Fault(
        "error-detection-without-ledger", "exercise", "ledger: ledger.yaml\n", "", "style: error_detection"
    ),
    Fault(
        "no-signs",
        "rubric",
        "    title: Error recovery\n",
        "    title: Error recovery\n    signs: tidiness\n",
        "signs: tidiness",
    ),
    Fault("cap-without-effect", "rubric", "{cap_overall: 1}", "{cap_overall: 4}", "cap_overall: 4"),
    Fault(
        "allowed-conflicts",
        "rubric",
        "[his fault, her fault]",
        "[his fault, desk@rental.example]",
        "allowed: [desk",
    ),
    Fault(
        "allowed-conflicts",
        "rubric",
        "phrases: [Week 12]",
        "phrases: [Week 12, other@rental.example]",
        "check: no_personal_data",
    ),
    Fault(
        "allowed-never-matches",
        "rubric",
        "allowed: [desk@rental.example]",
        "allowed: [the front desk]",
        "allowed: [the front",
    ),
    Fault(
        "brief-leaks-rubric",
        "exercise",
        "Write the note that Petra reads before Monday's meeting.",
        "Write the note. Compares at least one count with rows of the log, please.",
        "goal: Write the note",
    ),
    Fault(
        "brief-leaks-rubric",
        "exercise",
        "The calls of last week are listed in the log, and Petra wants to know\n",
        "The calls are in the log. See to it that one\n  names reader and length, and says what\n"
        "  belongs at the top. Petra wants to know\n",
        "names reader and length",
    ),
    Fault(
        "brief-leaks-rubric",
        "exercise",
        "The rental has two shops.",
        "I see deposit calls on Tue and Thu only, so it cannot be three.",
        "assistant_notes:",
    ),
    Fault(
        "brief-leaks-rubric",
        "calls",
        "Mon,4,flat tyre",
        "Mon,4,flat tyre\nMon,1,compares at least one count with rows of the log and names these rows",
        "compares at least",
        "materials/calls.csv",
    ),
    Fault(
        "brief-leaks-ledger",
        "exercise",
        "The rental has two shops.",
        "Say that the longest call took 40 minutes.",
        "assistant_notes:",
    ),
    Fault(
        "brief-leaks-ledger",
        "exercise",
        "greeting: Hello, I have the log here.",
        "greeting: Hello. The log lists two of them on Tuesday and on Thursday.",
        "greeting:",
    ),
    Fault("too-little-time", "exercise", "Notes are plain.", f"Notes are plain. {LONG_WORDS}", "minutes: 25"),
    Fault(
        "deliverable-outruns-time",
        "rubric",
        "min_words: 30\n    max_words: 150",
        "min_words: 3000",
        "min_words: 3000",
    ),
    Fault("rounds-never-reached", "exercise", "rounds: 8", "rounds: 150", "rounds: 150"),
    Fault(
        "too-few-rounds",
        "exercise",
        "rounds: 8\n  retake_below_rounds: 2",
        "rounds: 2\n  retake_below_rounds: 1",
        "rounds: 2",
    ),
    Fault("retake-always", "exercise", "retake_below_rounds: 2", "retake_below_rounds: 8", "retake_below"),
    Fault("unusual-minutes", "exercise", "minutes: 25", "minutes: 45", "minutes: 45"),
    Fault("error-after-last-round", "ledger", "round: 2", "round: 9", "round: 9"),
    Fault(
        "wrong-equals-truth",
        "ledger",
        "truth: It took 11 minutes, on Tuesday.",
        "truth: The longest call took 40 minutes.",
        "wrong: the longest",
    ),
    Fault(
        "wrong-span-in-material",
        "exercise",
        "Notes are plain.",
        "Notes are plain: three calls about deposits.",
        "wrong: three calls",
        "ledger",
    ),
    Fault(
        "catch-cue-in-brief",
        "exercise",
        "The rental has two shops.",
        "The rental has only two shops.",
        "catch:\n      any_of: [only two",
        "ledger",
    ),
    Fault(
        "catch-cue-in-error",
        "ledger",
        "any_of: [only two,",
        "any_of: [there were three,",
        "catch:\n      any_of: [there",
    ),
    Fault("overlapping-cues", "ledger", "any_of: [only two,", "any_of: [longest 11,", "catch:\n      all_of"),
    Fault(
        "fix-contradicts",
        "ledger",
        "absent: [three calls about deposits]",
        "absent: [calls about]",
        "fix:\n      present",
    ),
    Fault(
        "fix-cue-in-error",
        "ledger",
        "absent: [40 minutes]",
        "present: [longest call]",
        "fix:\n      present: [longest",
    ),
    Fault(
        "clean-claim-is-planted",
        "ledger",
        "- Most calls came on Tuesday.",
        "- So the longest call took 40 minutes.",
        "- So the longest",
    ),
    Fault("threshold-at-the-edge", "exercise", "threshold: 1.5", "threshold: 4", "threshold: 4"),
    Fault(
        "unquoted-colon",
        "rubric",
        "example: That can't be it.",
        "example: One thing: that can't be it.",
        "example: One thing",
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{at}-{fault.code}" for at, fault in enumerate(FAULTS)])
def test_an_author_who_plants_a_fault_reads_of_it_at_its_line(fault: Fault, tmp_path: Path) -> None:
    names = {Path(name).stem: name for name in FILES}
    faulty = replaced(FILES[names[fault.file]], fault.old, fault.new)
    folder = write_exercise(tmp_path, **{fault.file: faulty})
    remark_in = names.get(fault.remark_in, fault.remark_in) or names[fault.file]
    text = (folder / remark_in).read_text(encoding="utf-8")

    remarks = lint_exercise(folder)

    assert {remark.code for remark in remarks} == {fault.code}
    assert {str(remark.file.relative_to(folder)) for remark in remarks} == {remark_in}
    assert line_of(text, fault.at) in [remark.line for remark in remarks]
    assert len(remarks) == 1 or fault.code == "wrong-value"
    assert all(remark.severity == CODES[remark.code].severity for remark in remarks)
    assert all(remark.says and remark.remedy for remark in remarks)


def test_an_author_who_promises_an_attachment_is_asked_for_it(tmp_path: Path) -> None:
    exercise = FILES["exercise.yaml"]
    materials = exercise[exercise.index("materials:") : exercise.index("deliverable:")]
    promising = replaced(exercise, "The calls of last week are listed in the log", "The calls are attached")
    write_exercise(tmp_path, exercise=replaced(promising, materials, ""))
    remarks = lint_exercise(tmp_path)
    assert [(remark.code, remark.line) for remark in remarks] == [
        ("no-materials", line_of(promising, "The calls are attached"))
    ]


NARROW = """\
scale: {min: 0, max: 1}
criteria:
  verification:
    asks: Does the candidate compare the counts with the log?
    levels:
      0: {words: Takes them as they come., example: Great.}
      1: {words: Names a row., example: Row 4 is a flat tyre.}
  tidiness:
    asks: Does the candidate keep to one topic in a message?
    levels:
      0: {words: Several topics., example: And another thing about lunch.}
      1: {words: One topic., example: Only the deposits now.}
"""


def test_an_author_is_reminded_of_what_the_offline_judge_cannot_rate(tmp_path: Path) -> None:
    file = tmp_path / "rubric.yaml"
    file.write_text(replaced(NARROW, ", example: Only the deposits now.", ""), encoding="utf-8")
    remarks = lint_rubric(file)
    assert [remark.code for remark in remarks] == [
        "level-without-example",
        "scale-without-offline-judge",
        "no-signs",
    ]
    assert [remark.severity for remark in remarks] == ["warning", "note", "note"]
    assert "0 to 4" in remarks[1].says
    assert all(family in remarks[2].remedy for family in FAMILIES)


def test_what_the_author_is_told_of_the_offline_judge_is_what_it_does() -> None:
    assert tuple(signs.FAMILIES) == FAMILIES
    assert set(signs.ALIASES) == OTHER_NAMES
    assert (levels.LOWEST, levels.HIGHEST) == SCALE
    assert has_signs("Fact-Checking")
    assert not has_signs("tidiness")


@pytest.mark.parametrize(
    "stated",
    [
        "at most 90 words",
        "90 words at most",
        "90 words at the most",
        "90 words or fewer",
        "no more than 90 words",
    ],
)
def test_an_author_may_state_a_length_in_any_of_the_usual_ways(stated: str) -> None:
    assert stated_bounds(f"One note, {stated}.") == (None, 90)


def test_every_kind_of_remark_has_a_planted_fault() -> None:
    apart = {"no-materials", "scale-without-offline-judge"}
    assert {fault.code for fault in FAULTS} | apart == set(CODES)


def test_an_author_of_a_clean_exercise_gets_no_remark(tmp_path: Path) -> None:
    folder = write_exercise(tmp_path)
    assert lint_exercise(folder) == ()
    assert lint_exercise(folder / "exercise.yaml") == ()
    assert lint_rubric(folder / "rubric.yaml") == ()
    assert lint_ledger(folder / "ledger.yaml") == ()


@pytest.mark.parametrize("name", shipped_exercises())
def test_a_team_that_takes_a_shipped_exercise_gets_no_remark(name: str) -> None:
    assert lint_exercise(exercise_folder(name)) == ()


def test_an_author_of_one_file_gets_the_checks_of_its_kind(tmp_path: Path) -> None:
    folder = write_exercise(
        tmp_path,
        rubric=replaced(FILES["rubric.yaml"], "weight: 2", "weight: 3"),
        ledger=replaced(
            FILES["ledger.yaml"], "absent: [three calls about deposits]", "absent: [calls about]"
        ),
    )
    assert [remark.code for remark in lint_path(folder / "rubric.yaml")] == ["weight-dominates"]
    assert [remark.code for remark in lint_path(folder / "ledger.yaml")] == ["fix-contradicts"]
    assert [remark.code for remark in lint_path(folder)] == ["fix-contradicts", "weight-dominates"]


def test_an_author_reads_remarks_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    rubric = FILES["rubric.yaml"].replace("      2:\n", "      2: &a\n").replace("example: ", "exampel: ")
    remarks = lint_exercise(write_exercise(tmp_path, rubric=rubric))
    assert [remark.line for remark in remarks] == sorted(remark.line for remark in remarks)
    assert len(remarks) == rubric.count("exampel: ")
    assert all("Did you mean `example`" in remark.remedy for remark in remarks)
