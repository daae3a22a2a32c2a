"""The folder that `assay score --out` writes to: what is there already, and what its files are called."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.cli.score_folder import SCORES, UNFINISHED, FileNames, ScoresFile, _digest, open_folder
from assay.errors import UserMistake

COLLIDING = ("a", "A", f"A-{_digest('A')}", f"a-{_digest('a')}", f"A-{_digest('A')}-2", "x" * 400, "X" * 400)


def write_scores(folder: Path) -> None:
    scores = ScoresFile(open_folder(folder, (), force=True))
    scores.add("one")
    scores.finish()
    scores.close()


@pytest.mark.parametrize("name", [UNFINISHED, SCORES])
@pytest.mark.parametrize("hard", [False, True], ids=["symbolic", "hard"])
def test_someone_who_plants_a_link_in_the_folder_does_not_get_another_file_overwritten(
    tmp_path: Path, name: str, hard: bool
) -> None:
    folder, precious = tmp_path / "out", tmp_path / "precious.txt"
    folder.mkdir()
    precious.write_text("mine", encoding="utf-8")
    (folder / name).hardlink_to(precious) if hard else (folder / name).symlink_to(precious)
    write_scores(folder)
    assert precious.read_text(encoding="utf-8") == "mine"
    assert not (folder / SCORES).is_symlink()
    assert (folder / SCORES).read_text(encoding="utf-8") == "one\n"
    assert [path.name for path in folder.iterdir()] == [SCORES]


def test_someone_whose_last_run_was_stopped_scores_into_the_same_folder_again(tmp_path: Path) -> None:
    (tmp_path / UNFINISHED).write_text("from before\nand more of it\n", encoding="utf-8")
    write_scores(tmp_path)
    assert (tmp_path / SCORES).read_text(encoding="utf-8") == "one\n"


def test_a_folder_where_the_file_should_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / UNFINISHED).mkdir()
    with pytest.raises(UserMistake, match="This cannot be written"):
        write_scores(tmp_path)


def test_someone_who_builds_ids_to_collide_gets_a_file_for_each() -> None:
    names = FileNames()
    made = [names.name(session) for session in ("A-559aead08264", "a", "A")]
    assert len({name.casefold() for name in made}) == 3


@given(st.lists(st.sampled_from(COLLIDING) | st.text(max_size=6), unique=True, max_size=12))
def test_no_sequence_of_ids_ever_shares_a_file_name(sessions: list[str]) -> None:
    names = FileNames()
    made = [names.name(session) for session in sessions]
    assert len({name.casefold() for name in made}) == len(made)
    assert all(len(name.encode()) < 200 for name in made)
