"""Loading: the same content is the same exercise, and every mistake is named at its line, all at once."""

# ruff: noqa: E501 - the tables of faults read better with a fault a line

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.library.authoring.specimens import (
    CALLS,
    EXERCISE,
    FILES,
    LEDGER,
    RUBRIC,
    line_of,
    replaced,
    write_exercise,
)

from assay.authoring.load import load_exercise, load_ledger, load_rubric
from assay.authoring.mistakes import AuthoringMistakes
from assay.errors import UserMistake

SHARED = Path(__file__).parents[3].parent / "shared" / "data"


def mistakes_in(load: Callable[[Path], object], path: Path) -> AuthoringMistakes:
    with pytest.raises(AuthoringMistakes) as caught:
        load(path)
    for mistake in caught.value.mistakes:
        assert mistake.message
        assert mistake.remedy
        assert mistake.place.line
        assert str(mistake) in str(caught.value)
    return caught.value


def test_an_author_loads_a_folder_with_its_rubric_ledger_and_materials(tmp_path: Path) -> None:
    exercise = load_exercise(write_exercise(tmp_path))
    assert exercise.materials[0].text == CALLS.rstrip()
    assert list(exercise.rubric.criteria) == ["verification", "instruction_clarity", "error_recovery"]
    assert exercise.ledger is not None
    assert exercise.ledger.errors[1].catch.any_of == ("11", "eleven")
    assert exercise == load_exercise(tmp_path / "exercise.yaml")


def as_one_file() -> str:
    """The same exercise in one file, with other quotes, key order and line breaks."""
    whole = yaml.safe_load(EXERCISE)
    whole |= {"rubric": yaml.safe_load(RUBRIC), "ledger": yaml.safe_load(LEDGER)}
    whole["materials"][0] = {"text": CALLS, "format": "csv", "title": "Call log", "id": "calls"}
    backwards = dict(reversed(whole.items()))
    return yaml.safe_dump(backwards, sort_keys=False, default_flow_style=True, width=60)


OTHER_LAYOUTS = {
    "comments": {
        "exercise": "# mine\n\n" + EXERCISE.replace("\n  minutes: 25", "\n  minutes: 25.0   # as agreed")
    },
    "one file in flow style": {"exercise": as_one_file()},
    "windows line ends": {Path(name).stem: text.replace("\n", "\r\n") for name, text in FILES.items()},
    "byte order mark": {"rubric": "\ufeff" + RUBRIC},
    "block scalars": {"exercise": EXERCISE.replace("scenario: >-", "scenario: >")},
    "spelled-out defaults": {"exercise": EXERCISE.replace("rounds: 8", "rounds: 8\n  grace_seconds: 10")},
    "a final line break less": {"calls": CALLS.rstrip()},
}


@pytest.mark.parametrize("changed", OTHER_LAYOUTS.values(), ids=OTHER_LAYOUTS.keys())
def test_an_author_who_changes_only_the_layout_keeps_the_version(
    changed: dict[str, str], tmp_path: Path
) -> None:
    original = load_exercise(write_exercise(tmp_path / "original"))
    other = tmp_path / "other"
    write_exercise(other)
    for name in FILES:
        if Path(name).stem in changed:
            (other / name).write_bytes(changed[Path(name).stem].encode())
    assert load_exercise(other).version == original.version


def test_an_author_who_changes_a_word_makes_a_new_version(tmp_path: Path) -> None:
    original = load_exercise(write_exercise(tmp_path / "original"))
    changed = write_exercise(tmp_path / "changed", calls=CALLS.replace("Mon,4", "Mon,5"))
    assert load_exercise(changed).version != original.version


def test_an_author_on_another_computer_gets_the_same_hash_for_the_same_letters(tmp_path: Path) -> None:
    hashes = set()
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, RUBRIC.replace("Petra", "Jérôme"))
        (tmp_path / form).write_text(text, encoding="utf-8")
        hashes.add(load_rubric(tmp_path / form).content_hash())
    assert len(hashes) == 1


def test_an_author_may_write_levels_as_bare_words(tmp_path: Path) -> None:
    file = tmp_path / "rubric.yaml"
    file.write_text(
        "criteria: {a: {asks: What?, levels: {0: no, 1: 'yes', 2: on 2026-03-01}}}", encoding="utf-8"
    )
    levels = load_rubric(file).criteria["a"].levels
    assert {number: level.words for number, level in levels.items()} == {
        0: "no",
        1: "yes",
        2: "on 2026-03-01",
    }


def test_an_author_may_leave_quotes_off_a_level_with_a_colon(tmp_path: Path) -> None:
    file = tmp_path / "rubric.yaml"
    lines = "    levels:\n      0: Nothing at all.\n      1: Systematic: edge cases, 'as told': yes # so\n"
    file.write_text(f"criteria:\n  a:\n    asks: What?\n{lines}", encoding="utf-8")
    assert load_rubric(file).criteria["a"].levels[1].words == "Systematic: edge cases, 'as told': yes"


def test_a_team_scores_with_the_plain_rubric_of_the_real_chats() -> None:
    file = SHARED / "real-chats" / "rubric.yaml"
    if not file.exists():
        pytest.skip(f"{file} is not here")
    rubric = load_rubric(file)
    assert len(rubric.criteria) == 4
    assert all(sorted(criterion.levels) == [0, 1, 2, 3, 4] for criterion in rubric.criteria.values())


def test_an_author_with_several_mistakes_reads_all_of_them_at_once(tmp_path: Path) -> None:
    exercise = replaced(EXERCISE, "rounds: 8", "rounds: many")
    exercise = replaced(exercise, "threshold:", "treshold:")
    rubric = replaced(RUBRIC, "min_words: 30", "min_words: -1")
    rubric = replaced(rubric, "check: no_personal_data", "check: no_personal_date")
    ledger = replaced(LEDGER, "severity: minor", "severity: mild")
    folder = write_exercise(tmp_path, exercise=exercise, rubric=rubric, ledger=ledger)
    found = mistakes_in(load_exercise, folder)
    places = {(Path(m.place.file).name, m.place.line): (m.code, m.message, m.remedy) for m in found.mistakes}
    assert places.keys() == {
        ("exercise.yaml", line_of(exercise, "rounds: many")),
        ("exercise.yaml", line_of(exercise, "treshold:")),
        ("rubric.yaml", line_of(rubric, "min_words: -1")),
        ("rubric.yaml", line_of(rubric, "check: no_personal_date")),
        ("ledger.yaml", line_of(ledger, "severity: mild")),
    }
    code, message, remedy = places["exercise.yaml", line_of(exercise, "treshold:")]
    assert (code, message) == ("unknown-key", "`treshold` is not a known key here")
    assert remedy == "Did you mean `threshold`?"
    assert "no_personal_data" in places["rubric.yaml", line_of(rubric, "check: no_personal_date")][2]


@pytest.mark.parametrize(
    ("old", "new", "at", "says", "remedy"),
    [
        ("weight: 2", "weight: heavy", "weight: heavy", "`criteria.verification.weight` must be a number", "quotes"),
        ("weight: 2", "weight: 0", "weight: 0", "must be above 0, and is 0", "Write a number above 0"),
        ("title: Verification", "title: 1.380", "title: 1.380", "text, not the number 1.380", "in quotes"),
        ("title: Verification", "title:", "title:\n", "must be text, not empty", "Write text"),
        ("words: Names the reader or the length.", 'words: ""', 'words: ""', "is empty", "Write the text"),
        ("  verification:", "  Verification:", "  Verification:", "must be an id", "lower-case"),
        ("phrases: [Week 12]", "phrases: Week 12", "phrases: Week 12", "must be a list", "- item"),
        ("phrases: [Week 12]", "phrases: []", "phrases: []", "is empty", "at least one"),
        ("    check: deliverable_contains\n", "", "  - id: heading", "`check` is missing", "deliverable_contains"),
        ("{min: 0, max: 4}", "{min: 3, max: 2}", "scale:", "must be below its max", "lowest"),
        ("{min: 0, max: 4}", "{min: 0, max: 1}", "      2:\n        words: Compares", "outside its scale", "widen"),
        ("auto_fail: verification", "auto_fail: verifying", "auto_fail: verifying", "does not have", "verification"),
        ("{cap_overall: 1}", "{cap_overall: 1, auto_fail: verification}", "cap_overall: 1,", "not both", "two rules"),
        ("{cap_overall: 1}", "{cap_overall: 5.5}", "{cap_overall: 5.5}", "at 5.5, outside its scale 0 to 4", "below its highest"),
        ("{cap_overall: 1}", "{cap_overall: -1}", "{cap_overall: -1}", "at -1, outside its scale 0 to 4", "below its highest"),
        ("max_words: 150", "max_words: 20", "max_words: 20", "`max_words` (20) is below `min_words`", "Raise"),
    ],
)  # fmt: skip
def test_an_author_reads_in_plain_words_what_is_wrong_with_a_rubric(
    old: str, new: str, at: str, says: str, remedy: str, tmp_path: Path
) -> None:
    rubric = replaced(RUBRIC, old, new)
    folder = write_exercise(tmp_path, rubric=rubric)
    for found in (mistakes_in(load_rubric, folder / "rubric.yaml"), mistakes_in(load_exercise, folder)):
        first = found.mistakes[0]
        assert (Path(first.place.file).name, first.place.line) == ("rubric.yaml", line_of(rubric, at))
        assert says in first.message
        assert remedy in first.remedy


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("woven_in: By the way", "woven_in: By the way, no", "", ""),
        ("woven_in: By the way, the longest call", "woven_in: By the way, the long call", "woven_in: By", "word for word"),
        ("id: longest-call", "id: deposit-count #2", "id: deposit-count #2", "used twice"),
        ('      any_of: ["11", eleven]\n', "      any_of: []\n", "", ""),
        ("exercise: weekly-note", "exercise: monthly-note", "exercise: monthly-note", "not to weekly-note"),
    ],
)  # fmt: skip
def test_an_author_reads_in_plain_words_what_is_wrong_with_a_ledger(
    old: str, new: str, at: str, says: str, tmp_path: Path
) -> None:
    ledger = replaced(LEDGER, old, new)
    folder = write_exercise(tmp_path, ledger=ledger)
    if not says:
        assert load_exercise(folder).ledger == load_ledger(folder / "ledger.yaml")
        return
    first = mistakes_in(load_exercise, folder).mistakes[0]
    assert (Path(first.place.file).name, first.place.line) == ("ledger.yaml", line_of(ledger, at))
    assert says in first.message


def test_an_author_of_a_greeter_without_words_is_told_so(tmp_path: Path) -> None:
    exercise = replaced(EXERCISE, "  greeting: Hello, I have the log here.\n", "")
    first = mistakes_in(load_exercise, write_exercise(tmp_path, exercise=exercise)).mistakes[0]
    assert first.place.line == line_of(exercise, "greets_first")


def test_an_author_whose_rubric_is_broken_still_reads_of_the_other_files(tmp_path: Path) -> None:
    exercise = replaced(EXERCISE, "minutes: 25", "minutes: soon")
    folder = write_exercise(tmp_path, exercise=exercise, rubric="criteria: [\n", calls="")
    found = mistakes_in(load_exercise, folder)
    assert [(Path(m.place.file).name, m.code) for m in found.mistakes] == [
        ("exercise.yaml", "wrong-value"),
        ("calls.csv", "wrong-value"),
        ("rubric.yaml", "not-plain-yaml"),
    ]


def test_an_author_who_gives_a_material_twice_has_to_choose(tmp_path: Path) -> None:
    exercise = replaced(EXERCISE, "file: materials/calls.csv", "file: materials/calls.csv\n    text: Mon")
    found = mistakes_in(load_exercise, write_exercise(tmp_path, exercise=exercise))
    assert "either `text` or the name of one `file`" in found.mistakes[0].message


def test_someone_who_names_a_folder_without_an_exercise_is_told_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match=r"There is no file exercise\.yaml"):
        load_exercise(tmp_path)


UNCLOSED = """\
criteria:
  a:
    asks: "What does the candidate do?
    levels:
      0:
        words: Nothing.
        example: "hm"
      4:
        words: Everything.
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (UNCLOSED, 3),
        (UNCLOSED.replace('"hm"', "hm"), 3),
        (UNCLOSED.replace('"What does', "'What does").replace("candidate do", "candidate''s AI do"), 3),
        (UNCLOSED.replace('"What does the candidate do?', '"What does\\n      the candidate do?"')
         .replace('"hm"', "'hm"), 7),
    ],
)  # fmt: skip
def test_an_author_who_forgets_to_close_a_quote_is_led_to_that_quote(
    text: str, line: int, tmp_path: Path
) -> None:
    (tmp_path / "rubric.yaml").write_text(text.replace("\\n", "\n"), encoding="utf-8")
    (found,) = mistakes_in(load_rubric, tmp_path / "rubric.yaml").mistakes
    shown = (tmp_path / "rubric.yaml").read_text(encoding="utf-8").split("\n")
    expected = line + text.count("\\n")
    assert (found.place.line, found.message) == (
        expected,
        "The quote that this text begins with is not closed",
    )
    assert "What does" in shown[expected - 1] or "hm" in shown[expected - 1]


def test_an_author_whose_quotes_are_closed_is_not_told_otherwise(tmp_path: Path) -> None:
    text = UNCLOSED.replace("candidate do?", 'candidate\n      do?"').replace("      4:", "     4:")
    (tmp_path / "rubric.yaml").write_text(text, encoding="utf-8")
    (found,) = mistakes_in(load_rubric, tmp_path / "rubric.yaml").mistakes
    assert found.message.startswith("This is not YAML")
    assert found.place.line == line_of(text, "     4:")


def test_an_author_who_misspells_a_check_is_told_which_rule(tmp_path: Path) -> None:
    rubric = replaced(RUBRIC, "check: no_personal_data", "check: no_personal_date")
    (found,) = mistakes_in(load_rubric, write_exercise(tmp_path, rubric=rubric) / "rubric.yaml").mistakes
    assert found.message == "`check` of rule no-callers does not know 'no_personal_date'"
    assert found.place.line == line_of(rubric, "no_personal_date")
