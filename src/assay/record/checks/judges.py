"""The check on LLM judges: they were asked what the record gives, word for word."""

from assay.record.checks.answer import Answer, left_to_another_version, of_rating
from assay.record.file import Record
from assay.scoring.judge.provenance import judge_requests
from assay.scoring.judge.requests import prompt_hash


def judges_were_asked_this(record: Record) -> Answer | None:
    """Prompts and seeds, made again from the record, are those that the judges answered; None without any.

    A seed may be missing: the endpoint takes none, or the record is older than they are.
    """
    asked = sum(rating.judged is not None for rating in record.ratings)
    if not asked:
        return None
    case, others = record.case(), dict[str, None]()
    rubric = case.rubric.content_hash()
    for rating, request in judge_requests(case, record.ratings):
        judged = rating.judged
        if judged is None or judged.rubric != rubric:
            return Answer(False, f"{of_rating(rating)}: it was asked about another rubric")
        if request is None:
            others[f"{rating.rater.name} asked as version {rating.rater.version[:12]}"] = None
        elif prompt_hash(request.sent(judged.problems, judged.by)) != judged.prompt:
            return Answer(False, f"{of_rating(rating)}: what it was asked is not what this record gives")
        elif judged.seed not in (None, request.seed):
            return Answer(False, f"{of_rating(rating)}: its seed is not what this record gives")
    if others:
        return left_to_another_version(f"{'; '.join(others)}, and this version of Assay asks otherwise")
    return Answer(True, f"{asked} prompts made again")
