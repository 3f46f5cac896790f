"""A real Chromium on built pages: what it asks of other servers, what axe finds, and a server of answers."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import shutil
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

__all__ = ["PageServer", "Watched", "axe_findings", "chromium_browser", "find_chromium", "open_page"]

_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Without these a headless Chromium looks up hosts of its maker at each start, and as root refuses to run.
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Each page opens a window, whose address bar nobody sees: without its lists, which are pages themselves,
# that takes a third less.
_UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup")
# Chromium takes the last --disable-features alone, so what Playwright 1.65 turns off is said again.
_OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin",
    "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)  # fmt: skip
_FLAGS += [f"--disable-features={','.join(_OFF + _UNSEEN)}"]


def find_chromium() -> str | None:
    """Return the path of a Chromium: ALLIANCES_CHROMIUM, one on PATH, else None for Playwright's own."""
    named = os.environ.get("ALLIANCES_CHROMIUM")
    return named or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """Start Chromium once for the run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """What a page did: requests to other servers, and errors of its scripts."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextlib.contextmanager
def open_page(browser: Browser, origin: str, **options: Any) -> Iterator[tuple[Page, Watched]]:
    """Open an empty page of a fresh context and watch it; ``origin`` is the one server it may ask.

    ``options`` are Playwright's for the context (``viewport``, ``java_script_enabled`` …).
    """
    context = browser.new_context(**options)
    try:
        page = context.new_page()
        watched = Watched()

        def note(url: str) -> None:
            parts = urlsplit(url)
            same = f"{parts.scheme}://{parts.netloc}".replace("ws://", "http://") == origin
            if not same and parts.scheme not in {"data", "blob", "about"}:
                watched.outside.append(url)

        page.on("request", lambda request: note(request.url))
        page.on("websocket", lambda socket: note(socket.url))
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        yield page, watched
    finally:
        context.close()


def axe_findings(page: Page, within: str | None = None, *, without: tuple[str, ...] = ()) -> list[str]:
    """Return what axe finds on the page, or inside a selector, as ``rule: nodes``.

    ``without`` names rules to leave out: that of contrast takes four fifths of the time.
    """
    from axe_playwright_python.sync_playwright import Axe

    # What passed is not listed node by node, which takes longer than the rules.
    options = {"resultTypes": ["violations"], "rules": {name: {"enabled": False} for name in without}}
    found = Axe().run(page, context=within, options=options).response["violations"]
    return [f"{one['id']}: " + " | ".join(node["html"][:160] for node in one["nodes"]) for one in found]


class PageServer:
    """Serves built pages as the desk does, with the desk's own store of answers in a folder of its own.

    ``answers`` is what the store holds for the exercise ``tiny`` by the form door (``{}`` before the first
    save); setting it stands for another computer that saved. ``down`` makes the server fail with a page of a
    proxy; ``refusal`` makes it refuse in words; ``calls`` lists the requests to the store as ``PUT answers``;
    ``held`` is the event that requests to save wait for, when there is one.
    """

    def __init__(self, pages: Path) -> None:
        from alliances.desk.answer_store import AnswerStore

        self.pages = pages
        self._work = tempfile.TemporaryDirectory(prefix="alliances-answers-")
        self._storing = threading.Condition()
        self._busy = 0
        self._closed = False
        self.store = AnswerStore(Path(self._work.name), "moi")
        self.held: threading.Event | None = None
        self.down = False
        self.refusal = ""
        self.calls: list[str] = []

    def __enter__(self) -> PageServer:  # noqa: PYI034
        """Start on a free port."""
        desk = self

        class Handler(_Handler):
            server_state = desk

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        # A request of a page that has just been closed may still be writing there.
        with self._storing:
            self._closed = True
            self._storing.wait_for(lambda: self._busy == 0, timeout=30)
        self._work.cleanup()

    @contextlib.contextmanager
    def storing(self) -> Iterator[bool]:
        """Hold the store's folder as long as a request uses it; False once the server has stopped."""
        with self._storing:
            self._busy += 1
            open_still = not self._closed
        try:
            yield open_still
        finally:
            with self._storing:
                self._busy -= 1
                self._storing.notify_all()

    @property
    def answers(self) -> dict[str, Any]:
        """The answers file as the store has it."""
        path = self.store.folder("tiny", "form") / "answers.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    @answers.setter
    def answers(self, value: dict[str, Any]) -> None:
        from alliances.questions.answers import AnswerFile, write_answers

        fields = {"learner": "moi", "exercise": "tiny", "door": "form", "language": "fr", **value}
        write_answers(self.store.folder("tiny", "form") / "answers.json", AnswerFile(**fields))

    @property
    def handed_in(self) -> list[dict[str, Any]]:
        """The answers files of the copies handed in, the latest last."""
        drop = self.store.drop("tiny", "form")
        older = sorted((drop.parent / ".previous").glob("tiny_form-*/answers.json"))
        paths = [*older, drop / "answers.json"]
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.is_file()]

    def url(self, page: str) -> str:
        """Return the address of a page, given as ``fr/index``."""
        return f"{self.origin}/alliances/{page}.html"


class _Handler(http.server.BaseHTTPRequestHandler):
    server_state: PageServer

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Send a page, or the answers."""
        path = urlsplit(self.path).path.removeprefix("/alliances/")
        if path.startswith("api/"):
            self._store("GET", path)
            return
        file = self.server_state.pages / path
        if not file.is_file():
            self._send(404, "text/plain", b"missing")
            return
        self._send(200, _TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes())

    def do_PUT(self) -> None:
        """Save answers."""
        self._store("PUT", self.path.removeprefix("/alliances/"))

    def do_POST(self) -> None:
        """Hand in."""
        self._store("POST", self.path.removeprefix("/alliances/"))

    def do_DELETE(self) -> None:
        """Erase answers."""
        self._store("DELETE", self.path.removeprefix("/alliances/"))

    def _store(self, method: str, path: str) -> None:
        state = self.server_state
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if state.down:
            self._send(502, "text/html", b"<h1>Bad gateway</h1>")
            return
        if method != "GET" and self.headers.get("X-XSRFToken") != "token-of-the-test":
            self._json({"message": "XSRF"}, 403)
            return
        state.calls.append(f"{method} {path.split('/')[1]}")
        if state.refusal and method != "GET":
            self._json({"message": state.refusal}, 507)
        else:
            with state.storing() as open_still:
                if open_still:
                    self._serve(method, path, body)

    def _serve(self, method: str, path: str, body: bytes) -> None:
        """Do what the desk's handlers do with the store."""
        from alliances.errors import AlliancesError

        state = self.server_state
        _, _, exercise, door = path.split("/")
        try:
            if method == "PUT":
                if state.held is not None:
                    state.held.wait(20)
                answer = state.store.save(exercise, door, body)
            elif method == "POST":
                answer = state.store.hand_in(exercise, door, json.loads(body)["questions"]).to_dict()
            elif method == "DELETE":
                state.store.erase(exercise, door)
                answer = {}
            else:
                answer = state.store.load(exercise, door)
        except AlliancesError as error:
            self._json({"message": error.in_language("fr")}, 400)
            return
        self._json(answer)

    def _json(self, value: object, status: int = 200) -> None:
        self._send(status, "application/json", json.dumps(value).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "_xsrf=token-of-the-test; Path=/")
        self.end_headers()
        self.wfile.write(body)
