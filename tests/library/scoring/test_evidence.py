"""The evidence gate: what stands in the transcript counts, what does not is dropped and kept visible."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scoring.evidence import NO_EVIDENCE, EvidenceGate, FoldedText
from assay.scoring.ratings import Proposal, Quote, RaterIdentity
from assay.session.transcript import DeliverableVersion, Transcript, Turn

RATER = RaterIdentity(kind="judge", name="a judge")


def transcript(*texts: str, deliverable: str = "") -> Transcript:
    roles = ("user", "assistant")
    return Transcript(
        turns=tuple(Turn(index=i, role=roles[i % 2], text=text) for i, text in enumerate(texts)),
        deliverable=(DeliverableVersion(text=deliverable, after_turn=0),) if deliverable else (),
    )


def test_a_quote_that_stands_word_for_word_is_kept_with_its_offsets() -> None:
    gate = EvidenceGate(transcript("Use four labels. Use four labels."))
    found = gate.locate(Quote(turn=0, text="Use four labels.", start=17))
    assert found is not None
    assert (found.start, found.end, found.repaired) == (17, 33, False)


@pytest.mark.parametrize(
    ("written", "quoted"),
    [
        ("“at most four” labels — no more", '"at most four" labels - no more'),
        ("one\n\n   two", "one two"),
        ("cafe\u0301 au lait", "caf\u00e9 au lait"),
        ("wait… then go", "wait... then go"),
        ("soft\u00adhyphen", "softhyphen"),
        (unicodedata.normalize("NFD", "한국어로 확인"), "한국어로 확인"),
        (unicodedata.normalize("NFD", "কো"), unicodedata.normalize("NFC", "কো")),
    ],
)
def test_a_quote_that_differs_only_in_typing_is_repaired_to_what_stands_there(
    written: str, quoted: str
) -> None:
    found = EvidenceGate(transcript(written)).locate(Quote(turn=0, text=quoted))
    assert found is not None
    assert found.repaired
    assert written[found.start : found.end] == found.quote == written


def test_a_part_of_a_syllable_is_not_a_quote_of_it() -> None:
    assert (
        EvidenceGate(transcript(unicodedata.normalize("NFD", "각"))).locate(Quote(turn=0, text="가")) is None
    )


@pytest.mark.parametrize(("start", "found"), [(None, 0), (0, 0), (9, 8), (14, 16), (99, 16)])
def test_of_repeated_words_the_nearest_to_the_claim_is_taken(start: int | None, found: int) -> None:
    gate = EvidenceGate(transcript("Check—a Check—b Check—c"))
    evidence = gate.locate(Quote(turn=0, text="Check", start=start))
    assert evidence is not None
    assert evidence.start == found


def test_blank_words_are_no_quote_even_where_they_stand() -> None:
    assert EvidenceGate(transcript("a   b")).locate(Quote(turn=0, text="   ", start=1)) is None


def test_a_quote_in_another_case_or_another_turn_is_not_found() -> None:
    gate = EvidenceGate(transcript("Check the totals", "They add up"))
    assert gate.locate(Quote(turn=0, text="check the totals")) is None
    assert gate.locate(Quote(turn=1, text="Check the totals")) is None
    assert gate.locate(Quote(turn=9, text="Check the totals")) is None
    assert gate.locate(Quote(turn=0, text="  ")) is None


def test_a_judge_who_invents_its_only_quote_leaves_the_criterion_unscored() -> None:
    gate = EvidenceGate(transcript("Check the totals"))
    rating = gate.admit(Proposal(criterion="c", level=4, quotes=(Quote(turn=0, text="invented"),)), RATER)
    assert (rating.level, rating.unscored) == (None, NO_EVIDENCE)
    assert [quote.text for quote in rating.dropped] == ["invented"]


def test_a_rating_that_quotes_only_the_assistant_is_unscored() -> None:
    gate = EvidenceGate(transcript("Check the totals", "They add up"))
    rating = gate.admit(Proposal(criterion="c", level=4, quotes=(Quote(turn=1, text="They add up"),)), RATER)
    assert rating.level is None


def test_the_candidates_deliverable_is_their_own_words() -> None:
    gate = EvidenceGate(transcript("Go", deliverable="Total: 412"))
    rating = gate.admit(Proposal(criterion="c", level=3, quotes=(Quote(turn=None, text="412"),)), RATER)
    assert rating.level == 3
    assert rating.evidence[0].turn is None


def test_one_sentence_that_shows_two_signs_is_kept_with_both() -> None:
    gate = EvidenceGate(transcript("Check the totals"))
    quotes = [Quote(turn=0, text="Check the totals", sign=sign) for sign in ("one", "other", "one")]
    rating = gate.admit(Proposal(criterion="c", level=4, quotes=tuple(quotes)), RATER)
    assert [(item.quote, item.sign) for item in rating.evidence] == [
        ("Check the totals", "one"),
        ("Check the totals", "other"),
    ]


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80), st.data())
def test_whatever_is_found_stands_verbatim_at_its_offsets(
    before: str, middle: str, after: str, data: st.DataObject
) -> None:
    text = before + middle + after
    disguised = data.draw(
        st.sampled_from([middle, unicodedata.normalize("NFD", middle), " ".join(middle.split())])
    )
    found = EvidenceGate(transcript(text)).locate(Quote(turn=0, text=disguised))
    if found is not None:
        assert found.end > found.start
        assert text[found.start : found.end] == found.quote


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_every_text_can_be_found_in_itself(text: str) -> None:
    folded = FoldedText(text)
    if folded.folded.strip():
        assert folded.locate(text) is not None
