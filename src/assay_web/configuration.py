"""What the environment says about this installation, checked before anything starts.

Every variable has a default that suits one machine, so that nothing has to be set to try the site. A value
that cannot work stops the start with what to set instead.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from assay.errors import UserMistake
from assay.models.setting import read_setting
from assay_web.caps import Cap, Scope, read_caps

JUDGE_KEY = "ASSAY_JUDGE_API_KEY"
"""The variable that holds the key of judges' calls; it is read where they are made."""

TRUE, FALSE = {"1", "yes", "true", "on"}, {"", "0", "no", "false", "off"}


@dataclass(frozen=True, slots=True)
class Email:
    """How mail leaves: a Django backend and its settings."""

    backend: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False
    folder: str = ""


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """An OpenID Connect provider that people may sign in with."""

    name: str
    server: str
    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """One installation.

    Attributes:
        home: the folder of everything that is not in a PostgreSQL database: SQLite files, secrets.
        address: where browsers reach the site, without a slash at the end.
        database: a Django database setting.
        model: the assistant's model setting.
        drafting_model: the model setting that drafts exercises.
        caps: the most that models may use, for each scope that is capped.
        most_streams: replies that one process streams at once; beyond, it answers 503 with Retry-After.
        judge_concurrency: calls of judges that one process has under way at a time, for each endpoint.
        judge_per_minute: calls of judges that one process begins a minute, for each endpoint; None: any.
        judge_endpoints: where judges' models may be, beside OpenAI and where the assistant's and the drafting
            model are: base addresses, or scripts of scripted models.
    """

    home: Path
    address: str
    database: dict[str, Any]
    model: str
    drafting_model: str
    caps: Mapping[Scope, Cap]
    email: Email
    mail_from: str
    open_registration: bool
    single_sign_on: SingleSignOn | None
    most_streams: int
    judge_concurrency: int
    judge_per_minute: int | None
    judge_endpoints: frozenset[str]
    demo: bool
    debug: bool

    @property
    def host(self) -> str:
        """The host name in `address`."""
        return urlsplit(self.address).hostname or ""

    @property
    def secure(self) -> bool:
        """Whether browsers reach the site over https."""
        return self.address.startswith("https://")

    @property
    def uses_sqlite(self) -> bool:
        """Whether everything is kept in files on this machine."""
        return bool(self.database["ENGINE"].endswith("sqlite3"))


def read_configuration(environ: Mapping[str, str] | None = None) -> Configuration:
    """Read and check the environment.

    Raises:
        UserMistake: a variable has a value that cannot work; it is named with what to set.
    """
    environ = os.environ if environ is None else environ
    home = Path(environ.get("ASSAY_HOME", "").strip() or "assay-data").expanduser().resolve()
    model = _model(environ, "ASSAY_MODEL", "embedded")
    drafting_model = _model(environ, "ASSAY_DRAFTING_MODEL", model)
    return Configuration(
        home=home,
        address=_address(environ.get("ASSAY_ADDRESS", "").strip() or "http://127.0.0.1:8000"),
        database=_database(environ.get("DATABASE_URL", "").strip(), home),
        model=model,
        drafting_model=drafting_model,
        caps=read_caps(environ, model, drafting_model),
        email=_email(environ.get("ASSAY_EMAIL_URL", "").strip() or "console:"),
        mail_from=environ.get("ASSAY_MAIL_FROM", "").strip() or "Assay <assay@localhost>",
        open_registration=_switch(environ, "ASSAY_OPEN_REGISTRATION"),
        single_sign_on=_single_sign_on(environ),
        most_streams=_whole(environ, "ASSAY_MOST_STREAMS", 400),
        judge_concurrency=_whole(environ, "ASSAY_JUDGE_CONCURRENCY", 16),
        judge_per_minute=_whole(environ, "ASSAY_JUDGE_PER_MINUTE", 0) or None,
        judge_endpoints=_judge_endpoints(environ, model, drafting_model),
        demo=_switch(environ, "ASSAY_DEMO"),
        debug=_switch(environ, "ASSAY_WEB_DEBUG"),
    )


def _refuse(name: str, value: str, why: str, remedy: str) -> UserMistake:
    shown = f"{name} is {value!r}, which {why}" if value else f"{name} {why}"
    return UserMistake(shown, remedy=remedy)


def _switch(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "").strip()
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise _refuse(name, value, "is neither yes nor no", "Set it to 1 or 0")


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 100_000):
        raise _refuse(name, value, "is not a number that can be used", "Set a whole number from 1 to 100000")
    return int(value)


def _model(environ: Mapping[str, str], name: str, default: str) -> str:
    value = environ.get(name, "").strip() or default
    try:
        read_setting(value, environ)
    except UserMistake as error:
        raise UserMistake(f"{name}: {error.message}", remedy=error.remedy) from error
    return value


def _judge_endpoints(environ: Mapping[str, str], *models: str) -> frozenset[str]:
    """Where the site's own models are, and where else judges may be asked."""
    own = [read_setting(model, environ) for model in models]
    found = {place for model in own for place in (model.base_url, model.script) if place}
    for place in environ.get("ASSAY_JUDGE_ENDPOINTS", "").split():
        try:
            found.add(str(read_setting(place, environ).base_url))
        except UserMistake as error:
            raise UserMistake(f"ASSAY_JUDGE_ENDPOINTS: {error.message}", remedy=error.remedy) from error
    return frozenset(found)


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise _refuse(
            "ASSAY_ADDRESS",
            value,
            "is not the address of a site",
            "Set it to where browsers reach the site, such as https://assay.example.org",
        )
    return value.rstrip("/")


def _database(url: str, home: Path) -> dict[str, Any]:
    if not url:
        return _sqlite(home / "assay.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and parts.path:
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        # The URL may hold a password, so it is not repeated.
        raise UserMistake(
            "DATABASE_URL is not the address of a database that Assay can use",
            remedy="Set it to postgresql://USER:PASSWORD@HOST:5432/NAME, or leave it out for SQLite",
        )
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # libpq takes a folder as host: that of the server's socket.
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # A file, since the threads that share a database in memory lock each other out.
        "TEST": {"NAME": str(path.with_name(f"test-{path.name}"))},
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


def _email(url: str) -> Email:
    parts = urlsplit(url)
    match parts.scheme:
        case "console":
            return Email("django.core.mail.backends.console.EmailBackend")
        case "file" if parts.path:
            return Email("django.core.mail.backends.filebased.EmailBackend", folder=unquote(parts.path))
        case "smtp" | "smtps" if parts.hostname:
            ssl = parts.scheme == "smtps"
            return Email(
                "django.core.mail.backends.smtp.EmailBackend",
                host=parts.hostname,
                port=parts.port or (465 if ssl else 587),
                user=unquote(parts.username or ""),
                password=unquote(parts.password or ""),
                use_ssl=ssl,
                use_tls=not ssl and "tls=0" not in parts.query,
            )
    raise UserMistake(
        "ASSAY_EMAIL_URL does not say how mail leaves",
        remedy="Set it to smtp://USER:PASSWORD@HOST:587, smtps://…:465, file:/FOLDER, or console:",
    )


def _single_sign_on(environ: Mapping[str, str]) -> SingleSignOn | None:
    names = ("ASSAY_OIDC_SERVER", "ASSAY_OIDC_CLIENT_ID", "ASSAY_OIDC_SECRET")
    server, client, secret = (environ.get(name, "").strip() for name in names)
    given = [bool(value) for value in (server, client, secret)]
    if not any(given):
        return None
    if not all(given):
        missing = ", ".join(name for name, is_set in zip(names, given, strict=True) if not is_set)
        raise UserMistake("Single sign-on is set only in part", remedy=f"Set {missing} too, or none of them")
    return SingleSignOn(
        environ.get("ASSAY_OIDC_NAME", "").strip() or "Single sign-on", server, client, secret
    )
