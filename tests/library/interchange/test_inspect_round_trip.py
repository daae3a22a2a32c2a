"""A record goes into an Inspect log, and Inspect's own reader and Assay's get out what was in it."""

import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from inspect_ai.log import EvalLog, EvalSample, list_eval_logs, read_eval_log, recompute_metrics
from tests.library.interchange.records import records
from tests.library.record.sessions import a_record, a_record_from_elsewhere

from assay import __version__
from assay.errors import UserMistake, Where
from assay.interchange.inspect_log import message_id, write_inspect_log
from assay.interchange.inspect_scores import OVERALL
from assay.record import Record
from assay.scoring.inputs import InputSession, RecordedCase, read_sessions

FORMS = ["eval", "json"]


def no_record(value: object, where: Where) -> RecordedCase:
    raise AssertionError(where)


def opened(path: Path) -> EvalLog:
    return read_eval_log(str(path), resolve_attachments=True)


def sample_of(log: EvalLog, record: Record) -> EvalSample:
    (sample,) = [sample for sample in log.samples or [] if sample.id == record.session]
    return sample


def same(value: float | None, given: float) -> bool:
    """A level as Inspect has it: unscored is not a number."""
    return math.isnan(given) if value is None else value == given


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=50, deadline=None)
@given(found=records())
def test_inspect_reads_the_messages_and_scores_of_any_session(form: str, found: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"log.{form}")
        write_inspect_log(found, path)
        log = opened(path)
    assert log.status == "success"
    assert log.eval.dataset.sample_ids == [record.session for record in found]
    for record in found:
        sample, turns = sample_of(log, record), record.transcript.turns
        assert [(message.role, message.text) for message in sample.messages] == [
            (turn.role, turn.text) for turn in turns
        ]
        assert [message.id for message in sample.messages] == [message_id(turn) for turn in turns]
        assert len({message.id for message in sample.messages}) == len(turns)
        assert sample.output.completion == record.transcript.final_deliverable
        assert sample.output.empty == (not record.transcript.deliverable)
        _scores_agree(sample, record)


def _scores_agree(sample: EvalSample, record: Record) -> None:
    scores, score = sample.scores or {}, record.score
    assert list(scores) == [*(criterion.criterion for criterion in score.criteria), OVERALL]
    assert same(score.overall.value if score.overall else None, scores[OVERALL].as_float())
    for criterion in score.criteria:
        shown = scores[criterion.criterion]
        metadata = shown.metadata or {}
        assert same(criterion.level, shown.as_float())
        assert shown.explanation == (criterion.unscored or "\n".join(criterion.reasons))
        assert (shown.reason == "unscored") == (criterion.level is None)
        assert metadata["scale"] == {"min": 0, "max": 4}
        assert metadata["weight"] == criterion.weight
        assert [rater["name"] for rater in metadata["raters"]] == ["Inès"]
        assert len(metadata["evidence"]) == len(criterion.evidence)
        for quote in metadata["evidence"]:
            text = sample.messages[quote["turn"]].text
            assert text[quote["start"] : quote["end"]] == quote["quote"]


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=50, deadline=None)
@given(found=records())
def test_assay_reads_back_the_conversation_and_deliverable_of_any_session(
    form: str, found: list[Record]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"log.{form}")
        write_inspect_log(found, path)
        read = {item.id: item for item in read_sessions([str(path)], no_record)}
    assert set(read) == {record.session for record in found}
    for record in found:
        item = read[record.session]
        assert isinstance(item, InputSession)
        assert item.conversation
        back, there = item.conversation.transcript(), record.transcript
        assert [(turn.role, turn.text) for turn in back.turns] == [(t.role, t.text) for t in there.turns]
        assert back.deliverable == there.deliverable


def test_someone_who_opens_an_assessment_in_inspect_sees_where_it_comes_from(tmp_path: Path) -> None:
    record = a_record()
    write_inspect_log([record], tmp_path / "mara.eval")
    log = opened(tmp_path / "mara.eval")
    assert record.exercise
    assert (log.eval.task, log.eval.task_version) == ("opening-hours", record.exercise.version)
    assert log.eval.metadata == {
        "assay": __version__,
        "exercise_version": record.exercise.version,
        "rubric_hash": record.exercise.rubric.content_hash(),
        "seals": {"s-mara-1": record.seal},
    }
    sample = sample_of(log, record)
    assert isinstance(sample.input, str)
    for told in ("A reply that can be sent.", "You answer mail", "Tuesday to Friday, 10 to 18.", "60 words"):
        assert told in sample.input
    for hidden in ("The list of hours has no Monday", "Does the candidate"):
        assert hidden not in sample.input
    ours = sample.metadata["assay"]
    assert (ours["seal"], ours["ended_by"]) == (record.seal, "submitted")
    assert [rule["held"] for rule in ours["rules"]] == [True, False]
    overall = (sample.scores or {})[OVERALL].metadata or {}
    assert overall["weights"] == {"planning": 30, "checking": 50, "awareness": 20}
    assert (overall["threshold"], overall["verdict"]) == (2.5, "below")


def test_a_log_is_listed_among_others_and_its_means_are_those_inspect_computes(tmp_path: Path) -> None:
    write_inspect_log([a_record()], tmp_path / "mara.eval")
    (listed,) = list_eval_logs(str(tmp_path))
    assert listed.task == "opening-hours"
    log = opened(tmp_path / "mara.eval")
    means = {score.name: score.metrics["mean"].value for score in log.results.scores} if log.results else {}
    assert (means["planning"], means["checking"], means[OVERALL]) == (2.5, 1.0, 1.5625)
    assert math.isnan(means["awareness"])
    assert log.results
    assert [(score.scored_samples, score.unscored_samples) for score in log.results.scores] == [
        (1, 0),
        (1, 0),
        (0, 1),
        (1, 0),
    ]
    recompute_metrics(log)


def test_the_same_records_make_the_same_log(tmp_path: Path) -> None:
    for name in ("one.json", "two.json"):
        write_inspect_log([a_record()], tmp_path / name)
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


@pytest.mark.parametrize(
    ("found", "name", "says"),
    [
        ([], "log.eval", "no record to export"),
        ([a_record(), a_record_from_elsewhere()], "log.eval", "a log is about one"),
        ([a_record(), a_record()], "log.eval", "two records of the session 's-mara-1'"),
        ([a_record()], "log.zip", "which form"),
        ([a_record()], "absent/log.eval", "cannot be written: No such file"),
        ([a_record().model_copy(update={"session": "a\0b"})], "log.eval", "cannot name a sample"),
        ([a_record().model_copy(update={"session": "a" * 1001})], "log.eval", "cannot name a sample"),
    ],
)
def test_what_makes_no_log_is_refused_and_leaves_no_file(
    found: list[Record], name: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(UserMistake) as refused:
        write_inspect_log(found, tmp_path / name)
    assert says in refused.value.message
    assert refused.value.remedy
    assert not list(tmp_path.iterdir())
