"""The proxy's configuration of the deployment guide, really run in front of a real site, on loopback."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.web.ground import operator

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "docs" / "guide" / "deploy"
NAME = "assay.example.org"
PATIENCE = 60
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
SLOW = "after_last: repeat\nreplies: [{text: one two three four five six, chunks: 6, delay: 0.25}]\n"

needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed here")


@dataclass(frozen=True, slots=True)
class Behind:
    """A site behind its proxy."""

    plain: int
    secure: int
    certificate: Path
    noor: str
    mara: str
    cookie: str

    def connected(self, source: str = "127.0.0.1") -> http.client.HTTPSConnection:
        """A browser's connection to the proxy."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection(
            NAME, self.secure, context=context, timeout=PATIENCE, source_address=(source, 0)
        )
        raw = socket.create_connection(("127.0.0.1", self.secure), PATIENCE, (source, 0))
        connection.sock = context.wrap_socket(raw, server_hostname=NAME)
        return connection

    @contextmanager
    def asked(
        self, method: str, path: str, body: str = "", source: str = "127.0.0.1", **headers: str
    ) -> Iterator[http.client.HTTPResponse]:
        """Ask the site through the proxy; the answer as it comes."""
        connection = self.connected(source)
        named = {"Host": NAME} | {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body or None, named)
            with connection.getresponse() as answer:
                yield answer
        finally:
            connection.close()

    def ask(
        self, method: str, path: str, body: str = "", source: str = "127.0.0.1", **headers: str
    ) -> "Answer":
        """Ask the site through the proxy; the whole answer."""
        with self.asked(method, path, body, source, **headers) as answer:
            return Answer(answer.status, answer.headers, answer.read().decode())


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    text: str


def certificate_for(name: str, folder: Path) -> Path:
    """A certificate that signs itself, and its key beside it, as `fullchain.pem` and `privkey.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(hours=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    chain = folder / "fullchain.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return chain


def configured(name: str, folder: Path, *, site: int = 1, plain: int = 80, secure: int = 443) -> Path:
    """The guide's file inside the frame that a distribution puts around it; ports and paths are of here."""
    text = (DEPLOY / name).read_text()
    text = re.sub(r"server (127\.0\.0\.1|site):8000;", f"server 127.0.0.1:{site};", text)
    text = re.sub(r"listen 80;", f"listen 127.0.0.1:{plain};", text)
    text = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;", text)
    text = re.sub(r"/(etc/ssl/assay|certificate)/", f"{folder}/", text)
    certificate_for(NAME, folder)
    (folder / "assay.conf").write_text(text)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    who = "user root;" if os.geteuid() == 0 else ""
    frame = folder / "nginx.conf"
    frame.write_text(
        f"{who} daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary} include {folder}/assay.conf; }}\n"
    )
    return frame


def settings_of(home: Path) -> dict[str, str]:
    """The installation's environment, as its settings file would give it."""
    (home / "replies.yaml").write_text(SLOW)
    return operator.environ(home) | {
        "ASSAY_ADDRESS": f"https://{NAME}",
        "ASSAY_MODEL": f"scripted:{home / 'replies.yaml'}",
        "ASSAY_MOST_STREAMS": "1",
    }


def wait_for(port: int, process: "subprocess.Popen[Any]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "it ended by itself; what it said is above"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
    raise AssertionError(f"nothing listens on port {port}")


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """A site as `assay site` runs it, and nginx in front of it."""
    assert NGINX is not None
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("nginx")
    environ = settings_of(home)
    prepared = [sys.executable, "-m", "tests.web.deploy.prepared"]
    told = subprocess.run(prepared, env=environ, cwd=ROOT, check=True, capture_output=True, text=True)
    site, plain, secure = (operator.free_port() for _ in range(3))
    frame = configured("nginx.conf", folder, site=site, plain=plain, secure=secure)
    served = [*operator.ASSAY, "site", "--port", str(site)]
    running = [
        subprocess.Popen(served, env=environ, cwd=home),
        subprocess.Popen([NGINX, "-c", str(frame), "-e", str(folder / "error.log")]),
    ]
    try:
        wait_for(site, running[0])
        wait_for(secure, running[1])
        yield Behind(plain, secure, folder / "fullchain.pem", **json.loads(told.stdout))
    finally:
        for process in reversed(running):
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


@needs_nginx
@pytest.mark.parametrize("name", ["nginx.conf", "nginx-compose.conf"])
def test_the_proxy_takes_the_file(name: str, tmp_path: Path) -> None:
    frame = configured(name, tmp_path)
    command = [str(NGINX), "-t", "-c", str(frame), "-e", str(tmp_path / "error.log")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@needs_nginx
class TestBehindTheProxy:
    """What browsers get."""

    def test_plain_http_leads_to_https(self, behind: Behind) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", behind.plain, timeout=PATIENCE)) as connection:
            connection.request("GET", "/account/login/", headers={"Host": NAME})
            answer = connection.getresponse()
            answer.read()
        assert answer.status == 301
        assert answer.headers["Location"] == f"https://{NAME}/account/login/"

    def test_cookies_are_for_https_only_and_the_browser_is_told_to_stay_there(self, behind: Behind) -> None:
        answer = behind.ask("GET", "/account/login/")
        assert answer.status == 200
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Secure" in answer.headers["Set-Cookie"]

    def test_a_candidates_link_lets_a_browser_in_with_a_cookie_for_https_only(self, behind: Behind) -> None:
        place = f"/i/{behind.noor}"
        page = behind.ask("GET", place)
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        answer = behind.ask(
            "POST",
            place,
            f"csrfmiddlewaretoken={token[1]}",
            Cookie=cookie,
            Referer=f"https://{NAME}{place}",
            Content_Type="application/x-www-form-urlencoded",
        )
        assert answer.status == 302
        assert answer.headers["Location"].startswith("/c/")
        assert "Secure" in answer.headers["Set-Cookie"]
        assert "HttpOnly" in answer.headers["Set-Cookie"]

    def test_a_reply_is_passed_on_word_by_word_and_who_comes_beyond_is_told_to_wait(
        self, behind: Behind
    ) -> None:
        token = "c" * 32
        headers = {
            "Content_Type": "application/json",
            "Cookie": f"{behind.cookie}; csrftoken={token}",
            "X_CSRFToken": token,
            "Referer": f"https://{NAME}/c/{behind.mara}/",
        }
        said = json.dumps({"tab": "tab-1", "text": "Count to six", "message": "m1"})
        arrived: list[tuple[str, float]] = []
        busy = None
        with behind.asked("POST", f"/c/{behind.mara}/messages", said, **headers) as answer:
            assert answer.status == 200, answer.read()
            while line := answer.readline():
                if line.startswith(b"event: "):
                    arrived.append((line[7:].decode().strip(), time.monotonic()))
                if busy is None and arrived and arrived[-1][0] == "piece":
                    again = json.dumps({"tab": "tab-2"})
                    busy = behind.ask("POST", f"/c/{behind.mara}/reply", again, **headers)
        pieces = [moment for name, moment in arrived if name == "piece"]
        assert len(pieces) == 6
        assert pieces[-1] - pieces[0] > 0.5, "the pieces came together, so something held them back"
        assert arrived[-1][0] == "over"
        assert busy is not None
        assert busy.status == 503
        assert busy.headers["Retry-After"]
        assert json.loads(busy.text)["busy"] is True

    def test_limits_on_signing_in_count_people_and_not_the_proxy(self, behind: Behind) -> None:
        """The site counts by the browser's address, and what a browser says of its address counts nothing."""
        here = [self._sign_in(behind, "127.0.0.2", number) for number in range(40)]
        assert 429 in here
        assert self._sign_in(behind, "127.0.0.2", 99) == 429
        assert self._sign_in(behind, "127.0.0.3", 99) == 200

    def _sign_in(self, behind: Behind, source: str, number: int) -> int:
        token = "c" * 32
        answer = behind.ask(
            "POST",
            "/account/login/",
            f"login=nobody{number}@example.org&password=wrong-password&csrfmiddlewaretoken={token}",
            source,
            Cookie=f"csrftoken={token}",
            Referer=f"https://{NAME}/account/login/",
            Content_Type="application/x-www-form-urlencoded",
            X_Forwarded_For=f"198.51.100.{number}",
        )
        return answer.status
