"""What a judge named on the command line stands for."""

from collections.abc import Mapping

from assay.scoring.raters import Rater

OFFLINE = "offline"


def rater_for(judge: str, environ: Mapping[str, str] | None = None) -> Rater:
    """The rater that `judge` names: `offline`, or an LLM judge as `assay.scoring.judge.settings` reads it.

    Args:
        judge: `offline`, a model with options such as `openai:gpt-4.1-mini passes=3`, or a judge's YAML file.
        environ: where the model's setting looks things up; the process environment when None.

    Raises:
        UserMistake: it is none of them, or a value is not usable.
    """
    if judge.strip() == OFFLINE:
        from assay.scoring.indicators.judge import IndicatorJudge

        return IndicatorJudge()
    from assay.scoring.judge.rater import LlmJudge
    from assay.scoring.judge.settings import read_judge

    return LlmJudge(read_judge(judge, environ))
