"""Asking a judge one question: a request with its fresh tries, and what comes of one without an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assay.errors import AssayError, ModelMisbehaviour
from assay.models.failures import SchemaRefused
from assay.models.replies import Reply
from assay.scoring.judge.reading import Replies, judged_by, problems
from assay.scoring.judge.requests import JudgeRequest
from assay.scoring.ratings import Proposal

if TYPE_CHECKING:
    from assay.models.gateway import Gateway

PURPOSE = "judge"


@dataclass(frozen=True, slots=True)
class Failed:
    """A request that got no answer. It is no verdict and must not be kept as one.

    `passing` says whether asking again later may help; otherwise somebody has to change something first.
    """

    request: JudgeRequest
    error: AssayError

    @property
    def passing(self) -> bool:
        """Whether the endpoint failed, rather than a setting, a cap or the request."""
        return isinstance(self.error, ModelMisbehaviour)

    @property
    def reason(self) -> str:
        """What happened, for a reader."""
        return f"the judge could not be asked: {self.error.message}"

    def as_unscored(self) -> tuple[Proposal, ...]:
        """For a caller who cannot ask again later: unscored, with the reason."""
        judged = judged_by(self.request, ())
        return tuple(
            Proposal(criterion=name, unscored=self.reason, judged=judged) for name in self.request.criteria
        )


class Answers(Protocol):
    """Where finished answers are kept, by the key of their request."""

    def get(self, key: str) -> Replies | None:
        """The replies kept under a key; None where there are none."""
        ...

    def put(self, key: str, replies: Replies) -> None:
        """Keep the replies to a request."""
        ...


async def ask(gateway: "Gateway", request: JudgeRequest) -> Replies | Failed:
    """Send one request, and as often as the judge's settings allow a fresh one that says what was wrong.

    The gateway's setting should be `request.model`. Nothing that a model or an endpoint does is raised.
    """
    replies: Replies = ()
    try:
        while True:
            reply = await _reply(gateway, request, problems(request, replies))
            replies = (*replies, reply)
            if len(replies) > request.questions.settings.retries or not problems(request, replies[-1:]):
                return replies
    except AssayError as error:
        return Failed(request, error)


async def _reply(gateway: "Gateway", request: JudgeRequest, wrong: Sequence[str]) -> Reply:
    if not gateway.schema_refusal:
        try:
            reply = await gateway.reply(
                request.sent(wrong, "schema"),
                purpose=PURPOSE,
                response_format=request.form.response_format,
                seed=request.seed,
            )
            return reply.model_copy(update={"structured_by": "schema"})
        except SchemaRefused as refusal:
            gateway.schema_refusal = refusal.message
    reply = await gateway.reply(request.sent(wrong, "words"), purpose=PURPOSE, seed=request.seed)
    return reply.model_copy(update={"structured_by": "words"})
