"""Results leave the site as files."""

import csv
import io
import json

import pytest
from django.urls import reverse
from tests.people import Cast, invited
from tests.web.scoring.finished import finished, scored

from assay.record import verify
from assay_web.audit.models import Action, AuditEvent
from assay_web.openings.models import Candidate
from assay_web.scoring.exports import cell, stage_csv
from assay_web.scoring.models import SessionScore
from assay_web.scoring.pdf import MISSING, report_pdf


def fetched(cast: Cast, form: str, public_id: str) -> bytes:
    answer = cast.signed_in(cast.recruiter).get(reverse(f"scoring:{form}", args=[public_id]))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return answer.content


def candidate_of(score: SessionScore) -> Candidate:
    assert score.session.invitation is not None
    return score.session.invitation.candidate


def test_the_record_file_is_byte_for_byte_what_was_sealed(cast: Cast) -> None:
    score = scored(cast.mara)
    data = fetched(cast, "record", score.session.public_id)
    assert data == bytes(SessionScore.objects.get(pk=score.pk).record)
    assert verify(data).outcome == "holds"


def test_the_json_is_the_librarys_score_line(cast: Cast) -> None:
    score = scored(cast.mara)
    line = json.loads(fetched(cast, "json", score.session.public_id))
    assert line["format"] == "assay-score-line/1"
    assert line["id"] == score.session.public_id
    assert line["overall"]["value"] == score.overall
    assert line["exercise"]["version"] == cast.version.version
    assert list(line["criteria"]) == list(score.levels.values_list("criterion", flat=True))


@pytest.mark.parametrize("form", ["record", "json", "pdf"])
def test_taking_a_result_away_is_noted(cast: Cast, form: str) -> None:
    score = scored(cast.mara)
    fetched(cast, form, score.session.public_id)
    event = AuditEvent.objects.get(action=Action.RESULT_EXPORTED)
    assert event.subject == f"session:{score.session.public_id}"
    assert event.data == {"form": form, "score": score.public_id}


def test_the_pdf_is_tagged_for_readers_who_cannot_see_it(cast: Cast) -> None:
    data = fetched(cast, "pdf", scored(cast.mara).session.public_id)
    assert data.startswith(b"%PDF")
    assert b"pdfuaid" in data
    assert b"StructTreeRoot" in data


def test_a_name_that_no_font_can_show_makes_a_pdf_that_says_so(cast: Cast) -> None:
    score = scored(cast.mara)
    candidate_of(score).name = "Mara \U0001e000"
    data = report_pdf(score.session, score)
    assert data.startswith(b"%PDF")
    assert b"pdfuaid" not in data
    assert "boxes" in MISSING


def test_markup_of_the_candidate_is_text_in_the_pdf(cast: Cast) -> None:
    score = scored(cast.mara)
    candidate_of(score).name = '#panic("no") *x* $1$ "]'
    assert report_pdf(score.session, score).startswith(b"%PDF")


def test_the_csv_has_a_row_a_session_and_a_column_a_criterion(cast: Cast) -> None:
    score = scored(cast.mara)
    finished(cast.noor, "weak")
    invited(cast.stage, "Ines Alvarez")
    text = fetched(cast, "csv", cast.stage.public_id).decode()
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [row["candidate"] for row in rows] == ["Mara Lindqvist", "Noor Haddad"]
    assert float(rows[0]["overall"]) == score.overall
    for level in score.levels.all():
        assert rows[0][level.criterion] == ("" if level.level is None else str(level.level))
    assert rows[1]["overall"] == ""
    assert rows[1]["session"]
    event = AuditEvent.objects.get(action=Action.RESULT_EXPORTED)
    assert event.subject == f"stage:{cast.stage.public_id}"


@pytest.mark.parametrize(
    "name", ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1", " =1", "\r=1", "\uff1d1", "\x00=1"]
)
def test_a_name_is_never_a_formula(cast: Cast, name: str) -> None:
    assert cell(name).startswith("'")
    score = scored(cast.mara)
    candidate = candidate_of(score)
    candidate.name = name.replace("\x00", "")
    candidate.save()
    row = list(csv.reader(io.StringIO(stage_csv(cast.stage), newline="")))[1]
    assert row[0][0] == "'"


def test_numbers_and_dates_stay_what_they_are() -> None:
    assert cell(-1.5) == "-1.5"
    assert cell(None) == ""
    assert cell("Mara") == "Mara"


def test_there_is_nothing_to_export_before_there_is_a_score(cast: Cast) -> None:
    session = finished(cast.mara)
    client = cast.signed_in(cast.owner)
    for form in ("record", "json", "pdf"):
        assert client.get(reverse(f"scoring:{form}", args=[session.public_id])).status_code == 404
