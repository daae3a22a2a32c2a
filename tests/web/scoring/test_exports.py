"""Results leave the site as files."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import AsyncClient
from django.urls import reverse
from tests.people import Cast, activated, invited, make_cast
from tests.web.crowd_rows import add_candidates
from tests.web.scoring.finished import finished, scored

from assay.record import verify
from assay_web.audit.models import Action, AuditEvent
from assay_web.database import in_database
from assay_web.openings.models import Candidate
from assay_web.scoring import exports
from assay_web.scoring.exports import cell
from assay_web.scoring.models import SessionScore
from assay_web.scoring.pdf import MISSING, report_pdf
from assay_web.scoring.services import settle_score

FORMULAS = ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1", " =1", "\r=1", "\uff1d1", "\x00=1"]


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


class TestCsv:
    """A stage as a file, which is read while it is sent."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    @pytest.fixture
    def cast(self, transactional_db: None) -> Cast:
        """The known cast, really committed: other threads see it."""
        return make_cast()

    @pytest.fixture
    def score(self, cast: Cast) -> SessionScore:
        """Mara's; Noor has none yet, and Ines has not begun."""
        score = scored(cast.mara)
        finished(cast.noor, "weak")
        invited(cast.stage, "Ines Alvarez")
        return score

    async def pieces(self, cast: Cast) -> list[bytes]:
        client = AsyncClient()
        client.cookies = (await in_database(cast.signed_in, cast.recruiter)).cookies
        answer: Any = await client.get(reverse("scoring:csv", args=[cast.stage.public_id]))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return [piece async for piece in answer.streaming_content]

    async def rows(self, cast: Cast) -> list[dict[str, str]]:
        text = b"".join(await self.pieces(cast)).decode()
        assert text.startswith("\ufeff")
        return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))

    async def test_it_has_a_row_a_session_and_a_column_a_criterion(
        self, cast: Cast, score: SessionScore
    ) -> None:
        rows = await self.rows(cast)
        assert [row["candidate"] for row in rows] == ["Mara Lindqvist", "Noor Haddad"]
        assert float(rows[0]["overall"]) == score.overall
        for level in await in_database(list, score.levels.all()):
            assert rows[0][level.criterion] == ("" if level.level is None else str(level.level))
        assert rows[1]["overall"] == ""
        assert rows[1]["session"]
        event = await in_database(AuditEvent.objects.get, action=Action.RESULT_EXPORTED)
        assert event.subject == f"stage:{cast.stage.public_id}"
        assert event.data == {"form": "csv"}

    async def test_the_version_that_was_scored_with_and_its_score_stand_in_the_row(
        self, cast: Cast, score: SessionScore
    ) -> None:
        version = await in_database(activated, cast.team, "content-production")
        again = await in_database(settle_score, score.session_id, version.pk, "asked for")
        row = (await self.rows(cast))[0]
        assert row["exercise_version"] == version.version
        assert row["seal"] == again.seal != score.seal
        for level in await in_database(list, again.levels.all()):
            assert row[level.criterion] == ("" if level.level is None else str(level.level))

    @pytest.mark.parametrize("piece", [1, 2, 3, 200])
    async def test_it_comes_in_pieces_that_make_one_file(
        self, cast: Cast, score: SessionScore, piece: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = b"".join(await self.pieces(cast))
        monkeypatch.setattr(exports, "PIECE", piece)
        pieces = await self.pieces(cast)
        assert b"".join(pieces) == whole
        # Its head, and then sessions; an invitation that nobody followed has no row.
        assert [each.count(b"\r\n") for each in pieces] == ([1, 1, 1] if piece == 1 else [1, 2])

    async def test_it_begins_before_the_sessions_are_read(
        self, cast: Cast, score: SessionScore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exports, "PIECE", 1)
        pieces = exports.stage_csv(cast.stage)
        assert (await anext(pieces)).startswith("\ufeffcandidate,email,session".encode())
        assert (await anext(pieces)).startswith(b"Mara Lindqvist,")
        # What happens meanwhile is in the pieces that come after it.
        await in_database(Candidate.objects.filter(pk=cast.noor.candidate_id).update, name="Noor Haddad-Berg")
        assert (await anext(pieces)).startswith(b"Noor Haddad-Berg,")
        with pytest.raises(StopAsyncIteration):
            await anext(pieces)

    async def test_a_larger_stage_has_more_pieces_and_no_larger_ones(
        self, cast: Cast, score: SessionScore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exports, "PIECE", 20)
        await in_database(add_candidates, cast.stage, (cast.version, cast.version), 400)
        sizes = [len(piece) async for piece in exports.stage_csv(cast.stage)]
        assert sum(sizes) > 60_000
        assert max(sizes) < 8_000

    @pytest.mark.parametrize("name", FORMULAS)
    async def test_a_name_is_never_a_formula(self, cast: Cast, score: SessionScore, name: str) -> None:
        assert cell(name).startswith("'")
        candidates = Candidate.objects.filter(pk=cast.mara.candidate_id)
        await in_database(candidates.update, name=name.replace("\x00", ""))
        assert (await self.rows(cast))[0]["candidate"].startswith("'")


def test_numbers_and_dates_stay_what_they_are() -> None:
    assert cell(-1.5) == "-1.5"
    assert cell(None) == ""
    assert cell("Mara") == "Mara"


def test_there_is_nothing_to_export_before_there_is_a_score(cast: Cast) -> None:
    session = finished(cast.mara)
    client = cast.signed_in(cast.owner)
    for form in ("record", "json", "pdf"):
        assert client.get(reverse(f"scoring:{form}", args=[session.public_id])).status_code == 404
