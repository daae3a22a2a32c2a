"""An OpenID Connect provider of its own process, on loopback: `python -m tests.web.accounts.provider`.

It prints its port. The provider is that of the package `oidc-provider-mock`; what it leaves out is added
around it: a code that was asked for with PKCE is only given a token for the right verifier, and one that was
asked for without is refused.
"""

import base64
import hashlib
import io
import os
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"


class WithProofKeys:
    """A WSGI application that insists on PKCE with S256."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._challenges: dict[str, str] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"]
        if path.endswith("/authorize"):
            return self._authorized(environ, start_response)
        if path.endswith("/token") and not self._is_proven(environ):
            start_response("400 Bad Request", [("Content-Type", "application/json")])
            return [b'{"error": "invalid_grant"}']
        answer: Iterable[bytes] = self._inner(environ, start_response)
        return answer

    def _authorized(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked = parse_qs(environ["QUERY_STRING"])
        challenge = asked.get("code_challenge", [""])[0]
        if not challenge or asked.get("code_challenge_method") != ["S256"]:
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [b"PKCE is required"]

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            for name, value in headers:
                if name.lower() == "location":
                    code = parse_qs(urlsplit(value).query).get("code", [""])[0]
                    self._challenges[code] = challenge
            return start_response(status, headers, *rest)

        answer: Iterable[bytes] = self._inner(environ, start)
        return answer

    def _is_proven(self, environ: dict[str, Any]) -> bool:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        given = parse_qs(body.decode())
        hashed = hashlib.sha256(given.get("code_verifier", [""])[0].encode()).digest()
        wanted = self._challenges.get(given.get("code", [""])[0])
        return base64.urlsafe_b64encode(hashed).decode().rstrip("=") == wanted


def main() -> None:
    """Serve until the process is ended."""
    import oidc_provider_mock
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, WithProofKeys(oidc_provider_mock.app()), threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
