"""What people hand to `assay score`, and what becomes of it."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.errors import UserMistake, Where
from assay.scoring.inputs import InputSession, RecordedCase, Refusal, check_files, files, read_sessions

HELLO = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"}]


def no_record(value: Any, where: Where) -> RecordedCase:
    raise UserMistake("This is not a record", remedy="Give a record", where=where)


def read(path: Path | str, stdin: bytes = b"") -> list[InputSession | Refusal]:
    return list(read_sessions([str(path)], no_record, io.BytesIO(stdin)))


def written(tmp_path: Path, content: str | bytes, name: str = "chats.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def sessions(items: list[InputSession | Refusal]) -> list[InputSession]:
    assert not [str(item) for item in items if isinstance(item, Refusal)]
    return [item for item in items if isinstance(item, InputSession)]


def texts(item: InputSession) -> list[str]:
    assert item.conversation
    return [message.text for message in item.conversation.messages]


def refusal(items: list[InputSession | Refusal]) -> Refusal:
    found = [item for item in items if isinstance(item, Refusal)]
    assert len(found) == 1
    assert found[0].error
    assert found[0].remedy
    return found[0]


def one(value: Any, tmp_path: Path) -> InputSession:
    return sessions(read(written(tmp_path, json.dumps(value))))[0]


def refused(value: Any, tmp_path: Path) -> Refusal:
    return refusal(read(written(tmp_path, json.dumps(value))))


def test_a_message_list_saved_from_a_chat_is_one_session_named_after_its_file(tmp_path: Path) -> None:
    (item,) = sessions(read(written(tmp_path, json.dumps(HELLO, indent=2), "mara.json")))
    assert item.id == "mara"
    assert texts(item) == ["Hello", "Hi"]
    assert item.line is None


def test_a_session_on_the_only_line_of_a_json_file_is_named_after_the_file(tmp_path: Path) -> None:
    (item,) = sessions(read(written(tmp_path, json.dumps(HELLO), "mara.json")))
    assert item.id == "mara"


def test_lines_without_ids_are_named_after_file_and_line(tmp_path: Path) -> None:
    path = written(tmp_path, f"{json.dumps(HELLO)}\n\n{json.dumps(HELLO)}\n")
    assert [(item.id, item.line) for item in sessions(read(path))] == [("chats-1", 1), ("chats-3", 3)]


def test_a_file_of_lines_needs_no_telling_name(tmp_path: Path) -> None:
    path = written(tmp_path, f"{json.dumps(HELLO)}\n{json.dumps(HELLO)}\n", "export.txt")
    assert [item.id for item in sessions(read(path))] == ["export-1", "export-2"]


def test_further_keys_are_ignored_whatever_they_hold(tmp_path: Path) -> None:
    line = '{"id": 7, "messages": [], "cost": NaN, "big": 1' + "0" * 5000 + ', "x": {"y": ["\\ud800"]}}'
    (item,) = sessions(read(written(tmp_path, line)))
    assert item.id == "7"
    assert texts(item) == []


def test_standard_input_is_read_like_a_file() -> None:
    stdin = json.dumps({"id": "a", "messages": HELLO}).encode()
    (item,) = sessions(read("-", stdin))
    assert (item.id, item.file) == ("a", "standard input")


def test_text_parts_are_joined_by_a_line_break_and_other_parts_are_noted(tmp_path: Path) -> None:
    content = [
        {"type": "text", "text": "Look at this:"},
        {"type": "image_url", "image_url": {"url": "data:"}},
        {"type": "text", "text": "Is it right?"},
    ]
    item = one([{"role": "user", "content": content}], tmp_path)
    assert texts(item) == ["Look at this:\nIs it right?"]
    assert item.notes == ("message 0: a part of type image_url is not text and was left out",)


def test_an_assistant_that_only_calls_a_tool_is_a_turn_without_text(tmp_path: Path) -> None:
    calls = {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}
    item = one([HELLO[0], calls, {"role": "tool", "content": "4"}], tmp_path)
    assert texts(item) == ["Hello", "", "4"]


def test_a_list_of_the_responses_api_is_a_session_of_its_messages_and_the_answers_of_its_tools(
    tmp_path: Path,
) -> None:
    output = [
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "row 1: ok"},
        {"type": "computer_call_output", "output": {"type": "computer_screenshot", "image_url": "data:"}},
        {"type": "web_search_call", "id": "ws_1", "status": "completed"},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "It is right.", "annotations": []}],
        },
    ]
    asked = [{"role": "user", "content": [{"type": "input_text", "text": "Is it right?"}]}]
    item = one({"id": "resp_1", "instructions": "Be brief.", "input": asked, "output": output}, tmp_path)
    assert item.id == "resp_1"
    assert item.conversation
    assert [(message.role, message.text) for message in item.conversation.messages] == [
        ("system", "Be brief."),
        ("user", "Is it right?"),
        ("tool", "row 1: ok"),
        ("tool", ""),
        ("assistant", "It is right."),
    ]
    assert item.notes == (
        "message 2: reasoning is not a message and was left out",
        "messages 3 and 6: tool calls were left out",
        "message 5: a part of type computer_screenshot is not text and was left out",
    )


def test_an_input_that_is_one_text_is_what_the_user_said(tmp_path: Path) -> None:
    item = one({"input": "Is it right?", "output": None}, tmp_path)
    assert item.conversation
    assert [(message.role, message.text) for message in item.conversation.messages] == [
        ("user", "Is it right?")
    ]


def test_a_bare_list_of_the_responses_api_is_a_session_too(tmp_path: Path) -> None:
    items = [HELLO[0], {"type": "function_call", "name": "look", "arguments": "{}"}, HELLO[1]]
    item = one(items, tmp_path)
    assert texts(item) == ["Hello", "Hi"]
    assert item.notes == ("message 1: tool calls were left out",)


def test_a_line_of_a_fine_tuning_file_is_a_session(tmp_path: Path) -> None:
    calls = [{"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]
    messages = [
        {"role": "system", "content": "Be brief."},
        HELLO[0],
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "1", "content": "row 1: ok"},
        {"role": "assistant", "content": "Right.", "weight": 0},
    ]
    item = one({"messages": messages, "tools": [], "parallel_tool_calls": False}, tmp_path)
    assert texts(item) == ["Be brief.", "Hello", "", "row 1: ok", "Right."]
    assert item.notes == ("message 2: tool calls were left out",)


def test_the_older_form_of_tool_calls_is_read_as_well(tmp_path: Path) -> None:
    call = {"role": "assistant", "content": None, "function_call": {"name": "look", "arguments": "{}"}}
    item = one([HELLO[0], call, {"role": "function", "name": "look", "content": "4"}], tmp_path)
    assert item.conversation
    assert [message.role for message in item.conversation.messages] == ["user", "assistant", "tool"]
    assert item.notes == ("message 1: tool calls were left out",)


def test_a_model_that_refuses_in_its_own_field_is_read_with_what_it_said(tmp_path: Path) -> None:
    refused_ = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
    assert texts(one([HELLO[0], refused_], tmp_path)) == ["Hello", "I cannot help with that."]


def test_a_note_on_many_messages_names_the_first_of_them(tmp_path: Path) -> None:
    image = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}
    item = one([image] * 5, tmp_path)
    assert item.notes == (
        "messages 0, 1, 2 and 2 more: a part of type image_url is not text and was left out",
    )


def test_developer_messages_are_system_turns_and_count_as_messages(tmp_path: Path) -> None:
    item = one([{"role": "developer", "content": "Be brief."}, *HELLO], tmp_path)
    assert item.conversation
    turns = item.conversation.transcript().turns
    assert [(turn.index, turn.role) for turn in turns] == [(0, "system"), (1, "user"), (2, "assistant")]


def test_a_deliverable_is_a_text_or_its_versions_in_order(tmp_path: Path) -> None:
    single = one({"messages": HELLO, "deliverable": "Done"}, tmp_path)
    assert single.conversation
    assert single.conversation.transcript().final_deliverable == "Done"
    versions = ["Draft", {"text": "Better", "after_turn": 1}]
    several = one({"messages": HELLO, "deliverable": versions}, tmp_path)
    assert several.conversation
    saved = several.conversation.transcript().deliverable
    assert [(version.text, version.after_turn) for version in saved] == [("Draft", 1), ("Better", 1)]


def test_original_characters_are_kept_so_that_offsets_mean_what_they_say(tmp_path: Path) -> None:
    text = "  Cafe\u0301 \r\n\t\u00a0\u200b naïve 😀 \x00 end  "
    assert texts(one([{"role": "user", "content": text}], tmp_path)) == [text]


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    line = json.dumps(HELLO).encode()
    path = written(tmp_path, b"\xef\xbb\xbf" + line + b"\r\n\r\n" + line + b"\r\n")
    assert len(sessions(read(path))) == 2


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (7, "cannot be a number"),
        ("hello", "cannot be a text"),
        (None, "cannot be null"),
        ({"id": "a"}, "has no 'messages'"),
        ({"role": "user", "content": "x"}, "one message by itself"),
        ({"messages": "x"}, "'messages' must be a list"),
        ([HELLO, HELLO], "list of sessions"),
        ([{"messages": HELLO}], "list of sessions"),
        (["x"], "Message 0 must be an object"),
        ([{"role": "human", "content": "x"}], "has the role 'human'"),
        ([{"content": "x"}], "no role in words"),
        ([{"type": "message", "content": "x"}], "no role in words"),
        ([{"type": "text", "text": "x"}], "no role in words"),
        ({"input": {"messages": HELLO}}, "'input' must be a list, and it is an object"),
        ({"input": HELLO, "output": "Hi"}, "'output' must be a list, and it is a text"),
        ([{"role": "user", "content": None}], "must be a text, and it is null"),
        ([{"role": "user"}], "must be a text, and it is null"),
        ([{"role": "user", "content": {"a": 1}}], "must be a text, and it is an object"),
        ([{"role": "user", "content": [7]}], "neither a text nor a type"),
        ([{"role": "user", "content": [{"type": "text"}]}], "neither a text nor a type"),
        ([{"role": "user", "content": "cut \ud83d"}], "half a character"),
        ({"id": 1.5, "messages": HELLO}, "'id' must be a text"),
        ({"id": True, "messages": HELLO}, "'id' must be a text"),
        ({"id": " ", "messages": HELLO}, "'id' is empty"),
        ({"id": "\udc00", "messages": HELLO}, "half a character"),
        ({"id": "x" * 1001, "messages": HELLO}, "1001 characters"),
        ({"messages": HELLO, "deliverable": 7}, "'deliverable' must be a text"),
        ({"messages": HELLO, "deliverable": [{"text": "x", "after_turn": 2}]}, "names no message"),
        (
            {
                "messages": HELLO,
                "deliverable": [{"text": "x", "after_turn": 1}, {"text": "y", "after_turn": 0}],
            },
            "go back in the conversation",
        ),
    ],
)
def test_what_is_no_session_is_refused_with_what_is_wrong(value: Any, says: str, tmp_path: Path) -> None:
    found = refused(value, tmp_path)
    assert says in found.error
    assert found.line == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{oops", "not JSON"),
        (b'{"messages": []} trailing', "not JSON: extra data, at character 18"),
        (b"\xff\xfe\x41", "UTF-16"),
        (b'["caf\xe9"]', "Byte 5 of the line is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\x1f\x8b\x08\x00", "gzip"),
    ],
)
def test_a_line_that_is_not_json_text_is_refused(line: bytes, says: str, tmp_path: Path) -> None:
    assert says in refusal(read(written(tmp_path, line))).error


def test_a_bad_line_does_not_stop_the_rest_and_keeps_its_place(tmp_path: Path) -> None:
    good = json.dumps(HELLO)
    items = read(written(tmp_path, f"{good}\nnonsense\n{good}\n"))
    assert [type(item) for item in items] == [InputSession, Refusal, InputSession]
    assert [item.line for item in items] == [1, 2, 3]


def test_an_error_in_a_file_that_is_one_document_names_its_line(tmp_path: Path) -> None:
    document = '\n[\n  {"role": "user",\n   "content": oops}\n]\n'
    found = refusal(read(written(tmp_path, document, "chat.json")))
    assert found.line == 4


def test_a_broken_first_line_does_not_hide_the_lines_below_it(tmp_path: Path) -> None:
    items = read(written(tmp_path, f"{{oops\n{json.dumps(HELLO)}\n{json.dumps(HELLO)}\n", "export.txt"))
    assert [type(item) for item in items] == [Refusal, InputSession, InputSession]


def test_an_id_used_twice_is_refused_the_second_time_with_both_places(tmp_path: Path) -> None:
    line = json.dumps({"id": "mara", "messages": HELLO})
    found = refusal(read(written(tmp_path, f"{line}\n{line}\n")))
    assert found.line == 2
    assert "'mara' was already used at" in found.error
    assert "chats.jsonl:1" in found.error


@pytest.mark.parametrize("content", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_session_says_so(content: bytes, tmp_path: Path) -> None:
    assert "holds no session" in refusal(read(written(tmp_path, content))).error


def test_a_line_beyond_the_limit_is_skipped_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 200)
    good = json.dumps(HELLO)
    items = read(written(tmp_path, f'{good}\n["{"x" * 900}"]\n{good}'))
    assert [type(item) for item in items] == [InputSession, Refusal, InputSession]
    assert isinstance(items[1], Refusal)
    assert (items[1].line, "longer than" in items[1].error) == (2, True)


def test_a_document_beyond_the_limit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 50)
    assert "one JSON document" in refusal(read(written(tmp_path, "[\n" + "1,\n" * 100, "chat.json"))).error


class Endless(io.RawIOBase):
    """A stream of sessions that never ends."""

    def __init__(self) -> None:
        self.given = 0

    def readable(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> bytes:
        self.given += 1
        return json.dumps({"id": self.given, "messages": HELLO}).encode() + b"\n"


def test_sessions_are_scored_as_they_come_from_a_stream_that_does_not_end() -> None:
    stream = Endless()
    items: Iterator[InputSession | Refusal] = read_sessions(["-"], no_record, stream)  # type: ignore[arg-type]
    first = [next(items) for _ in range(5)]
    assert [item.id for item in first] == ["1", "2", "3", "4", "5"]
    assert stream.given < 10


def test_a_record_is_recognised_by_its_format_wherever_it_stands(tmp_path: Path) -> None:
    found = refused({"format": "assay-record/1"}, tmp_path)
    assert found.error == "This is not a record"


def test_files_that_cannot_be_read_are_refused_before_anything_is_scored(tmp_path: Path) -> None:
    chat = written(tmp_path, "[]", "chat.json")
    with pytest.raises(UserMistake, match="no such file"):
        check_files([str(chat), str(tmp_path / "absent.json")])
    with pytest.raises(UserMistake, match="a folder"):
        check_files([str(tmp_path)])
    with pytest.raises(UserMistake, match="named twice"):
        check_files([str(chat), str(chat)])
    check_files([str(chat), "-"])
