"""Someone who hands in a hostile or broken file gets a refusal with a remedy, quickly, and nothing else."""

# ruff: noqa: E501 - the tables of faults read better with a fault a line

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.library.authoring.specimens import EXERCISE, FILES, LEDGER, RUBRIC, replaced, write_exercise

from assay.authoring.lint import lint_path
from assay.authoring.load import load_exercise, load_ledger, load_rubric
from assay.authoring.mistakes import AuthoringMistakes
from assay.errors import UserMistake


def laughing(levels: int, *, of: str = "ha") -> str:
    lines = [f"a0: &a0 [{', '.join([of] * 9)}]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


REFUSED = {
    "an alias bomb": (laughing(9), "add up to too much"),
    "an alias bomb of long texts": (
        f"a: &a {'x' * 200_000}\nb: [{', '.join(['*a'] * 500)}]",
        "add up to too much",
    ),
    "a merge key": ("a: &a {b: 1}\nc: {<<: *a}", "Merge keys"),
    "a value that holds itself": ("a: &a [*a]", "refers to itself"),
    "an alias to nothing": ("a: *b", "or to nothing"),
    "a tag that would run code": ("a: !!python/object/apply:os.system ['true']", "tag"),
    "a tag of its own": ("a: !mine 1", "tag"),
    "a key written twice": ("a: 1\nb: 2\na: 3", "a second time; it was first on line 1"),
    "a level written twice": ("0: a\n'0': b", "a second time"),
    "a list as a key": ("? [a]\n: b", "key must be"),
    "nothing as a key": ("~: b", "key must be"),
    "deep nesting": ("[" * 5000 + "]" * 5000, "nest"),
    "unfinished deep nesting": ("{a: " * 50_000, "nest"),
    "two documents": ("a: 1\n---\nb: 2", "second document"),
    "a tab for indentation": ("a:\n\tb: 1", "This is not YAML"),
    "a control character": ('a: "\\e[2J"', "U+001B"),
    "half a character": ('a: "\\ud800"', ""),
    "a raw control character": ("a: \x07", "This is not YAML"),
    "an endless number": ("a: " + "9" * 400, "too large"),
    "a number beyond all numbers": ("a: 1e999", "too large"),
    "very many values": ("[" + "1," * 60_000 + "1]", "more than"),
    "an empty file": ("", "empty"),
    "only a comment": ("# later\n", "empty"),
    "a list": ("- a", "must be keys with values"),
    "a text": ("hello", "must be keys with values"),
}


@pytest.mark.parametrize(("text", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_someone_with_a_hostile_file_is_refused(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "exercise.yaml"
    file.write_text(text, encoding="utf-8")
    for load in (load_exercise, load_rubric, load_ledger):
        with pytest.raises(AuthoringMistakes) as caught:
            load(file)
        assert any(says in mistake.message for mistake in caught.value.mistakes)
        assert all(mistake.place.line and mistake.remedy for mistake in caught.value.mistakes)


def test_someone_with_a_file_in_another_encoding_is_told_the_line(tmp_path: Path) -> None:
    file = tmp_path / "rubric.yaml"
    file.write_bytes("criteria:\n  a: {asks: früh}".encode("latin-1"))
    with pytest.raises(AuthoringMistakes, match="not UTF-8") as caught:
        load_rubric(file)
    assert caught.value.mistakes[0].place.line == 2


def test_someone_with_a_file_above_the_size_limit_is_refused(tmp_path: Path) -> None:
    folder = write_exercise(tmp_path, calls="Mon,1,flat tyre\n" * 70_000)
    with pytest.raises(AuthoringMistakes, match=r"calls\.csv is larger than 1 MB"):
        load_exercise(folder)


@pytest.mark.parametrize(
    "name",
    ["../secret.csv", "materials/../../secret.csv", "/etc/passwd", "C:/secret.csv", "..\\secret.csv", "out/secret.csv",
     "link.csv", '""', "materials", "pipe", '"calls\\0.csv"', "x" * 300],
)  # fmt: skip
def test_an_exercise_reads_no_file_outside_its_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("secret", encoding="utf-8")
    folder = write_exercise(tmp_path / "exercise", exercise=replaced(EXERCISE, "materials/calls.csv", name))
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "out").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    with pytest.raises(AuthoringMistakes) as caught:
        load_exercise(folder)
    assert "secret\n" not in str(caught.value)
    assert {mistake.code for mistake in caught.value.mistakes} <= {"cannot-read", "not-plain-yaml"}


@pytest.mark.parametrize("key", ["rubric", "ledger"])
def test_an_exercise_takes_no_rubric_or_ledger_from_outside_its_folder(key: str, tmp_path: Path) -> None:
    (tmp_path / f"{key}.yaml").write_text(FILES[f"{key}.yaml"], encoding="utf-8")
    exercise = replaced(EXERCISE, f"{key}: {key}.yaml", f"{key}: ../{key}.yaml")
    with pytest.raises(AuthoringMistakes, match="leads out of the exercise's folder"):
        load_exercise(write_exercise(tmp_path / "exercise", exercise=exercise))


def refuses_or_loads(path: Path) -> None:
    for load in (load_exercise, load_rubric, load_ledger):
        with suppress(UserMistake):
            load(path)
    for remark in lint_path(path):
        assert remark.line >= 1
        assert remark.remedy


unhurried = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@unhurried
@given(st.binary(max_size=400))
def test_someone_with_random_bytes_meets_no_traceback(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "exercise.yaml"
    file.write_bytes(data)
    refuses_or_loads(file)


KEYS = sorted(
    set(yaml.safe_load(EXERCISE))
    | set(yaml.safe_load(RUBRIC))
    | {"errors", "levels", "words", "id", "check", "file"}
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([*KEYS, *FILES]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(st.sampled_from(KEYS), st.integers(0, 5), st.text(max_size=5)), inner, max_size=5
        ),
    ),
    max_leaves=25,
)


@unhurried
@given(values)
def test_someone_with_random_yaml_meets_no_traceback(tmp_path: Path, value: object) -> None:
    folder = write_exercise(tmp_path, exercise=yaml.dump(value, allow_unicode=True))
    refuses_or_loads(folder / "exercise.yaml")


@unhurried
@given(name=st.sampled_from(sorted(FILES)), at=st.integers(0, 4000), cut=st.integers(0, 60), data=st.data())
def test_someone_who_damages_a_good_file_meets_no_traceback(
    tmp_path: Path, name: str, at: int, cut: int, data: st.DataObject
) -> None:
    text = FILES[name]
    at %= len(text)
    put = data.draw(
        st.one_of(st.text(max_size=8), st.sampled_from(["\n", ": ", "- ", "[", "{", "'", '"', "*a", "&a "]))
    )
    write_exercise(tmp_path)
    (tmp_path / name).write_text(text[:at] + put + text[at + cut :], encoding="utf-8", errors="replace")
    refuses_or_loads(tmp_path / "exercise.yaml")


@unhurried
@given(path=st.lists(st.sampled_from(["goal", "rubric", "criteria", "verification", "levels", 1, "rules", 0]), max_size=6),
       value=values)  # fmt: skip
def test_someone_who_puts_a_wrong_value_anywhere_meets_no_traceback(
    tmp_path: Path, path: list[str | int], value: object
) -> None:
    whole = yaml.safe_load(EXERCISE) | {"rubric": yaml.safe_load(RUBRIC), "ledger": yaml.safe_load(LEDGER)}
    holder: Any = whole
    key: str | int = "goal"
    for step in path:
        if isinstance(holder, dict) and step in holder and isinstance(holder[step], dict | list):
            holder, key = holder[step], step
    if isinstance(holder, dict) and holder:
        holder[sorted(holder, key=str)[0] if key not in holder else key] = value
    elif isinstance(holder, list) and holder:
        holder[0] = value
    folder = write_exercise(tmp_path, exercise=yaml.safe_dump(whole, sort_keys=False, allow_unicode=True))
    refuses_or_loads(folder / "exercise.yaml")
