"""The other ways of `bench/judging.py`: each asks an endpoint about as many sessions, as its users would.

Run by a Python that has `openai`, `inspect-ai` and `deepeval`; knows nothing of Assay.
"""

import argparse
import asyncio
import json
import os
import resource
import time
from typing import Any

CRITERIA = [f"criterion {number}" for number in range(6)]
QUESTION = "Does the candidate lay out a plan before the work? Rate it from 0 to 4, with a quote."


def said(number: int) -> str:
    """A session as one text, about as long as those that assay judges."""
    return (
        f"user: First write the label guide with five labels. Then label every review. Case {number}.\n"
        + "assistant: Here is a guide with five labels, and a table with the sixteen reviews. " * 12
        + "\nuser: Row 4 is ironic. Make it negative and say why.\n"
        + "assistant: You are right. I have changed row 4 to negative, since the praise is ironic. " * 6
        + "\nuser: Check every row against the guide once more.\n"
    )


def ask_openai(address: str, sessions: int, at_once: int) -> int:
    """A bare loop over the client."""
    from openai import AsyncOpenAI

    async def all_of_them() -> int:
        free, client = asyncio.Semaphore(at_once), AsyncOpenAI(base_url=address, api_key="none")

        async def one(number: int, criterion: str) -> None:
            async with free:
                text = f"{QUESTION}\n{criterion}\n{said(number)}"
                answer = await client.chat.completions.create(
                    model="scripted", messages=[{"role": "user", "content": text}]
                )
            int(answer.choices[0].message.content or "")

        asked = [one(number, criterion) for number in range(sessions) for criterion in CRITERIA]
        await asyncio.gather(*asked)
        return len(asked)

    return asyncio.run(all_of_them())


def ask_inspect(address: str, sessions: int, at_once: int) -> int:
    """Inspect AI: one sample a session and criterion, no generation, `model_graded_qa` as its scorer."""
    from inspect_ai import Task, eval  # noqa: A004
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ModelOutput, get_model
    from inspect_ai.scorer import model_graded_qa
    from inspect_ai.solver import Generate, Solver, TaskState, solver

    @solver  # type: ignore[untyped-decorator]
    def as_it_was() -> Solver:
        async def solve(state: TaskState, _: Generate) -> TaskState:
            state.output = ModelOutput.from_content("session", state.input_text)
            return state

        return solve

    judge = get_model("openai-api/scripted/scripted", base_url=address, api_key="none")
    samples = [
        Sample(input=said(number), target=f"{QUESTION} {criterion}")
        for number in range(sessions)
        for criterion in CRITERIA
    ]
    task = Task(dataset=samples, solver=as_it_was(), scorer=model_graded_qa(model=judge))
    [log] = eval(
        task,
        model="mockllm/model",
        max_samples=at_once,
        max_connections=at_once,
        display="none",
        log_dir="logs",
    )
    if log.status != "success":
        raise SystemExit(f"inspect: {log.error}")
    return len(samples)


def ask_deepeval(address: str, sessions: int, at_once: int) -> int:
    """DeepEval: `GEval` with its steps given, one metric a criterion."""
    os.environ["OPENAI_BASE_URL"] = address
    from deepeval import evaluate
    from deepeval.evaluate import AsyncConfig, CacheConfig, DisplayConfig
    from deepeval.metrics import GEval
    from deepeval.models import OpenAIModel
    from deepeval.test_case import LLMTestCase, SingleTurnParams

    model = OpenAIModel(model="gpt-4o", base_url=address, api_key="none")
    metrics = [
        GEval(
            name=criterion,
            evaluation_steps=[QUESTION],
            evaluation_params=[SingleTurnParams.ACTUAL_OUTPUT],
            model=model,
        )
        for criterion in CRITERIA
    ]
    cases = [LLMTestCase(input="session", actual_output=said(number)) for number in range(sessions)]
    evaluate(
        cases,
        metrics,
        async_config=AsyncConfig(max_concurrent=at_once, throttle_value=0),
        display_config=DisplayConfig(show_indicator=False, print_results=False),
        cache_config=CacheConfig(write_cache=False),
    )
    return len(cases) * len(metrics)


WAYS = {"openai": ask_openai, "inspect": ask_inspect, "deepeval": ask_deepeval}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", choices=list(WAYS), required=True)
    parser.add_argument("--address", required=True)
    parser.add_argument("--sessions", type=int, required=True)
    parser.add_argument("--at-once", type=int, required=True)
    wishes = parser.parse_args()
    began, processor = time.perf_counter(), time.process_time()
    ratings = WAYS[wishes.one](wishes.address, wishes.sessions, wishes.at_once)
    seen: dict[str, Any] = {
        "ratings": ratings,
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - processor,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
