"""A scratch installation for the site's tests: a folder of its own, and a database.

Importing this module sets Django up, so it comes before anything of `assay_web` that needs settings. The
library's tests do not import it and run without Django.

`ASSAY_TEST_DATABASE=postgresql` runs the same tests on a PostgreSQL that is started for them.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django


def _scratch_home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="assay-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay_web.settings")
    os.environ.setdefault("ASSAY_HOME", str(_scratch_home()))
    if os.environ.get("ASSAY_TEST_DATABASE") == "postgresql":
        from tests.postgresql import running_server

        os.environ["DATABASE_URL"] = running_server().url("postgres")
    django.setup()


_set_up()
