"""The two sites that the pictures are of: the demo's, and one of another configuration on the same data."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from tests.browser.conftest import free_port

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE = 120
LOG = "log.txt"
SCRIPTS = ("replies.yaml", "drafting.yaml")
COMMON = {
    "ASSAY_DEMO": "1",
    "ASSAY_MODEL": "scripted:replies.yaml",
    "ASSAY_DRAFTING_MODEL": "scripted:drafting.yaml",
}
NOBODY_LISTENS = 9
CAPS = {
    "ASSAY_SESSION_TOKENS": "60_000",
    "ASSAY_DAY_TOKENS": "2_000_000",
    "ASSAY_DAY_SPEND": "12.50",
    "ASSAY_WARM_UP_DAY_TOKENS": "100_000",
    "ASSAY_DRAFTING_DAY_SPEND": "3",
}
OPEN = {
    "ASSAY_DEMO": "0",
    "ASSAY_OPEN_REGISTRATION": "1",
    "ASSAY_MODEL": "embedded",
    "ASSAY_DRAFTING_MODEL": "embedded",
    "ASSAY_OIDC_NAME": "Larkmoor sign-on",
    "ASSAY_OIDC_SERVER": "https://sign-on.larkmoor.example",
    "ASSAY_OIDC_CLIENT_ID": "assay",
    "ASSAY_OIDC_SECRET": "not a secret",
    **CAPS,
    "ASSAY_EMAIL_URL": f"smtp://127.0.0.1:{NOBODY_LISTENS}",
}


class Server:
    """Both sites, each a process of its own, ended with the `with` block.

    `keys` and `cookies` are those of the scene; `address` says where a site is.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.keys: dict[str, str] = {}
        self.cookies: dict[str, dict[str, str]] = {}
        self.address: dict[str, str] = {}
        self._processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        for script in SCRIPTS:
            shutil.copy(HERE / script, self.home)
        try:
            made = self._start("demo", COMMON, "--fresh")
            assert made.stdout is not None
            line = made.stdout.readline()
            if not line:
                raise RuntimeError(f"the site stopped before it served:\n{self.log()[-4000:]}")
            scene = json.loads(line)
            self.keys, self.cookies = scene["keys"], scene["cookies"]
            self._start("open", COMMON | OPEN, "--at", scene["present"])
            for name in self.address:
                self._wait_for(name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
            process.wait(20)
            if process.stdout is not None:
                process.stdout.close()

    def log(self) -> str:
        """What the sites had to say of faults."""
        return (self.home / LOG).read_text(encoding="utf-8")

    def _start(self, name: str, environ: dict[str, str], *more: str) -> subprocess.Popen[str]:
        port = free_port()
        self.address[name] = f"http://127.0.0.1:{port}"
        whole = {
            **os.environ,
            "ASSAY_HOME": str(self.home / "home"),
            "ASSAY_ADDRESS": self.address[name],
            "ASSAY_EMAIL_URL": f"file:{self.home / 'mail'}",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            **environ,
        }
        whole.pop("DATABASE_URL", None)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.pictures.site", str(port), *more],
            cwd=self.home,
            env=whole,
            stdout=subprocess.PIPE,
            stderr=(self.home / LOG).open("a"),
            text=True,
        )
        self._processes.append(process)
        return process

    def _wait_for(self, name: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.address[name]}/static/assay.css", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError(f"the {name} site does not answer")
