"""Inspect AI logs as sessions: each sample of a log is one, read by Inspect's own library.

What a sample's model completed last is nothing that a candidate handed in, so it is no deliverable. What was
handed in stands under `metadata.assay.deliverable` of the sample, where Assay's own logs have it.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.errors import UserMistake
from assay.scoring.inputs.conversation import Conversation, Unusable, conversation_from

if TYPE_CHECKING:
    from inspect_ai.log import EvalSample
    from inspect_ai.model import ChatMessage

LOG_NAME = ".eval"
"""How the name of a log ends that is no JSON."""

LARGEST_SAMPLE = 256 * 1024 * 1024
"""Bytes that a sample may have once it is unpacked, its record of events included."""

OURS = "assay"
"""The key of a sample's metadata under which Assay's own stand."""

Sample = tuple[str, Conversation | Unusable]
"""A sample's name, and its session or why it is none."""

_Key = tuple[int | str, int]

_AT_ONCE = 50
_NOT_READ = {"events", "events_data", "store", "timelines", "error_retries"}
_AS_MESSAGES = "Write its messages as JSON Lines, a session a line"


def need_inspect() -> None:
    """Load Inspect's library.

    Raises:
        UserMistake: it is not installed, or too old.
    """
    try:
        from inspect_ai.log import read_eval_log_samples_by_id
        from inspect_ai.scorer import Score
    except ImportError as error:
        raise UserMistake(
            "For Inspect logs the package inspect-ai is needed, and it is not installed or too old",
            remedy="Install it with: pip install --upgrade 'assay[inspect]'",
        ) from error
    del read_eval_log_samples_by_id, Score


def is_inspect_log(value: Any) -> bool:
    """Whether a JSON value is a log of Inspect."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("eval"), dict)
        and {"version", "status"} <= set(value)
    )


def samples_of_json(data: bytes) -> Iterator[Sample]:
    """The samples of a log in JSON, in the order of the log.

    Raises:
        UserMistake: Inspect's library is missing.
        Unusable: the log cannot be read.
    """
    need_inspect()
    from inspect_ai.log import read_eval_log

    try:
        log = read_eval_log(BytesIO(data), resolve_attachments=True, format="json")
    except Exception as error:
        raise _unreadable("The log", error) from error
    for sample in log.samples or ():
        yield _named(sample.id, sample.epoch), _session(sample)


def samples_of_file(path: Path) -> Iterator[Sample]:
    """The samples of an `.eval` file, in the order of the log; a few are held at a time.

    Raises:
        UserMistake: Inspect's library is missing.
        Unusable: the log cannot be read.
        OSError: the file cannot be read.
    """
    need_inspect()
    from inspect_ai.log import read_eval_log_sample_summaries

    location = str(path.absolute())
    try:
        with zipfile.ZipFile(path) as packed:
            sizes = {member.filename: member.file_size for member in packed.infolist()}
        keys = [(one.id, one.epoch) for one in read_eval_log_sample_summaries(location, format="eval")]
    except OSError:
        raise
    except Exception as error:
        raise _unreadable("The log", error) from error
    for first in range(0, len(keys), _AT_ONCE):
        some = keys[first : first + _AT_ONCE]
        small = [key for key in some if sizes.get(_member(*key), 0) <= LARGEST_SAMPLE]
        read = dict(zip(small, _sessions(location, small), strict=True))
        for key in some:
            yield _named(*key), read.get(key) or _too_large(key)


def _sessions(location: str, keys: list[_Key]) -> list[Conversation | Unusable]:
    """Some samples' sessions. Where one cannot be read, each is read by itself."""
    from inspect_ai.log import read_eval_log_samples_by_id

    try:
        # One after the other: of several at once, those under way when one fails would be left open.
        samples = read_eval_log_samples_by_id(
            location, keys, concurrency=1, resolve_attachments=True, format="eval", exclude_fields=_NOT_READ
        )
    except Exception as error:
        if len(keys) == 1:
            return [_unreadable(f"Sample {_named(*keys[0])!r}", error)]
        return [session for key in keys for session in _sessions(location, [key])]
    return [_session(sample) for sample in samples]


def _session(sample: "EvalSample") -> Conversation | Unusable:
    name = _named(sample.id, sample.epoch)
    ours = sample.metadata.get(OURS)
    value = {
        "id": name,
        "messages": [_plain(message) for message in sample.messages],
        "deliverable": ours.get("deliverable") if isinstance(ours, dict) else None,
    }
    try:
        conversation = conversation_from(value)
    except Unusable as problem:
        return Unusable(f"Sample {name!r}: {problem.message}", problem.remedy)
    if sample.error is None:
        return conversation
    return replace(conversation, notes=(*conversation.notes, "the sample ended with an error"))


def _plain(message: "ChatMessage") -> dict[str, Any]:
    """The message as a message list has it; of its parts, what `conversation_from` looks at."""
    content: Any = message.content
    if not isinstance(content, str):
        content = [{"type": part.type, "text": getattr(part, "text", None)} for part in content]
    return {"role": message.role, "content": content, "tool_calls": getattr(message, "tool_calls", None)}


def _named(sample: int | str, epoch: int) -> str:
    """The session's id. A sample that was run several times counts its further runs."""
    return str(sample) if epoch == 1 else f"{sample}-{epoch}"


def _member(sample: int | str, epoch: int) -> str:
    return f"samples/{sample}_epoch_{epoch}.json"


def _too_large(key: _Key) -> Unusable:
    largest = f"{LARGEST_SAMPLE // 2**20} MB"
    return Unusable(f"Sample {_named(*key)!r} has more than {largest} once it is unpacked", _AS_MESSAGES)


def _unreadable(what: str, error: Exception) -> Unusable:
    why = (str(error).splitlines() or [""])[0][:200]
    return Unusable(
        f"{what} cannot be read by Inspect: {type(error).__name__}: {why}",
        "Check that inspect view opens it; if it does not, the log is damaged or was never finished",
    )
