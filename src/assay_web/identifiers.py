"""Names that cannot be guessed: public ids in addresses, and one-time tokens of which only a hash is kept."""

import hashlib
import secrets

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_id() -> str:
    """A public id of 14 letters and digits without look-alikes: about 69 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(14))


def new_token() -> str:
    """A secret for a link or a cookie: 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token. A plain hash suffices, since the token is random and long."""
    return hashlib.sha256(token.encode()).hexdigest()
