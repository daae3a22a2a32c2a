"""The end of a session: score it, show the report, write the record where it was found possible before."""

import tempfile
from datetime import datetime
from pathlib import Path

from assay.cli.try_screen import Screen
from assay.errors import UserMistake, Where
from assay.session.engine import Session


def check_out(out: Path) -> None:
    """Refuse a path that a record cannot be written to, before a session starts; nothing is left there.

    Raises:
        UserMistake: it is a folder, its name is too long, or its folder is not there or cannot be written.
    """
    try:
        why = "this is a folder" if out.is_dir() else None
        with tempfile.TemporaryFile(dir=out.parent):
            out.with_name(f".{out.name}.unfinished").exists()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
    if why is not None:
        raise UserMistake(
            f"No record can be written here: {why}",
            remedy="Name a file in a folder that exists and that you may write to",
            where=Where(out),
        )


def end(session: Session, out: Path | None, now: datetime, screen: Screen) -> None:
    """Score a session that has ended and show its report.

    Args:
        session: the session.
        out: where to write the record; None writes none.
        now: when the record is made.
        screen: where the report is shown.

    Raises:
        UserMistake: the record cannot be written.
    """
    from assay.record import build_record, write_record
    from assay.reports.terminal import print_report
    from assay.scoring.pipeline import score_case
    from assay.scoring.raters import Case

    exercise = session.exercise
    case = Case(transcript=session.transcript, rubric=exercise.rubric, exercise=exercise)
    record = build_record(
        session_id=session.state.session,
        case=case,
        scored=score_case(case),
        events=session.events,
        made_at=now.isoformat(timespec="seconds"),
    )
    print_report(record, screen.console)
    if out is not None:
        write_record(record, out)
        screen.say(f"Record written to {out}. `assay verify {out}` checks it.")
