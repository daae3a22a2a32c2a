"""Structured replies step by step: with a schema, else in words, and one repair of an unreadable answer."""

from typing import TYPE_CHECKING

from assay.errors import ModelMisbehaviour
from assay.models.failures import HalfReply, SchemaRefused
from assay.models.replies import Latency, Reply, counted
from assay.models.structured import Answer, Unreadable, in_words, read_answer, repair_request, response_format

if TYPE_CHECKING:
    from assay.models.gateway import Gateway

_BETTER = "Try again, or choose a model that is better at structured answers"


async def ask(
    gateway: "Gateway", messages: list[dict[str, str]], schema: type[Answer], purpose: str
) -> tuple[Answer, Reply]:
    """What `Gateway.structured` does; see there."""
    first = await _answer(gateway, messages, schema, purpose)
    try:
        return read_answer(schema, first.text), first
    except Unreadable as unreadable:
        problem = str(unreadable)
    again = [
        *messages,
        # An empty assistant message is refused by some endpoints.
        {"role": "assistant", "content": first.text or "(nothing)"},
        {"role": "user", "content": repair_request(problem)},
    ]
    second = _joined(first, await _answer(gateway, again, schema, purpose), problem)
    try:
        return read_answer(schema, second.text), second
    except Unreadable as unreadable:
        raise HalfReply(
            f"The model gave no answer of the form {schema.__name__}, even after a repair: {unreadable}",
            partial=second.text,
            remedy=_BETTER,
        ) from unreadable


async def _answer(
    gateway: "Gateway", messages: list[dict[str, str]], schema: type[Answer], purpose: str
) -> Reply:
    if not gateway.schema_refusal:
        try:
            held = response_format(schema)
            return _usable(await gateway.reply(messages, purpose=purpose, response_format=held))
        except SchemaRefused as refusal:
            gateway.schema_refusal = refusal.message
    worded = [*messages[:-1], _with_words(messages[-1], schema)]
    reply = _usable(await gateway.reply(worded, purpose=purpose))
    note = f"The schema was given in words, since {gateway.schema_refusal}"
    return reply.model_copy(update={"structured_by": "words", "notes": (*reply.notes, note)})


def _with_words(message: dict[str, str], schema: type[Answer]) -> dict[str, str]:
    return {**message, "content": f"{message['content']}\n\n{in_words(schema)}"}


def _usable(reply: Reply) -> Reply:
    """Let through what may be read or repaired.

    Raises:
        ModelMisbehaviour: the model refused, or the answer was cut off.
    """
    if reply.ending == "refused":
        said = reply.refusal or "no reason given"
        raise ModelMisbehaviour(f"The model refused to answer: {said}", remedy="Choose another model")
    if reply.ending == "cut_off":
        raise HalfReply(
            "The answer was cut off at its length limit",
            partial=reply.text,
            remedy="Allow longer answers with `?max_tokens=`",
        )
    return reply


def _joined(first: Reply, second: Reply, problem: str) -> Reply:
    """The second reply, with what both took together."""
    usage = None
    if first.usage and second.usage:
        usage = counted(
            first.usage.prompt + second.usage.prompt, first.usage.completion + second.usage.completion
        )
    cost = None if first.cost is None or second.cost is None else first.cost + second.cost
    before = first.latency.total
    started = second.latency.first_token
    latency = Latency(
        first_token=None if started is None else before + started,
        total=before + second.latency.total,
        waited=before + second.latency.waited,
    )
    notes = (*first.notes, *second.notes[len(first.notes) :], f"The first answer was repaired: {problem}")
    return second.model_copy(
        update={
            "usage": usage,
            "cost": cost,
            "latency": latency,
            "attempts": first.attempts + second.attempts,
            "notes": notes,
        }
    )
