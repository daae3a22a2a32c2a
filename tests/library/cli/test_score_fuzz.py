"""Whatever a file holds, `assay score` answers in order: scored, unscored, or refused with a remedy."""

import contextlib
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from assay.cli import main
from assay.reports.json_lines import CriterionLine, RefusedLine, RuleLine, ScoreLine

ROOT = Path(__file__).parents[3]
LINE: TypeAdapter[ScoreLine | RefusedLine] = TypeAdapter(ScoreLine | RefusedLine)

RUBRIC = """\
criteria:
  task_decomposition: {asks: Parts?, levels: {0: None., 4: All.}}
  instruction_clarity: {asks: Clear?, levels: {0: None., 4: All.}}
  error_recovery: {asks: Recovered?, levels: {0: None., 4: All.}}
  verification: {asks: Checked?, levels: {0: None., 4: All.}}
rules:
  - {id: length, check: deliverable_length, says: Short., max_words: 5}
  - {id: words, check: deliverable_contains, says: Says so., phrases: ["summary", "é…"]}
  - {id: json, check: deliverable_json, says: JSON., required_keys: [a]}
  - {id: table, check: deliverable_table, says: A table., columns: [id]}
  - {id: private, check: no_personal_data, says: Nothing private.}
  - {id: limits, check: limits_kept, says: In time.}
"""

texts = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "First list the steps, then write the code. Check each step.",
            "That is wrong: the total should be 412.",
            "mail dana@shop.example, +44 20 7946 0958",
            "| id |\n|---|\n| 1 |",
            '{"a": 1}',
            "e\u0301\u200b\u202e\ufeff \x00\x1b[31m\r\n",
            "\ud800",
            "👩‍👩‍👧‍👦" * 3,
        ]
    ),
)
parts = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(["text", "image_url", "refusal", "\x1b"]), "text": texts}),
    texts,
    st.none(),
)
contents = st.one_of(texts, st.lists(parts, max_size=3), st.none(), st.integers())
roles = st.sampled_from(["user", "user", "assistant", "system", "developer", "tool", "human", ""])
messages = st.one_of(
    st.fixed_dictionaries({"role": roles, "content": contents}),
    st.fixed_dictionaries({"role": roles}),
)
versions = st.one_of(texts, st.fixed_dictionaries({"text": texts, "after_turn": st.integers(-2, 5)}))
sessions = st.fixed_dictionaries(
    {"messages": st.lists(messages, max_size=5)},
    optional={
        "id": st.one_of(
            st.sampled_from(["a", "b", "../x", "\x1b]", ""]), st.integers(), st.none(), st.floats()
        ),
        "deliverable": st.one_of(texts, st.lists(versions, max_size=3), st.none(), st.booleans()),
        "format": st.sampled_from(["assay-record/1", "assay-record/9", "x"]),
        "score": st.floats(),
    },
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["messages", "role", "content", "id", "x"]), inner, max_size=4),
    ),
    max_leaves=12,
)
near_valid = st.one_of(sessions, st.lists(messages, max_size=5), json_values)
names = st.sampled_from(["in.jsonl", "in.json", "in.txt", "in.assay.json"])
quickly = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


CALL = ("score", "-", "--json", "--rubric", "rubric.yaml")


class Bytes(io.TextIOWrapper):
    """A text stream that keeps the bytes written to it."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="backslashreplace")

    def text(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode()


def score(data: bytes, name: str, *more: str) -> tuple[int, str, str]:
    """Score a file that holds `data` through the command line's own entry."""
    with tempfile.TemporaryDirectory() as folder:
        path, rubric = Path(folder, name), Path(folder, "rubric.yaml")
        path.write_bytes(data)
        rubric.write_text(RUBRIC, encoding="utf-8")
        arguments = ["assay", "score", str(path), "--rubric", str(rubric), *more]
        out, errors = Bytes(), Bytes()
        with (
            patch.object(sys, "argv", arguments),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(errors),
            pytest.raises(SystemExit) as stopped,
        ):
            main()
    code = stopped.value.code
    assert isinstance(code, int)
    return code, out.text(), errors.text()


def check(data: bytes, name: str) -> list[ScoreLine | RefusedLine]:
    """Score `data` with --json and hold the answer against what is promised."""
    code, out, errors = score(data, name, "--json")
    lines = [LINE.validate_json(line) for line in out.split("\n")[:-1]]
    refused = [line for line in lines if isinstance(line, RefusedLine)]
    assert lines
    assert code == (1 if refused else 0)
    assert "Traceback" not in errors
    assert "has a bug" not in errors + out
    assert len(errors.splitlines()) >= len(refused)
    for line in refused:
        assert line.file
        assert line.error
        assert line.remedy
    return lines


@quickly
@given(st.binary(max_size=300), names)
@example(b"\xff\xfe[\x00", "in.json")
@example(b"[" * 200_000, "in.jsonl")
@example(b'{"a":' * 50_000, "in.txt")
@example(b'[{"role": "user", "content": "' + b"x" * 100_000 + b'"}]', "in.json")
def test_no_bytes_whatever_bring_it_down(data: bytes, name: str) -> None:
    check(data, name)


@quickly
@given(st.lists(near_valid, min_size=1, max_size=4), names)
@example([{"messages": [], "n": 10**400}], "in.jsonl")
@example([float("nan")], "in.json")
def test_no_json_whatever_brings_it_down(values: list[Any], name: str) -> None:
    check("\n".join(map(dumped, values)).encode(), name)


@quickly
@given(st.lists(sessions, min_size=1, max_size=4))
def test_each_quote_stands_at_its_offsets_in_what_was_given(values: list[dict[str, Any]]) -> None:
    lines = check("\n".join(map(dumped, values)).encode(), "in.jsonl")
    for line in lines:
        if isinstance(line, ScoreLine):
            value = values[(line.line or 1) - 1]
            hold_quotes_against(line, value)


def hold_quotes_against(line: ScoreLine, value: dict[str, Any]) -> None:
    given_texts = [as_text(message.get("content")) for message in value["messages"]]
    last = value.get("deliverable")
    last = last[-1] if isinstance(last, list) and last else last
    last = last["text"] if isinstance(last, dict) else last
    places: list[CriterionLine | RuleLine] = [*line.criteria.values(), *line.rules]
    for found in places:
        for quote in found.evidence:
            assert given_texts[quote.turn][quote.start : quote.end] == quote.quote
        for own in found.deliverable_evidence:
            assert isinstance(last, str)
            assert last[own.start : own.end] == own.quote


def as_text(content: Any) -> str:
    if isinstance(content, list):
        kept = [part if isinstance(part, str) else part["text"] for part in content if is_text(part)]
        return "\n".join(kept)
    return content or ""


def is_text(part: Any) -> bool:
    return isinstance(part, str) or part["type"] == "text"


def dumped(value: Any) -> str:
    """The value as one line of JSON, characters written out or not as the value's own length decides."""
    escaped = json.dumps(value)
    return escaped if len(escaped) % 2 or "\\ud" in escaped else json.dumps(value, ensure_ascii=False)


@settings(max_examples=40, deadline=None)
@given(st.lists(near_valid, min_size=1, max_size=4), names)
def test_no_input_brings_the_report_for_people_down(values: list[Any], name: str) -> None:
    code, out, errors = score("\n".join(map(dumped, values)).encode(), name)
    assert code in (0, 1)
    assert "Traceback" not in errors
    assert "has a bug" not in errors
    assert "\x1b" not in out + errors


@settings(max_examples=40, deadline=None)
@given(st.lists(near_valid, min_size=1, max_size=3))
def test_no_input_brings_the_files_of_a_run_down(values: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        more = ("--out", f"{folder}/out", "--format", "record", "--format", "html", "--format", "md")
        code, _, errors = score("\n".join(map(dumped, values)).encode(), "in.jsonl", *more)
        lines = Path(folder, "out", "scores.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
        scored = [line for line in map(LINE.validate_json, lines) if isinstance(line, ScoreLine)]
        assert len(list(Path(folder, "out").iterdir())) == 1 + 3 * len(scored)
    assert code in (0, 1)
    assert "has a bug" not in errors


levels = st.one_of(st.integers(-1, 5), st.floats(), st.booleans(), st.none(), texts, st.just(10**400))
quotes = st.fixed_dictionaries(
    {"text": st.one_of(texts, st.none())}, optional={"turn": st.one_of(st.integers(-1, 3), st.none(), texts)}
)
ratings = st.fixed_dictionaries(
    {},
    optional={
        "level": levels,
        "quotes": st.one_of(st.lists(quotes, max_size=2), texts),
        "reason": st.one_of(texts, st.integers()),
        "unscored": st.one_of(texts, st.none()),
        "\x1b": st.none(),
    },
)
entries = st.fixed_dictionaries(
    {
        "id": st.one_of(st.sampled_from(["a", "b"]), st.integers(), json_values),
        "rater": st.one_of(st.sampled_from(["Ines", "Jonas"]), texts, st.none()),
        "ratings": st.dictionaries(st.sampled_from(["verification", "\x1b", "x"]), ratings, max_size=2),
    }
)


@quickly
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(st.one_of(entries, json_values), max_size=3).map(
            lambda v: "\n".join(map(dumped, v)).encode()
        ),
        st.lists(st.one_of(entries, json_values), max_size=3).map(lambda v: json.dumps(v, indent=1).encode()),
    ),
    st.sampled_from(["ratings.jsonl", "ratings.json", "ratings.yaml"]),
)
def test_no_file_of_peoples_ratings_brings_it_down(data: bytes, name: str) -> None:
    session = {"id": "a", "messages": [{"role": "user", "content": "Check it."}]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        code, out, errors = score(dumped(session).encode(), "in.jsonl", "--json", "--ratings", str(path))
    assert code in (0, 1, 2)
    assert bool(out) == (code != 2)
    assert "Traceback" not in errors
    assert "has a bug" not in errors + out


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02",
        b'[{"role": "user", "content": "\\ud800"}]',
        b'{"messages": [{"role": "user", "content": "Check it."}], "n": 1' + b"0" * 9000 + b"}",
        b"[" * 300_000,
    ],
)
def test_a_real_process_prints_no_traceback_either(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from assay.cli import main; main()", *CALL],
        input=data, capture_output=True, timeout=60, cwd=tmp_path, check=False,
        env={"PYTHONPATH": str(ROOT / "src"), "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode in (0, 1)
    assert b"Traceback" not in done.stderr
    assert b"has a bug" not in done.stderr
    assert all(json.loads(line) for line in done.stdout.splitlines())
