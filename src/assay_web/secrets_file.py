"""Secrets that the site makes for itself on its first start, and keeps with tight permissions."""

import json
import os
import secrets
import stat
from pathlib import Path

from assay.errors import UserMistake, Where

_NAME = "secrets.json"
_FRESH = {"secret_key": 48}


def own_secret(home: Path, name: str) -> str:
    """The secret of this name, made on first use.

    Raises:
        UserMistake: the file cannot be read or written, or others on this machine may read it.
    """
    path = home / _NAME
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _make(path)
        kept = path.stat()
        if stat.S_IMODE(kept.st_mode) & 0o077:
            raise UserMistake(
                "The site's secrets can be read by other users of this machine",
                remedy=f"Run chmod 600 {path}; if others had access, delete it: everyone signs in again",
                where=Where(path),
            )
        return str(json.loads(path.read_text())[name])
    except OSError as error:
        raise UserMistake(
            f"The site's secrets cannot be kept: {error.strerror}",
            remedy="Set ASSAY_HOME to a folder that you may write to",
            where=Where(path),
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserMistake(
            "The site's file of secrets is damaged",
            remedy="Restore it from a backup, or delete it: everyone has to sign in again",
            where=Where(path),
        ) from error


def _make(path: Path) -> None:
    """Write fresh secrets; of two processes that start at once, the first one's stay."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({name: secrets.token_urlsafe(size) for name, size in _FRESH.items()}, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
