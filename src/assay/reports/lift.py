"""A record beside the assistant alone: which baselines it may be held against, and the words for it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from assay.errors import UserMistake, Where
from assay.models.setting import read_setting
from assay.record import Record, read_record, verify_record
from assay.reports.findings import count, only_the_offline_judge, sentence, session_facts
from assay.reports.safe import one_line
from assay.scoring.lift import Alone, Beside, Lift, Lifts, baseline_of, lifts_over
from assay.scoring.narrative import show_level
from assay.scoring.ratings import RaterIdentity
from assay.session.assistant import with_longest_reply
from assay.session.baseline import LineBy, baseline_mark
from assay.session.state import state_of

RECORDS = "*.assay.json"
"""What records are called in a folder of runs."""

ONE_LINE_ONLY = (
    "The assistant alone was given one line and handed in its reply. Criteria that only a conversation can "
    "show, such as going in steps or checking what came back, are low for it by their nature."
)

BY_THE_OFFLINE_JUDGE = (
    "The offline judge reads what was typed, and hardly what came back: with it alone this is what the one "
    "line is worth, not what the assistant's work is worth, and runs that lie close together say nothing. "
    "Have a judge rate the runs and the sessions for that."
)
"""Comes before any number of a baseline that nobody else rated."""

NOBODYS = (
    "Nobody worked in this session: the assistant was given one line, and its reply was handed in. What is "
    "said here of a candidate is said of that line."
)

MINUS = "\N{MINUS SIGN}"


def is_baseline(record: Record) -> bool:
    """Whether nobody worked in this session: the assistant did it alone, given one line."""
    return baseline_mark(record.events) is not None


def kind_in_words(record: Record) -> str:
    """What sort of session a report is about."""
    return "Baseline: the assistant alone, given one line" if is_baseline(record) else "LLM assessment"


def read_first(record: Record) -> list[str]:
    """What to know before the numbers of a run of a baseline, a paragraph each; nothing for others."""
    if not is_baseline(record):
        return []
    return [NOBODYS, line_in_words(*_given(record)), *worth_in_words([record])]


def worth_in_words(runs: Sequence[Record]) -> list[str]:
    """What runs, all rated alike, cannot tell, where nobody but the offline judge rated them."""
    return [BY_THE_OFFLINE_JUDGE] if only_the_offline_judge(runs[0]) else []


def line_in_words(line: str, by: LineBy | None) -> str:
    """The line that the assistant alone was given and who wrote it, as a sentence."""
    whose = "the exercise's goal" if by == "exercise" else "written by the author"
    return f"The line it was given, {whose}: “{line}”"


def read_runs(path: Path) -> tuple[Record, ...]:
    """The runs of a baseline: those of a folder, in the order of their names, or the one in a file.

    Raises:
        UserMistake: there is none, one does not hold, is no run of a baseline, or is there twice.
    """
    files = [path]
    if path.is_dir():
        files = sorted(file for file in path.glob(RECORDS) if not file.name.startswith("."))
    if not files:
        raise UserMistake(
            "This folder holds no record of a baseline",
            remedy="Name the folder that assay baseline wrote, or one that assay score --format record wrote",
            where=Where(path),
        )
    runs = tuple(_run(file) for file in files)
    if len({run.session for run in runs}) < len(runs):
        raise UserMistake(
            "A run of the baseline is there twice, as by two groups of raters",
            remedy="Give the folder of one scoring",
            where=Where(path),
        )
    return runs


def _run(file: Path) -> Record:
    record = read_record(file)
    failure = verify_record(record).first_failure
    if failure is not None:
        raise UserMistake(
            one_line(f"This record does not hold. {failure.says}: no; {failure.detail}"),
            remedy="Take the file as assay baseline or assay score wrote it",
            where=Where(file),
        )
    if not is_baseline(record):
        raise UserMistake(
            "This is a person's session, and no run of a baseline",
            remedy="Make a baseline with assay baseline EXERCISE --out FOLDER",
            where=Where(file),
        )
    return record


def lifts_of(record: Record, runs: Sequence[Record]) -> Lifts:
    """A session beside runs of the assistant alone, at least one.

    Raises:
        UserMistake: the two cannot be compared, and why.
    """
    for run in runs:
        why, remedy = _difference(record, run)
        if why:
            raise UserMistake(f"No lift can be shown: {why}", remedy=remedy)
    if len({_given(run) for run in runs}) > 1:
        raise UserMistake(
            "No lift can be shown: the runs of the baseline were not all given the same line",
            remedy="Give the folder of one call of assay baseline",
        )
    line, by = _given(runs[0])
    about = {
        "line": line,
        "by": by,
        "offline": only_the_offline_judge(record),
        "assistant_unknown": not _assistant(record),
    }
    return lifts_over(record.score, baseline_of([run.score for run in runs])).model_copy(update=about)


def _given(run: Record) -> tuple[str, LineBy | None]:
    """The line of a run and who wrote it."""
    return next((turn.text for turn in run.transcript.candidate_turns()), ""), baseline_mark(run.events)


def _difference(record: Record, run: Record) -> tuple[str, str]:
    """What stands in the way of comparing a session with a run, and what to do; empty when nothing."""
    ours, theirs = _assistant(record), _assistant(run)
    odd = "; ".join(_odd_raters(record.raters, run.raters))
    of_this_version = "Make a baseline of the exercise as it was for this session"
    found = (
        (
            is_baseline(record),
            "the session is a run of a baseline itself",
            "Give the record of a person's session",
        ),
        (
            record.hashes.exercise is None or record.hashes.exercise != run.hashes.exercise,
            "the session and the baseline are not of the same version of an exercise",
            of_this_version,
        ),
        (
            _played(record) != _played(run),
            "the candidate and the assistant alone worked on different versions of the exercise",
            of_this_version,
        ),
        (
            record.scored_rubric.content_hash() != run.scored_rubric.content_hash(),
            "they were scored with different rubrics",
            "Score both with the same one",
        ),
        (
            bool(ours and theirs) and not same_assistant(ours, theirs),
            f"the candidate's assistant was {ours}, and that of the baseline {theirs}",
            "Make a baseline with the assistant that candidates work with",
        ),
        (
            bool(odd),
            f"they were not rated by the same raters: {odd}",
            "Score both with the same raters: assay score takes the records of both",
        ),
    )
    return next(((why, remedy) for differs, why, remedy in found if differs), ("", ""))


def same_assistant(one: str, other: str) -> bool:
    """Whether two model settings mean the same assistant, whatever the seed, which tells runs apart."""
    try:
        plain = [with_longest_reply(read_setting(text)) for text in (one, other)]
    except UserMistake:
        return one == other
    ours, theirs = (setting.model_copy(update={"seed": None}) for setting in plain)
    return ours == theirs


def _played(record: Record) -> str | None:
    """The version of the exercise that the session was run on; the one scored with where it is not known."""
    return state_of(record.events[:1]).exercise_version if record.events else record.hashes.exercise


def _assistant(record: Record) -> str:
    facts = session_facts(record)
    return facts.model if facts else ""


def _odd_raters(ours: Iterable[RaterIdentity], theirs: Iterable[RaterIdentity]) -> Iterable[str]:
    """Who rated only the one or only the other, by name and what each decides by."""
    session = {(rater.kind, rater.name, rater.version) for rater in ours}
    baseline = {(rater.kind, rater.name, rater.version) for rater in theirs}
    for raters, what in ((session - baseline, "session"), (baseline - session, "baseline")):
        for _, name, version in sorted(raters):
            yield f"{name}{f', version {version[:12]},' if version else ''} rated the {what} only"


def signed(value: float) -> str:
    """A lift as people read it: +1.3, −0.5 or 0.0."""
    sign = "" if value == 0 else "+" if value > 0 else MINUS
    return f"{sign}{show_level(abs(value))}"


def lift_in_words(lift: Lift) -> str:
    """A lift with its range, as in +1.3 (−0.2 to +2.8); without one, it says so."""
    if lift.low is None or lift.high is None:
        return f"{signed(lift.value)} (no range: one scored run)"
    return f"{signed(lift.value)} ({signed(lift.low)} to {signed(lift.high)})"


def scored_in_words(alone: Alone) -> str:
    """How many runs a level rests on, as in (1 of 3 runs scored); empty where it rests on all."""
    if alone.level is None or alone.scored == alone.runs:
        return ""
    return f"({alone.scored} of {count(alone.runs, 'run', 'runs')} scored)"


def alone_in_words(alone: Alone) -> str:
    """What the assistant alone comes to, as in 1.5; or the word unscored."""
    return "unscored" if alone.level is None else show_level(alone.level)


def beside_in_words(beside: Beside) -> str:
    """One number beside the assistant alone, without a full stop; or why there is no lift."""
    if beside.alone.level is None:
        return f"no lift: {beside.missing}"
    told = f"no lift: {beside.missing}" if beside.lift is None else f"lift {lift_in_words(beside.lift)}"
    alone = f"{show_level(beside.alone.level)} {scored_in_words(beside.alone)}".strip()
    return f"assistant alone {alone} · {told}"


def overall_in_words(lifts: Lifts) -> list[str]:
    """The overall score beside the assistant alone, and how to read it: a sentence or two each.

    What makes the numbers mean something else than they seem to comes first.
    """
    beside = lifts.overall
    told = [BY_THE_OFFLINE_JUDGE] if lifts.offline else []
    if lifts.assistant_unknown:
        told.append(
            "Nothing says which assistant this session was held with: this holds only if it was the same one."
        )
    told.append(sentence(beside_in_words(beside)))
    if beside.lift is not None and beside.lift.may_be_none:
        told.append("The range of the lift holds 0: by this, the session may be no better than one line.")
    return [*told, runs_in_words(beside.alone), line_in_words(lifts.line, lifts.by), ONE_LINE_ONLY]


def runs_in_words(alone: Alone) -> str:
    """How many runs there were, how far apart their overall scores lie, and why some have none."""
    runs = count(alone.runs, "run", "runs")
    if alone.least is None or alone.most is None:
        return f"The assistant alone: {runs}, none with an overall score."
    if alone.scored == 1:
        told = f"The assistant alone: {runs}, 1 scored, so how far its runs lie apart is not known"
    else:
        told = (
            f"The assistant alone: the median of {alone.scored} scored runs of {alone.runs}, "
            f"which lie between {show_level(alone.least)} and {show_level(alone.most)}"
        )
    reasons = "; ".join(f"{number} unscored: {reason}" for reason, number in alone.unscored)
    return sentence(f"{told}. {sentence(reasons)}" if reasons else told)
