"""The check on LLM judges: they were asked what the record gives, word for word."""

from assay.record.checks.answer import Answer, left_to_another_version, of_rating
from assay.record.file import Record
from assay.scoring.judge.provenance import judge_prompts
from assay.scoring.judge.requests import prompt_hash


def judges_were_asked_this(record: Record) -> Answer | None:
    """The prompts, made again from the record, are those that the judges answered; None without any judge."""
    asked = sum(rating.judged is not None for rating in record.ratings)
    if not asked:
        return None
    case, others = record.case(), dict[str, None]()
    rubric = case.rubric.content_hash()
    for rating, messages in judge_prompts(case, record.ratings):
        if rating.judged is None or rating.judged.rubric != rubric:
            return Answer(False, f"{of_rating(rating)}: it was asked about another rubric")
        if messages is None:
            others[f"{rating.rater.name} asked as version {rating.rater.version[:12]}"] = None
        elif prompt_hash(messages) != rating.judged.prompt:
            return Answer(False, f"{of_rating(rating)}: what it was asked is not what this record gives")
    if others:
        return left_to_another_version(f"{'; '.join(others)}, and this version of Assay asks otherwise")
    return Answer(True, f"{asked} prompts made again")
