"""Ports, plans and settings of the served course."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from alliances.course.tree import CourseTree
from alliances.desk import serving
from alliances.desk.jupyter import server_settings, write_lab_defaults
from alliances.desk.serving import ServePlan, choose_port, free_port
from alliances.desk.voila import VoilaPlan, voila_settings
from alliances.errors import AlliancesError, EnvironmentFault, UsageError


@pytest.fixture
def taken() -> int:
    """Return a port that somebody listens on while the test runs."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("port", [0, 80, 1023, 65536, -1])
def test_a_port_that_a_user_may_not_open_is_refused(port: int) -> None:
    """Ports are from 1024 to 65535."""
    with pytest.raises(UsageError, match="--port attend un nombre de 1024 à 65535"):
        choose_port(port)


def test_a_port_in_use_is_named_with_a_way_out(taken: int) -> None:
    """Asked for a port that is taken, the program says so and offers another."""
    with pytest.raises(EnvironmentFault, match=rf"Le port {taken} est déjà pris.*--port \d+"):
        choose_port(taken)


def test_the_default_port_moves_when_taken(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not asked for any port, the program takes the next free one."""
    monkeypatch.setattr(serving, "DEFAULT_PORT", taken)
    assert taken < choose_port(None) < taken + 20


def test_voila_warms_only_the_tool_of_the_day(tmp_path: Path) -> None:
    """One kernel a language for the current module, none for the others; nothing outside this machine."""
    tree = CourseTree(tmp_path)
    for language in ("fr", "en"):
        for slug in ("alliance_models", "fund"):
            path = tree.apps(language) / f"{slug}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
    settings = voila_settings(tree, VoilaPlan(5000, "secret", "fund"))
    assert settings["VoilaKernelManager"]["kernel_pools_config"] == {
        "default": {"pool_size": 0},
        "fr/fund.ipynb": {"pool_size": 1},
        "en/fund.ipynb": {"pool_size": 1},
    }
    assert settings["Voila"]["ip"] == "127.0.0.1"
    assert settings["Voila"]["token"] == "secret"


def _plan(tmp_path: Path, **values: object) -> dict[str, object]:
    return {"state": str(tmp_path), "port": 1, "token": "t", "lab_root": "w", "author": False, **values}


@pytest.mark.parametrize("author", [False, True])
def test_sources_open_as_notebooks_for_an_author_only(tmp_path: Path, author: bool) -> None:
    """Without ``--author`` the server does not read text as notebooks, and shows the work folder only."""
    settings = server_settings(_plan(tmp_path, author=author))
    assert ("contents_manager_class" in settings["ServerApp"]) is author
    assert settings["ServerApp"]["jpserver_extensions"]["jupytext"] is author
    plan = ServePlan(CourseTree(tmp_path), 1, tmp_path / "work/course", author=author)
    assert plan.lab_root == (tmp_path if author else tmp_path / "work")


def test_lab_starts_in_the_course_language_and_asks_nobody(tmp_path: Path) -> None:
    """First settings: French, no news, no update check; a learner's own choice stays."""
    write_lab_defaults(tmp_path, "fr")
    locale = tmp_path / "settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings"
    news = tmp_path / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    assert json.loads(locale.read_text()) == {"locale": "fr_FR"}
    assert json.loads(news.read_text())["fetchNews"] == "false"
    assert json.loads(news.read_text())["checkForUpdates"] is False
    locale.write_text('{"locale": "en"}')
    write_lab_defaults(tmp_path, "fr")
    assert json.loads(locale.read_text()) == {"locale": "en"}


def test_a_child_that_dies_is_named_with_its_log(tmp_path: Path) -> None:
    """When a server stops while starting, the message says which and where its log is."""
    child = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    child.wait()
    log = tmp_path / "voila.log"
    with pytest.raises(AlliancesError, match=r"« Voilà » s'est arrêté au démarrage.*voila.log"):
        serving._wait("Voilà", child, log, lambda: False)


def test_the_settings_folder_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are written to files that only this user can read, and never to a command line."""
    seen: list[list[str]] = []

    class Child:
        def __init__(self, words: list[str], **_: object) -> None:
            seen.append([str(word) for word in words])

        pid = 0

    monkeypatch.setattr("subprocess.Popen", Child)
    tree = CourseTree(tmp_path)
    plan = ServePlan(tree, free_port(), tmp_path)
    voila = VoilaPlan.fresh(free_port(), "fund")
    from alliances.desk.voila import start_voila

    start_voila(tree, voila, tmp_path, tmp_path)
    serving._start_jupyter(plan, voila, tmp_path, 1)
    for name, token in (("voila.json", voila.token), ("desk.json", plan.token)):
        assert token in (tmp_path / name).read_text()
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert not any(token in word for words in seen for word in words for token in (plan.token, voila.token))
