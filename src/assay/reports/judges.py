"""What a record says of its LLM judges, in the words that every form of report shares."""

from collections.abc import Iterator

from assay.authoring.rubric import Scale
from assay.record import Record
from assay.reports.findings import count, sentence, session_facts
from assay.scoring.judge.families import families_in, shared_family
from assay.scoring.judge.figures import JudgeFigures, figures_of
from assay.scoring.judge.judging import is_settled
from assay.scoring.narrative import show_level
from assay.scoring.ratings import RaterIdentity
from assay.scoring.score import CriterionScore, JudgeVote

MOST_CUTS = 3
"""Cuts that are named; the rest are counted."""


def passes_in_words(item: CriterionScore, scale: Scale) -> list[str]:
    """What each LLM judge said of a criterion in its passes, a sentence each; nothing for a single pass."""
    return [_passes(vote, scale) for vote in item.judges if vote.planned > 1]


def judge_in_words(record: Record, rater: RaterIdentity) -> list[str]:
    """What is to be known of an LLM judge: how far its word could be used, and whether it is partial.

    Each is a sentence; there are none for other raters.
    """
    if rater.kind != "judge":
        return []
    figures = figures_of(rater, record.ratings)
    told = list(_figures(figures))
    if (family := _family_shared_with_the_assistant(record, figures)) is not None:
        told.append(
            f"Preference leakage: judge and assistant are both of the {family} family, and models favour "
            "what their own family wrote."
        )
    return told


def _passes(vote: JudgeVote, scale: Scale) -> str:
    said = ", ".join("unscored" if level is None else show_level(level) for level in vote.passes)
    parts = [f"{vote.judge.name} said {said} in {count(len(vote.passes), 'pass', 'passes')}"]
    if vote.dissent:
        parts.append("the last of them argued against the first")
    if vote.level is not None and len(vote.passes) > 1:
        parts.append(f"median {show_level(vote.level)}, spread {show_level(vote.spread)}")
    if left := vote.planned - len(vote.passes):
        settled = is_settled([level for level in vote.passes if level is not None], left, scale)
        why = "could not have moved the median and " if settled else ""
        parts.append(f"{left} more {why}{'was' if left == 1 else 'were'} not asked for")
    return f"{'; '.join(parts)}."


def _figures(figures: JudgeFigures) -> Iterator[str]:
    if figures.models:
        yield f"Answered by {', '.join(figures.models)}."
    share = figures.unscored_share
    if share:
        answers = count(figures.answers, "answer", "answers")
        yield f"{figures.unscored} of {answers} without a level ({share:.0%})."
    rate = figures.fabrication_rate
    if rate is not None:
        quotes = count(figures.quotes, "quote", "quotes")
        yield f"{figures.invented} of {quotes} did not stand where it said: a fabrication rate of {rate:.0%}."
    if figures.cost is not None:
        yield f"It cost {figures.cost:.4f} US dollars."
    if figures.cuts:
        more = len(figures.cuts) - MOST_CUTS
        named = "; ".join(figures.cuts[:MOST_CUTS]) + (f"; and {more} more" if more > 0 else "")
        yield sentence(f"For lack of room it was not shown everything: {named}")


def _family_shared_with_the_assistant(record: Record, figures: JudgeFigures) -> str | None:
    """The family that judge and assistant share, as far as both are known."""
    facts = session_facts(record)
    if facts is None:
        return None
    judges = families_in(figures.judge.name).union(*map(families_in, figures.models))
    return shared_family(judges, families_in(facts.model))
