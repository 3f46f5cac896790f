"""The trainer opens formgrader and the feedback pages of hostile copies: no script of a learner runs."""

# ruff: noqa: E501 - a script of one statement

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import open_page
from escape_corpus import HOSTILE, Attack
from escape_course import ASSIGNMENT, as_bytes, honest, source
from nbgrader_course import NbgraderCourse

from alliances.desk.copies_asked import GradeRequest
from alliances.desk.feedback import write_feedback
from alliances.desk.grading import grade_class
from alliances_grader import box
from alliances_grader.course_manifest import Course
from alliances_grader.nbgrader_api import open_gradebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

SHOWN = [attack for attack in HOSTILE if attack.number[0] == "D"]
STUDENTS = {f"d{place:03}": attack for place, attack in enumerate(SHOWN)}
# What a script of a learner would have left, what it would have taken away, and what hides or covers the page.
LOOK = """() => ({
  ran: window.__ran || 0,
  dangerous: [...document.querySelectorAll('script, iframe, object, embed, base, link, meta[http-equiv=refresh], form, svg')]
    .filter((one) => one.outerHTML.includes('evil.test') || one.outerHTML.includes('__ran')).map((one) => one.outerHTML.slice(0, 200)),
  handlers: [...document.querySelectorAll('*')].filter((one) => [...one.attributes].some(
    (each) => (each.name.startsWith('on') && each.value.includes('__ran')) || /^\\s*javascript:/i.test(each.value)))
    .map((one) => one.outerHTML.slice(0, 200)),
  fixed: [...document.querySelectorAll('*')].filter((one) => getComputedStyle(one).backgroundImage.includes('evil.test'))
    .map((one) => one.outerHTML.slice(0, 200)),
})"""
NOTHING = {"ran": 0, "dangerous": [], "handlers": [], "fixed": []}


@dataclass(frozen=True)
class Opened:
    """A graded class and the formgrader on it."""

    root: Path
    origin: str
    token: str
    submissions: dict[str, str]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Make a course with stock nbgrader, grade every hostile copy in it, write the feedback, open formgrader."""
    if box.level().name == "none":
        pytest.skip("no sandbox holds: alliances sandbox check")
    root = tmp_path_factory.mktemp("shown")
    with pytest.MonkeyPatch.context() as patch:
        made = NbgraderCourse(root, "fr", patch)
        made.add_source(ASSIGNMENT, as_bytes(source()))
        made.generate(ASSIGNMENT)
        for student, files in [("honest", {"escape.ipynb": as_bytes(honest())}), *_copies()]:
            folder = root / "submitted" / student / ASSIGNMENT
            folder.mkdir(parents=True)
            for name, content in files.items():
                (folder / name).write_bytes(content)
        course = Course(root, "fr", {}, ours=False)
        outcomes = grade_class(course, GradeRequest([ASSIGNMENT]), lambda *_: None)
        assert {outcome.state for outcome in outcomes} == {"graded"}
        write_feedback(course, ASSIGNMENT)
        with open_gradebook(root) as gradebook:
            rows = gradebook.assignment_submissions(ASSIGNMENT)
            submissions = {str(row.student.id): str(row.notebooks[0].id) for row in rows}
    with _formgrader(root) as (origin, token):
        yield Opened(root, origin, token, submissions)


def _copies() -> Iterator[tuple[str, dict[str, bytes]]]:
    for student, attack in STUDENTS.items():
        yield student, attack.make(honest())


@contextlib.contextmanager
def _formgrader(root: Path) -> Iterator[tuple[str, str]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    token = "escape-suite"
    settings = root / ".jupyter"
    settings.mkdir(exist_ok=True)
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\nc.CourseDirectory.course_id = 'test'\n"
    )
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}", "--allow-root",
        "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}",
    ]  # fmt: skip
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(settings),
        "JUPYTER_RUNTIME_DIR": str(root / "run"),
    }
    with (root / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/api", server, root / "server.log")
            yield f"http://127.0.0.1:{port}", token
        finally:
            server.terminate()
            server.wait(20)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 - our own server
            return
        select_a_moment()
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace")[-2000:])


def select_a_moment() -> None:
    """Wait for a server that has no way to say that it is ready."""
    with socket.socket() as nothing:
        nothing.settimeout(0.1)
        with contextlib.suppress(OSError):
            nothing.connect(("127.0.0.1", 1))


@pytest.fixture(scope="module")
def usual(opened: Opened, chromium_browser: Browser) -> set[str]:
    """Return what formgrader's page of an honest copy asks other hosts for, of its own accord."""
    with open_page(chromium_browser, opened.origin) as (page, watched):
        page.goto(_page(opened, "honest"))
        page.wait_for_load_state("load")
        return set(watched.outside)


def _page(opened: Opened, student: str) -> str:
    return f"{opened.origin}/formgrader/submissions/{opened.submissions[student]}/?token={opened.token}"


@pytest.mark.parametrize("student", STUDENTS, ids=lambda student: str(STUDENTS[student]))
def test_formgrader_runs_nothing_of_a_learner(
    opened: Opened, usual: set[str], chromium_browser: Browser, student: str
) -> None:
    """In the page where a trainer marks, nothing runs, nothing is asked of another host, the marks can be given."""
    with open_page(chromium_browser, opened.origin) as (page, watched):
        page.on("dialog", lambda dialog: dialog.dismiss())
        page.goto(_page(opened, student))
        page.locator("input.score").first.wait_for()
        assert page.evaluate(LOOK) == NOTHING
        assert page.locator("input.score").first.is_visible()
        assert set(watched.outside) - usual == set()
        assert page.url.startswith(opened.origin)


@pytest.mark.parametrize("student", STUDENTS, ids=lambda student: str(STUDENTS[student]))
def test_feedback_runs_nothing_of_a_learner(opened: Opened, chromium_browser: Browser, student: str) -> None:
    """The page that a learner receives is inert too, and asks nobody for anything."""
    path = opened.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
    with open_page(chromium_browser, "file://") as (page, watched):
        page.goto(path.as_uri())
        assert page.evaluate(LOOK) == NOTHING
        assert page.locator("h1").is_visible()
        assert watched.outside == []


def test_the_look_sees_a_script(chromium_browser: Browser) -> None:
    """A control: markup of the corpus, in a page that does nothing about it, is seen to run."""
    shown = next(attack for attack in SHOWN if attack.name == "image as text")
    assert isinstance(shown, Attack)
    with open_page(chromium_browser, "http://nowhere.test") as (page, _):
        page.set_content('<img src=x onerror="window.__ran=1"><h1>x</h1>')
        page.wait_for_function("() => window.__ran === 1")
        assert page.evaluate(LOOK) != NOTHING
