"""Files that are small on the disk and large in memory."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from tests.library.session.terminal import surroundings

from assay.errors import Where
from assay.scoring.inputs import LONGEST_LINE, InputSession, RecordedCase, Refusal, read_sessions
from assay.scoring.inputs.files import MOST_VALUES

MESSAGE = '{"role":"user","content":"x"}'
OF_A_MESSAGE = 5


def no_record(value: object, where: Where) -> RecordedCase:
    raise AssertionError(where)


def read(path: Path, content: str) -> list[InputSession | Refusal]:
    path.write_text(content, encoding="utf-8")
    return list(read_sessions([str(path)], no_record))


def chat(messages: int) -> str:
    return f"[{','.join([MESSAGE] * messages)}]"


def test_a_line_with_more_keys_and_values_than_any_session_has_is_refused_and_the_rest_is_read(
    tmp_path: Path,
) -> None:
    fits = (MOST_VALUES - 1) // OF_A_MESSAGE
    items = read(tmp_path / "chats.jsonl", "\n".join([chat(2), chat(fits + 1), chat(fits)]))
    assert [(item.line, isinstance(item, Refusal)) for item in items] == [(1, False), (2, True), (3, False)]
    assert str(items[1]).startswith(
        f"{tmp_path / 'chats.jsonl'}:2: There are more than 500,000 keys and values"
    )
    assert "split the session" in str(items[1])


def test_a_document_over_several_lines_is_held_to_the_same_bound(tmp_path: Path) -> None:
    content = chat(MOST_VALUES // OF_A_MESSAGE).replace("},{", "},\n{")
    (item,) = read(tmp_path / "chat.json", content)
    assert isinstance(item, Refusal)
    assert "more than 500,000 keys and values" in item.error


@pytest.mark.parametrize(
    "text", ["{[,:1]} " * 200_000, '\\"' * 800_000, "\\\\" * 800_000, "a\n" * 800_000], ids=lambda t: t[:4]
)
def test_whatever_is_written_inside_a_message_is_one_value(tmp_path: Path, text: str) -> None:
    (item,) = read(tmp_path / "chats.jsonl", json.dumps([{"role": "user", "content": text}]))
    assert isinstance(item, InputSession)
    assert item.conversation
    assert item.conversation.messages[0].text == text


def test_a_text_that_does_not_end_is_looked_at_once(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    (item,) = read(tmp_path / "chats.jsonl", '["' + '\\"' * (LONGEST_LINE // 2 - 8))
    assert isinstance(item, Refusal)
    assert "not JSON" in item.error
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 20


READ = """
import resource, sys
from assay.scoring.inputs import read_sessions
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
(item,) = read_sessions([sys.argv[1]], None)
print(item)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_sixteen_megabytes_of_empty_objects_do_not_become_half_a_gigabyte(tmp_path: Path) -> None:
    path = tmp_path / "chats.jsonl"
    path.write_bytes(b"[" + b"{}," * ((LONGEST_LINE - 8) // 3) + b"{}]")
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=surroundings(),
    )
    said, kilobytes = done.stdout.splitlines()
    assert "chats.jsonl:1: There are more than 500,000 keys and values here" in said
    assert int(kilobytes) < 100_000
