"""``alliances serve`` as it is typed: it says where to go, lets nobody else in, and stops clean."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from alliances.desk.serving import free_port

if TYPE_CHECKING:
    from alliances.course.tree import CourseTree
    from alliances.desk.serving import Serving

pytestmark = pytest.mark.browser


def _final(url: str) -> tuple[int, str]:
    """Return the status and the address where a request ends; cookies are kept on the way."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    try:
        with opener.open(url, timeout=30) as answer:
            return answer.status, answer.url
    except urllib.error.HTTPError as error:
        return error.code, error.url


CLOSED = (
    "alliances/fr/index.html",
    "alliances/tools/fr/alliance_models",
    "alliances/open/fr/alliance_models_code",
    "alliances/api/answers/alliance_models/form",
    "formgrader",
    "lab",
)


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_opens_without_the_token(running: Serving, path: str) -> None:
    """Without Jupyter's token a request ends at the login page, or is refused."""
    status, url = _final(f"http://127.0.0.1:{running.plan.port}/{path}")
    assert status in {401, 403} or "/login" in url


def test_the_tools_are_closed_to_other_local_users(running: Serving) -> None:
    """Voilà's own port gives nothing to somebody without its token, which no command line shows."""
    page = "alliances/tools/voila/render/fr/alliance_models.ipynb"
    status, url = _final(f"http://127.0.0.1:{running.tools_port}/{page}")
    assert status != 200 or "/login" in url
    for child in (running.voila, running.jupyter):
        assert not any(
            secret in str(word) for word in child.args for secret in (running.tools_token, running.plan.token)
        )


def test_the_command_says_where_to_go_and_stops_clean(course_tree: CourseTree) -> None:
    """The command prints one address with its token; told to end twice, it ends once, and frees the port."""
    port = free_port()
    environment = {**os.environ, "ALLIANCES_ROOT": str(course_tree.root), "ALLIANCES_LANG": "en"}
    words = ["serve", "--no-browser", "--port", str(port), "--learner", "somebody"]
    process = subprocess.Popen(
        [sys.executable, "-m", "alliances.cli", *words],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if "To stop" in line:
                break
        address = re.search(rf"http://127\.0\.0\.1:{port}/alliances/\?token=\S+", "".join(said))
        assert address, "".join(said)
        status, url = _final(address.group())
        assert (status, url.split("?")[0]) == (200, f"http://127.0.0.1:{port}/alliances/en/index.html")
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        assert process.wait(timeout=60) == 0
        assert "The course has stopped" in rest
    finally:
        process.kill()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert (course_tree.work / "somebody").is_dir()


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux's process descriptors")
def test_killed_outright_it_leaves_no_server_behind(course_tree: CourseTree) -> None:
    """When the command is killed and cannot tidy up, both servers end by themselves."""
    environment = {**os.environ, "ALLIANCES_ROOT": str(course_tree.root), "ALLIANCES_LANG": "en"}
    words = ["serve", "--no-browser", "--no-build", "--port", str(free_port())]
    process = subprocess.Popen(
        [sys.executable, "-m", "alliances.cli", *words],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    said = next((line for line in process.stdout if "To stop" in line), "")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    watched = [os.pidfd_open(int(child)) for child in children]
    process.kill()
    process.wait()
    assert said
    assert len(watched) == 2
    for descriptor in watched:
        ended, _, _ = select.select([descriptor], [], [], 30)
        assert ended
        os.close(descriptor)
