"""A candidate, or who set the session up, names a place for the record that cannot be written to."""

import os
import shutil
from pathlib import Path

import pytest
from tests.library.session.terminal import Desk, Running, finish

from assay.cli.try_ending import check_out
from assay.errors import UserMistake
from assay.record import read_record, verify

LONG = "x" * 300


@pytest.mark.parametrize("out", ["absent/r.json", "", f"{LONG}.json", "exercise", "/", "file/r.json"])
def test_a_place_for_the_record_that_cannot_be_written_is_found_before_the_session_starts(
    tmp_path: Path, out: str
) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "exercise").mkdir()
    before = sorted(tmp_path.rglob("*"))
    done = finish(desk.start("--out", str(tmp_path / out)), "Four labels.\n/insert\n/submit\n")
    assert done.returncode == 2
    assert "No record can be written here" in done.stderr
    assert "Label the shelves" not in done.stdout
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_found_before_the_session_starts(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserMistake, match="Permission denied"):
        check_out(tmp_path / "record.json")
    tmp_path.chmod(0o700)


def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("old", encoding="utf-8")
    check_out(tmp_path / "record.json")
    check_out(tmp_path / "old.json")
    assert [path.name for path in tmp_path.iterdir()] == ["old.json"]
    assert (tmp_path / "old.json").read_text(encoding="utf-8") == "old"


def test_a_session_that_is_gone_on_with_is_not_touched_when_its_record_has_no_place(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert finish(desk.start(), "Four labels.\n").returncode == 130
    before = desk.journal.read_bytes()
    done = finish(desk.resume("--out", str(tmp_path / "absent" / "record.json")), "/submit\n/submit\n")
    assert "No record can be written here" in done.stderr
    assert desk.journal.read_bytes() == before


def test_a_candidate_whose_record_cannot_be_written_after_all_is_told_how_to_make_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    folder = tmp_path / "records"
    folder.mkdir()
    running = Running(desk.start("--out", str(folder / "record.json")))
    running.until("3 of 3 rounds left")
    shutil.rmtree(folder)
    running.type("Four labels.\n/insert\n/submit\n")
    shown = running.end()
    assert running.process.returncode == 2
    assert "Overall" in shown
    assert "The record cannot be written: No such file or directory" in shown
    assert f"all of it is kept in {desk.journal}" in shown
    again = f"assay try --resume {desk.journal.stem} --sessions {desk.sessions} --out FILE"
    assert again in shown
    assert finish(desk.resume(), "").returncode == 0
    assert verify(desk.record.read_bytes()).holds
    assert read_record(desk.record).transcript.final_deliverable == "Noted."
