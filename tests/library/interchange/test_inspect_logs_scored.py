"""Logs that Inspect wrote of other people's evaluations, given to `assay score`."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalSample, EvalSpec, write_eval_log
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentImage,
    ContentReasoning,
    ContentText,
    ModelOutput,
)
from inspect_ai.tool import ToolCall
from tests.library.record.sessions import a_record, a_record_from_elsewhere

from assay.cli import main
from assay.cli.score_progress import count_sessions
from assay.errors import UserMistake, Where
from assay.interchange.inspect_log import write_inspect_log
from assay.record import write_record
from assay.scoring.inputs import InputSession, RecordedCase, Refusal, files, inspect_logs, read_sessions

FORMS = ["eval", "json"]
IMAGE = "data:image/png;base64,iVBORw0KGgo="
LONG = "Compare each row with the schema. " * 40

CHAT: list[ChatMessage] = [
    ChatMessageSystem(content="Be brief."),
    ChatMessageUser(
        content=[ContentText(text=LONG), ContentImage(image=IMAGE), ContentText(text="Is it right?")]
    ),
    ChatMessageAssistant(
        content=[ContentReasoning(reasoning="hm"), ContentText(text="Let me look.")],
        tool_calls=[ToolCall(id="c1", function="look", arguments={"row": 1})],
    ),
    ChatMessageTool(content="row 1: ok", tool_call_id="c1", function="look"),
    ChatMessageAssistant(content="It is right."),
]


def no_record(value: object, where: Where) -> RecordedCase:
    raise UserMistake("This is not a record", remedy="Give a record", where=where)


def a_sample(name: str | int, messages: list[ChatMessage] | None = None, **more: Any) -> EvalSample:
    output = ModelOutput.from_content("mockllm/model", "It is right.")
    chat = CHAT if messages is None else messages
    return EvalSample(
        **{"id": name, "epoch": 1, "input": "?", "target": "", "messages": chat, "output": output} | more
    )


def a_log(path: Path, *samples: EvalSample, status: Any = "success") -> Path:
    spec = EvalSpec(
        created="2026-03-02T10:15:00Z",
        task="look-at-rows",
        dataset=EvalDataset(samples=len(samples)),
        model="mockllm/model",
        config=EvalConfig(),
    )
    write_eval_log(EvalLog(status=status, eval=spec, samples=list(samples)), str(path))
    return path


@pytest.mark.parametrize("form", FORMS)
def test_the_bar_of_whoever_scores_a_log_goes_to_the_number_of_its_samples(form: str, tmp_path: Path) -> None:
    path = a_log(tmp_path / f"log.{form}", *map(a_sample, ("a", "b", "c")))
    assert count_sessions([str(path)]) == len(read(path)) == 3
    path.write_bytes(path.read_bytes()[:-40])
    assert count_sessions([str(path)]) == len(read(path)) == 1, "a damaged log is refused in one line"


def read(path: Path) -> list[InputSession | Refusal]:
    return list(read_sessions([str(path)], no_record))


def refusal(items: list[InputSession | Refusal]) -> Refusal:
    (found,) = [item for item in items if isinstance(item, Refusal)]
    assert found.remedy
    return found


@pytest.mark.parametrize("form", FORMS)
def test_a_sample_becomes_a_session_and_what_is_not_text_is_noted(form: str, tmp_path: Path) -> None:
    (item,) = read(a_log(tmp_path / f"rows.{form}", a_sample("rows-1")))
    assert isinstance(item, InputSession)
    assert (item.id, item.line) == ("rows-1", None)
    assert item.conversation
    assert [(message.role, message.text) for message in item.conversation.messages] == [
        ("system", "Be brief."),
        ("user", f"{LONG}\nIs it right?"),
        ("assistant", "Let me look."),
        ("tool", "row 1: ok"),
        ("assistant", "It is right."),
    ]
    assert item.notes == (
        "message 1: a part of type image is not text and was left out",
        "message 2: a part of type reasoning is not text and was left out",
        "message 2: tool calls were left out",
    )


@pytest.mark.parametrize("form", FORMS)
def test_what_the_model_completed_is_no_deliverable(form: str, tmp_path: Path) -> None:
    (item,) = read(a_log(tmp_path / f"rows.{form}", a_sample(1, metadata={"deliverable": "rows.csv"})))
    assert item.id == "1"
    assert isinstance(item, InputSession)
    assert item.conversation
    assert item.conversation.deliverable == ()


@pytest.mark.parametrize("form", FORMS)
def test_a_sample_that_was_run_several_times_is_as_many_sessions(form: str, tmp_path: Path) -> None:
    path = a_log(tmp_path / f"rows.{form}", a_sample("a"), a_sample("a", epoch=2), a_sample("b"))
    assert {item.id for item in read(path)} == {"a", "a-2", "b"}


def test_a_log_of_a_run_that_was_stopped_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    broken = {"message": "out of memory", "traceback": "", "traceback_ansi": ""}
    path = a_log(tmp_path / "rows.eval", a_sample("a"), a_sample("b", error=broken), status="error")
    first, second = read(path)
    assert isinstance(first, InputSession)
    assert isinstance(second, InputSession)
    assert "the sample ended with an error" not in first.notes
    assert "the sample ended with an error" in second.notes


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (
            {"metadata": {"assay": {"deliverable": 7}}},
            "Sample 'b': Version 1 of 'deliverable' must be a text",
        ),
        ({"metadata": {"assay": {"deliverable": [{"text": "x", "after_turn": 9}]}}}, "names no message"),
    ],
)
def test_a_sample_that_cannot_be_used_is_named_and_does_not_stop_the_others(
    form: str, bad: dict[str, Any], says: str, tmp_path: Path
) -> None:
    path = a_log(tmp_path / f"rows.{form}", a_sample("a"), a_sample("b", **bad), a_sample("c"))
    items = read(path)
    found = refusal(items)
    assert (found.id, found.file) == ("b", str(path))
    assert says in found.error
    assert [item.id for item in items if isinstance(item, InputSession)] == ["a", "c"]


def test_a_sample_that_inspect_itself_cannot_read_does_not_stop_the_others(tmp_path: Path) -> None:
    whole = a_log(tmp_path / "whole.eval", a_sample("a"), a_sample("b"), a_sample("c"))
    path = tmp_path / "rows.eval"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = b'{"id": "b"' if name.startswith("samples/b") else source.read(name)
            target.writestr(name, content)
    items = read(path)
    assert [item.id for item in items] == ["a", "b", "c"]
    assert "Sample 'b' cannot be read by Inspect" in refusal(items).error


def test_a_sample_that_would_fill_the_memory_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspect_logs, "LARGEST_SAMPLE", 2**20)
    large = a_sample("b", [ChatMessageUser(content="x" * 2**21)])
    items = read(a_log(tmp_path / "rows.eval", a_sample("a"), large))
    assert isinstance(items[0], InputSession)
    assert "Sample 'b' has more than 1 MB" in refusal(items).error


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("rows.eval", b"", "The log cannot be read by Inspect"),
        ("rows.eval", b'{"messages": []}', "The log cannot be read by Inspect"),
        (
            "rows.json",
            b'{"version": 2, "status": "success", "eval": {}}',
            "The log cannot be read by Inspect",
        ),
        ("rows.zip", b"PK\x03\x04 and so on", "zip archive"),
    ],
)
def test_what_is_no_log_is_refused_with_its_file(
    name: str, content: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = refusal(read(path))
    assert found.file == str(path)
    assert says in found.error


def test_a_log_in_json_beyond_the_limit_is_told_of_its_other_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_log(tmp_path / "rows.json", a_sample("a"))
    monkeypatch.setattr(files, "LONGEST_LINE", 3000)
    assert "inspect log convert --to eval" in refusal(read(path)).remedy


@pytest.mark.parametrize("form", FORMS)
def test_without_inspect_a_log_is_refused_with_how_to_install_it(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_log(tmp_path / f"rows.{form}", a_sample("a"))
    monkeypatch.setitem(sys.modules, "inspect_ai.log", None)
    found = refusal(read(path))
    assert "inspect-ai" in found.error
    assert "pip install --upgrade 'assay[inspect]'" in found.remedy
    with pytest.raises(UserMistake, match="not installed or too old"):
        write_inspect_log([a_record()], tmp_path / "mara.eval")


def assay(*arguments: object, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["assay", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    return stopped.value.code if isinstance(stopped.value.code, int) else 0


RUBRIC = """\
criteria:
  checking:
    asks: Does the candidate check the replies?
    levels: {0: Takes every reply., 4: Checks each reply.}
"""


def test_records_are_exported_and_the_log_is_scored_by_several_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    write_record(a_record(), Path("mara.assay.json"))
    assert assay("export", "inspect", "mara.assay.json", "--out", "mara.eval", monkeypatch=monkeypatch) == 0
    assert capfd.readouterr().out == "1 session written to mara.eval.\n"
    a_log(Path("rows.eval"), *(a_sample(number) for number in range(60)))
    flags = ["--rubric", "rubric.yaml", "--json", "--workers", "2"]
    assert assay("score", "mara.eval", "rows.eval", *flags, monkeypatch=monkeypatch) == 0
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 61
    assert '"id":"s-mara-1"' in lines[0].replace(" ", "")


def test_a_record_that_does_not_hold_is_not_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_record(a_record_from_elsewhere(), Path("chat.assay.json"))
    edited = Path("chat.assay.json").read_text("utf-8").replace("for a child of ten", "for a child of six")
    Path("chat.assay.json").write_text(edited, encoding="utf-8")
    assert assay("export", "inspect", "chat.assay.json", "--out", "chat.eval", monkeypatch=monkeypatch) == 2
    assert "does not hold" in capfd.readouterr().err
    assert not Path("chat.eval").exists()


def test_whoever_scores_message_lists_loads_nothing_of_inspect(tmp_path: Path) -> None:
    (tmp_path / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    (tmp_path / "chat.json").write_text('[{"role": "user", "content": "Check it."}]', encoding="utf-8")
    code = (
        "import sys\nfrom assay.cli import main\n"
        "sys.argv = ['assay', 'score', 'chat.json', '--rubric', 'rubric.yaml']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name.startswith('inspect_ai')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert "Checking" in done.stdout
