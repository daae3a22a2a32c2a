"""The report as one HTML file that needs nothing but itself: no script, no font, no image, no network."""

from importlib.resources import files

from assay.record import Record
from assay.reports.checked import verified, warning_of
from assay.reports.findings import any_rule_applies
from assay.reports.html import provenance
from assay.reports.html.conversation import conversation, deliverable
from assay.reports.html.criteria import first_things, one_by_one, overall, table
from assay.reports.html.markup import Html, element, fragment
from assay.reports.lift import kind_in_words, read_first
from assay.scoring.lift import Lifts

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Tells the browser to load and run nothing, whatever the text in the report says."""


def html_report(record: Record, lifts: Lifts | None = None) -> str:
    """The whole report of a record as a self-contained HTML document.

    With `lifts` the score stands beside the assistant alone.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width,initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{record.title} · Assay report"),
        element("style", Html(files(__name__).joinpath("report.css").read_text("utf-8"))),
    )
    body = element(
        "body",
        element("a", "Skip to the criteria", href="#criteria", class_="skip"),
        element("div", _header(record), _main(record, lifts), provenance.seal(record), class_="wrap"),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _header(record: Record) -> Html:
    kind = kind_in_words(record)
    if record.exercise is not None and record.exercise.style == "error_detection":
        kind = f"{kind}, error detection"
    day = record.made_at[:10]
    return element(
        "header",
        element("p", f"{kind} · session {record.session} · {day}", class_="quiet eyebrow"),
        element("h1", record.title, dir="auto"),
        [element("p", told, dir="auto") for told in read_first(record)],
        element("nav", _contents(record), aria_label="On this page"),
    )


def _contents(record: Record) -> Html:
    places = {
        "criteria": "Criteria",
        "why": "Why",
        "conversation": "Conversation",
        "deliverable": "Deliverable",
    }
    if any_rule_applies(record.score):
        places["rules"] = "Rules"
    places |= {"session": "Session", "scoring": "How scored", "checked": "Checked"}
    if record.exercise is not None:
        places["brief"] = "Brief"
    places["seal"] = "Seal"
    return fragment(element("a", text, href=f"#{place}") for place, text in places.items())


def _warning(record: Record) -> Html | None:
    warning = warning_of(verified(record))
    if not warning:
        return None
    heading = element("h2", "Read this before the report", id="warning")
    return element(
        "section", heading, element("p", warning, dir="auto"), class_="first", aria_labelledby="warning"
    )


def _main(record: Record, lifts: Lifts | None) -> Html:
    return element(
        "main",
        _warning(record),
        first_things(record),
        overall(record, lifts),
        table(record.score),
        element(
            "div",
            element(
                "div",
                one_by_one(record, lifts),
                class_="side",
                tabindex=0,
                role="group",
                aria_label="Criteria in detail",
            ),
            element("div", conversation(record), deliverable(record)),
            class_="pair",
        ),
        element(
            "div",
            provenance.rules(record),
            provenance.session(record),
            provenance.scoring(record),
            provenance.checked(record),
            provenance.brief(record),
            class_="provenance",
        ),
    )
