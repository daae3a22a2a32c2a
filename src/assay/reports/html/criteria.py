"""What was measured: the overall score, the criteria as a table and one by one, and what to look at first."""

from collections.abc import Sequence

from assay.record import Record
from assay.reports.findings import (
    WORDS_NOT_READ,
    Alarm,
    alarms,
    anchors,
    count,
    level_in_words,
    only_the_offline_judge,
    range_in_words,
    reasons_in_words,
    sentence,
    share,
    shared_reason,
    sign_in_words,
    story,
    verdict_in_words,
)
from assay.reports.html.conversation import HUES, hue
from assay.reports.html.markup import Html, element, fragment
from assay.reports.html.plots import bar, dial
from assay.reports.judges import passes_in_words
from assay.reports.lift import beside_in_words, overall_in_words
from assay.reports.marks import Mark, criterion_marks
from assay.scoring.lift import Lifts
from assay.scoring.narrative import show_level
from assay.scoring.score import CriterionScore, Overall, Score


def first_things(record: Record) -> Html | None:
    """Serious failures, caps and failed rules, above every number; nothing when there are none."""
    found = alarms(record)
    if not found:
        return None
    return element(
        "section",
        element("h2", "Look at this first", id="first"),
        element("ul", (_alarm(alarm) for alarm in found)),
        class_="first",
        aria_labelledby="first",
    )


def overall(record: Record, lifts: Lifts | None = None) -> Html:
    """The overall score with its interval and threshold, and the narrative beside it.

    With `lifts` it says how the score stands to that of the assistant alone.
    """
    score = record.score
    number = _number(score, score.overall) if score.overall else _no_number(score)
    told = [element("p", text, dir="auto") for text in story(score)]
    return element(
        "section",
        element("h2", "Overall", id="overall"),
        element("div", number, _added(lifts), class_="gauge"),
        element("div", told, class_="story") if told else None,
        class_="overall",
        aria_labelledby="overall",
    )


def _added(lifts: Lifts | None) -> Html | None:
    if lifts is None:
        return None
    told = overall_in_words(lifts)
    at = told.index(sentence(beside_in_words(lifts.overall)))
    return fragment(
        [element("p", text) for text in told[:at]],
        element("p", told[at], class_="verdict"),
        [element("p", text, class_="quiet", dir="auto") for text in told[at + 1 :]],
    )


def table(score: Score) -> Html:
    """All criteria at one glance: the bars, and the numbers they are drawn from."""
    head = ("Criterion", "On the scale", "Level", "Weight", "Quotes")
    return element(
        "section",
        element("h2", "Criteria", id="criteria"),
        element(
            "table",
            element("thead", element("tr", (element("th", name, scope="col") for name in head))),
            element("tbody", (_row(item, number, score) for number, item in enumerate(score.criteria, 1))),
            class_="criteria",
        ),
        aria_labelledby="criteria",
    )


def one_by_one(record: Record, lifts: Lifts | None = None) -> Html:
    """Each criterion with its reasons, its lift, the anchors around its level, and its quotes."""
    groups = criterion_marks(record.score)
    shared = shared_reason(record.score)
    about = WORDS_NOT_READ if only_the_offline_judge(record) else ""
    about = about if shared is None else sentence(f"No criterion is scored: {shared}")
    cards = [
        _card(record, item, number, marks, lifts)
        for number, (item, marks) in enumerate(zip(record.score.criteria, groups, strict=True), start=1)
    ]
    return element(
        "section",
        element("h2", "Why these levels", id="why"),
        element("p", about, class_="quiet", dir="auto") if about else None,
        cards,
        aria_labelledby="why",
        class_="why",
    )


def quote(mark: Mark) -> Html:
    """One quote as a link to the place where it stands."""
    evidence = mark.evidence
    where = "deliverable" if evidence.turn is None else f"message {evidence.turn}"
    notes = [where, sign_in_words(evidence), "wording repaired" if evidence.repaired else None]
    return element(
        "li",
        element(
            "a",
            element("span", mark.name, class_="chip"),
            element("q", evidence.quote, dir="auto"),
            href=f"#mark-{mark.name}",
            class_=f"quote h{hue(mark)}",
        ),
        element("span", " · ".join(note for note in notes if note), class_="quiet"),
        id=f"quote-{mark.name}",
    )


def _alarm(alarm: Alarm) -> Html:
    return element(
        "li",
        element("a", alarm.title, href=f"#{alarm.link}"),
        element("span", sentence(alarm.detail), dir="auto"),
    )


def _number(score: Score, overall: Overall) -> Html:
    most = show_level(score.scale.max)
    interval = overall.interval
    return fragment(
        element(
            "p",
            element("span", show_level(overall.value, score.threshold), class_="big num"),
            element("span", f" out of {most}", class_="of num"),
            element(
                "span",
                "interval ",
                element("strong", range_in_words(interval, score.threshold)),
                class_="range num",
            )
            if interval
            else None,
        ),
        element("div", dial(score), class_="plot"),
        element("p", f"{verdict_in_words(score)}.", class_=f"verdict v-{score.verdict.replace(' ', '-')}"),
        [element("p", text, class_="quiet") for text in _beside(score, overall)],
    )


def _beside(score: Score, overall: Overall) -> list[str]:
    """What has to be known to read the number: its interval's source, and what it was before caps."""
    lines = []
    if overall.interval:
        lines.append(sentence(f"The interval comes from {overall.interval.source}"))
    if overall.before_caps != overall.value:
        before = show_level(overall.before_caps, overall.value)
        lines.append(f"The criteria alone come to {before}; failed rules changed that as shown above.")
    missing = [item.title for item in score.criteria if item.level is None]
    if missing:
        lines.append(f"Not counted, because unscored: {', '.join(missing)}.")
    return lines


def _no_number(score: Score) -> Html:
    return fragment(
        element("p", element("span", "No overall score", class_="big words")),
        element("p", sentence(f"{score.unscored or ''}").capitalize(), class_="verdict"),
        element("p", f"{verdict_in_words(score)}.", class_="quiet") if score.threshold is not None else None,
    )


def _row(item: CriterionScore, number: int, score: Score) -> Html:
    tone = str((number - 1) % HUES + 1)
    scored = item.level is not None
    return element(
        "tr",
        element(
            "th",
            element("a", _chip(number), item.title, href=f"#criterion-{number}"),
            element("span", "serious", class_="flag") if item.serious else None,
            scope="row",
        ),
        element("td", bar(item, score.scale), class_="plot"),
        element(
            "td",
            element("span", level_in_words(item), class_="level num" if scored else "quiet"),
            element("span", range_in_words(item.interval), class_="quiet num") if item.interval else None,
        ),
        element("td", f"{share(item, score):.0%}", class_="num extra"),
        element("td", str(len(item.evidence)), class_="num extra"),
        class_=f"h{tone}",
    )


def _card(
    record: Record, item: CriterionScore, number: int, marks: Sequence[Mark], lifts: Lifts | None
) -> Html:
    heading = element(
        "h3",
        _chip(number),
        element("span", item.title, class_="name"),
        element("span", level_in_words(item), class_="level num"),
        id=f"criterion-{number}",
    )
    why = reasons_in_words(record, item)
    if item.level is None and not why and shared_reason(record.score) is None:
        why = [sentence(f"Unscored: {item.unscored}")]
    return element(
        "article",
        heading,
        [element("p", text, dir="auto") for text in why],
        element("ul", (quote(mark) for mark in marks), class_="quotes") if marks else None,
        _anchors(record, item),
        [element("p", text, class_="quiet") for text in passes_in_words(item, record.score.scale)],
        element("p", _basis(item), class_="quiet") if item.raters else None,
        element("p", sentence(beside_in_words(lifts.criteria[item.criterion])), class_="quiet num")
        if lifts
        else None,
        class_=f"criterion h{(number - 1) % HUES + 1}" + (" serious" if item.serious else ""),
        aria_labelledby=f"criterion-{number}",
    )


def _anchors(record: Record, item: CriterionScore) -> Html | None:
    found = anchors(record.scored_rubric, item)
    if not found:
        return None
    return element("dl", ((element("dt", label), element("dd", words)) for label, words in found))


def _basis(item: CriterionScore) -> str:
    rated = count(item.raters, "rating", "ratings")
    if item.interval is None:
        return rated
    return f"{rated}, {range_in_words(item.interval)} from {item.interval.source}"


def _chip(number: int) -> Html:
    return element("span", str(number), class_="chip")
