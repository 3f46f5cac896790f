"""The Jupyter server of the course: run as ``python -m alliances.desk.jupyter FOLDER``.

``FOLDER`` is private to this user and holds ``desk.json``, written by ``alliances.desk.serving``. The
current folder must be the nbgrader course: nbgrader finds its settings there.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

from alliances.course.tree import CourseTree
from alliances.desk.context import Desk
from alliances.desk.extension import add_handlers
from alliances.desk.voila import KERNELS

__all__ = ["main", "server_settings"]

# JupyterLab would ask its makers for news and updates, and the index for extensions.
_QUIET = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}
# nbgrader's own panels in JupyterLab: the course has its pages for handing in and for marking.
_AUTHORS_PANELS = ("create-assignment", "validate-assignment")
_UNUSED_PANELS = ("assignment-list", "course-list", "menu")
_WATCH_MILLISECONDS = 2000
_LOCALES = {"fr": "fr_FR", "en": "en"}


def server_settings(plan: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of the Jupyter server for a plan (the content of ``desk.json``)."""
    state = Path(plan["state"])
    extensions = {
        "jupyterlab": True,
        "jupyter_server_terminals": True,
        "jupytext": bool(plan["author"]),
        "nbgrader.server_extensions.formgrader": True,
        "notebook_shim": True,
        # These would cost seconds at start, or open doors that nobody asked for.
        "jupyter_lsp": False,
        "jupyter_server_proxy": False,
        "nbgrader.server_extensions.assignment_list": False,
        "nbgrader.server_extensions.course_list": False,
        "nbgrader.server_extensions.validate_assignment": False,
        "notebook": False,
        "voila.server_extension": False,
    }
    settings: dict[str, Any] = {
        "ServerApp": {
            "ip": "127.0.0.1",
            "port": plan["port"],
            "port_retries": 0,
            "root_dir": plan["lab_root"],
            "open_browser": False,
            "jpserver_extensions": extensions,
            "default_url": "/alliances/",
            "allow_root": True,
            "shutdown_no_activity_timeout": 0,
        },
        "KernelManager": KERNELS,
        "IdentityProvider": {"token": plan["token"]},
        "LabApp": {
            "user_settings_dir": str(state / "settings"),
            "workspaces_dir": str(state / "workspaces"),
            "extension_manager": "readonly",
        },
        "LabServerApp": {
            "user_settings_dir": str(state / "settings"),
            "workspaces_dir": str(state / "workspaces"),
        },
    }
    if plan["author"]:
        settings["ServerApp"]["contents_manager_class"] = "jupytext.TextFileContentsManager"
    return settings


def write_lab_defaults(state: Path, language: str) -> None:
    """Write JupyterLab's first settings: the course's language, nothing fetched; what is there stays."""
    defaults = dict(_QUIET)
    defaults["@jupyterlab/translation-extension:plugin"] = {"locale": _LOCALES[language]}
    for name, content in defaults.items():
        plugin, _, key = name.rpartition(":")
        path = state / "settings" / plugin / f"{key}.jupyterlab-settings"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def write_panels(folder: Path, *, author: bool) -> None:
    """Hide nbgrader's panels that lead nowhere here; an author keeps the one that marks up cells."""
    hidden = _UNUSED_PANELS if author else (*_UNUSED_PANELS, *_AUTHORS_PANELS)
    path = folder / "labconfig" / "page_config.json"
    path.parent.mkdir()
    disabled = {f"@jupyter/nbgrader:{name}": True for name in hidden}
    disabled["@jupyterhub/jupyter-server-proxy"] = True
    path.write_text(json.dumps({"disabledExtensions": disabled}), encoding="utf-8")


def end_with(supervisor: int, voila_process: int) -> None:
    """End this server and Voilà once the process ``supervisor`` is gone: killed, it could not stop them."""
    if os.getppid() == supervisor:
        return
    for process in (voila_process, os.getpid()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)


def main(folder: Path) -> None:
    """Run the server described in ``folder/desk.json`` until it is stopped."""
    from jupyter_server.serverapp import ServerApp
    from tornado.ioloop import PeriodicCallback
    from traitlets.config import Config

    from alliances.desk.formgrader import keep_at_home

    plan = json.loads((folder / "desk.json").read_text(encoding="utf-8"))
    write_lab_defaults(Path(plan["state"]), plan["language"])
    write_panels(folder, author=plan["author"])
    app = ServerApp.instance(config=Config(server_settings(plan)))
    app.initialize(argv=[])
    desk = Desk(
        tree=CourseTree(Path(plan["root"])),
        learner=plan["learner"],
        language=plan["language"],
        lab_root=plan["lab_root"],
        tools_port=plan["tools_port"],
        tools_token=plan["tools_token"],
    )
    add_handlers(app.web_app, desk)
    keep_at_home(app.web_app)
    if os.name == "posix":
        watch = partial(end_with, plan["supervisor"], plan["voila_process"])
        PeriodicCallback(watch, _WATCH_MILLISECONDS).start()
    app.start()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
