"""Answers that are kept in a file."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.library.models.conftest import ENVIRON

from assay.errors import UserMistake
from assay.models.replies import Latency, Reply
from assay.scoring.judge_batch import AnswerFile


def reply(text: str) -> Reply:
    return Reply(text=text, ending="complete", latency=Latency(first_token=None, total=1.0), attempts=1)


def test_an_answer_is_there_again_after_the_file_was_closed_with_all_that_was_told_of_it(
    tmp_path: Path,
) -> None:
    replies = (
        reply("no JSON"),
        reply('{"level": 3} \ud83d\ude00 ⟦U+202E⟧'.encode("utf-16", "surrogatepass").decode("utf-16")),
    )
    with AnswerFile(tmp_path / "answers") as answers:
        answers.put("a", replies)
    with AnswerFile(tmp_path / "answers") as answers:
        assert answers.get("a") == replies
        assert answers.get("b") is None


def test_an_answer_to_the_same_request_replaces_the_one_before(tmp_path: Path) -> None:
    with AnswerFile(tmp_path / "answers") as answers:
        answers.put("a", (reply("one"),))
        answers.put("a", (reply("two"),))
        assert answers.get("a") == (reply("two"),)


def test_many_who_wait_at_once_are_all_told_and_all_is_kept(tmp_path: Path) -> None:
    async def keep_all(answers: AnswerFile) -> None:
        await asyncio.gather(*(answers.keep(str(number), (reply(str(number)),)) for number in range(1_000)))

    with AnswerFile(tmp_path / "answers") as answers:
        asyncio.run(keep_all(answers))
        assert all(answers.get(str(number)) == (reply(str(number)),) for number in range(1_000))


def test_somebody_who_does_not_wait_any_more_holds_up_nobody(tmp_path: Path) -> None:
    async def leave_and_keep(answers: AnswerFile) -> None:
        leaving = asyncio.create_task(answers.keep("left", (reply("left"),)))
        await asyncio.sleep(0)
        leaving.cancel()
        await answers.keep("stayed", (reply("stayed"),))

    with AnswerFile(tmp_path / "answers") as answers:
        asyncio.run(leave_and_keep(answers))
        assert answers.get("stayed") == (reply("stayed"),)
        assert answers.get("left") == (reply("left"),)


def test_two_processes_keep_answers_in_one_file(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from tests.library.scoring.judge_batch.test_answers import reply\n"
        "from assay.scoring.judge_batch import AnswerFile\n"
        "with AnswerFile(Path(sys.argv[1])) as answers:\n"
        "    [answers.put(f'{sys.argv[2]}{n}', (reply('x'),)) for n in range(50)]\n"
    )
    file = str(tmp_path / "answers")
    others = [
        subprocess.Popen([sys.executable, "-c", script, file, name], env=ENVIRON) for name in ("a", "b")
    ]
    assert [other.wait(60) for other in others] == [0, 0]
    with AnswerFile(tmp_path / "answers") as answers:
        assert all(answers.get(f"{name}{number}") for name in ("a", "b") for number in range(50))


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at", b"x"])
def test_a_file_of_another_kind_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    with pytest.raises(UserMistake, match="Answers cannot be kept in this file"):
        AnswerFile(file)
    assert file.read_bytes() == content


def test_somebody_elses_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "theirs.sqlite3"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE theirs (a TEXT)")
    database.close()
    with pytest.raises(UserMistake, match="another kind of file"):
        AnswerFile(file)
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    database.close()


def test_an_answer_that_another_version_wrote_otherwise_counts_as_none(tmp_path: Path) -> None:
    with AnswerFile(tmp_path / "answers") as answers:
        answers.put("a", (reply("one"),))
    with sqlite3.connect(tmp_path / "answers") as database:
        database.execute("UPDATE answers SET replies = '[{\"words\": 1}]'")
    database.close()
    with AnswerFile(tmp_path / "answers") as answers:
        assert answers.get("a") is None


def test_a_full_disk_is_told_to_whoever_waits_for_the_answer_to_be_kept(tmp_path: Path) -> None:
    with AnswerFile(tmp_path / "answers") as answers:
        answers.put("a", (reply("one"),))
        with sqlite3.connect(tmp_path / "answers") as database:
            database.execute("DROP TABLE answers")
        database.close()
        with pytest.raises(UserMistake, match="An answer could not be kept"):
            answers.put("b", (reply("two"),))
