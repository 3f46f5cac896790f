"""The places where a notebook of ours is opened: JupyterLab 4 and Notebook 7 (one server), and Voilà.

The browser's own Python is in ``pyodide_page``, the static page in ``component_browser``.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import nbformat
from component_browser import voila_serving

from alliances.desk.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

__all__ = [
    "OWN_ERRORS",
    "Jupyter",
    "jupyter_serving",
    "open_in_lab",
    "open_in_notebook",
    "open_in_voila",
    "run_all",
    "tools_serving",
    "write_notebook",
]

#: What Notebook 7.6 throws by itself, whatever is opened, an empty notebook included: a race while it loads
#: (jupyter/notebook issue 7862), and the file browser's command, which its notebook page does not have.
OWN_ERRORS: Final = (
    "Cannot read properties of undefined (reading 'schema')",
    "Command 'filebrowser:open-path' not registered.",
)
_SITE: Final = Path(__file__).resolve().parents[2] / "site"
_TOKEN: Final = "token-of-the-test"
_PATIENCE: Final = 120_000  # milliseconds: the machine may be shared
# Otherwise both programs ask their makers for news, and offer to.
_QUIET: Final = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}
_EXTENSIONS: Final = {
    "jupyterlab": True,
    "notebook": True,
    "notebook_shim": True,
    "jupyter_lsp": False,
    "jupyter_server_proxy": False,
    "jupyter_server_terminals": False,
    "jupyterlab_jupytext": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "voila.server_extension": False,
}
# Panels whose server side is off would fail at each start.
_PANELS: Final = {
    "@jupyter/nbgrader": True,
    "@jupyterhub/jupyter-server-proxy": True,
    "@voila-dashboards/jupyterlab-preview": True,
    "jupyterlab-jupytext": True,
}
_NOTEBOOK_IS_READY: Final = """() => {
  const session = window.jupyterapp?.shell?.currentWidget?.context?.sessionContext;
  return session?.isReady && session.session?.kernel?.status === "idle";
}"""


@dataclass(frozen=True)
class Jupyter:
    """A running server: ``address`` without a slash at its end, and what opens it."""

    address: str
    token: str

    def url(self, path: str) -> str:
        """Return the full address of ``path`` (such as ``lab/tree/a.ipynb``), token included."""
        return f"{self.address}/{path}?token={self.token}"


def write_notebook(path: Path, *cells: str, lang: str = "fr", title: str = "Essai") -> None:
    """Write a notebook of code cells for the Python kernel, with what our Voilà template reads of it."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "alliances": {"slug": path.stem, "lang": lang, "kind": "tool"},
            "title": title,
        },
    )
    nbformat.write(notebook, path)


@contextlib.contextmanager
def jupyter_serving(
    folder: Path, state: Path, *, settings: dict[str, dict[str, Any]] | None = None, **environment: str
) -> Iterator[Jupyter]:
    """Serve the notebooks of ``folder`` in JupyterLab 4 and Notebook 7, by one server.

    Args:
        folder: what both programs show; notebooks are saved there.
        state: an empty folder of their own for settings, workspaces and what kernels write.
        settings: settings of JupyterLab's plugins by plugin, such as
            ``{"@jupyterlab/translation-extension:plugin": {"locale": "fr_FR"}}``.
        environment: variables for the server and its kernels.
    """
    port = free_port()
    state.mkdir(parents=True, exist_ok=True)
    (state / "jupyter_server_config.json").write_text(json.dumps(_configuration(folder, state, port)))
    _write_settings(state, {**_QUIET, **(settings or {})})
    with (state / "jupyter.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server"],
            cwd=folder,
            env={**os.environ, **_own_folders(state), **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(f"{address}/api/status?token={_TOKEN}", process, state / "jupyter.log")
        yield Jupyter(address, _TOKEN)
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextlib.contextmanager
def tools_serving(folder: Path, state: Path, **environment: str) -> Iterator[str]:
    """Serve the notebooks of ``folder`` behind Voilà with our template; give the address.

    Args:
        folder: notebooks, as ``write_notebook`` makes them.
        state: an empty folder of its own for settings and what kernels write.
        environment: variables for the server and its kernels.
    """
    settings = {"VoilaConfiguration": {"template": "alliances", "strip_sources": True}}
    (state / "work").mkdir(parents=True)
    (state / "voila.json").write_text(json.dumps(settings), encoding="utf-8")
    places = {"JUPYTER_PATH": str(_SITE), "JUPYTER_CONFIG_DIR": str(state)}
    with voila_serving(folder, state / "work", **places, **environment) as address:
        yield address


def _configuration(folder: Path, state: Path, port: int) -> dict[str, Any]:
    places = {"user_settings_dir": str(state / "settings"), "workspaces_dir": str(state / "workspaces")}
    return {
        "ServerApp": {
            "ip": "127.0.0.1",
            "port": port,
            "port_retries": 0,
            "root_dir": str(folder),
            "open_browser": False,
            "allow_root": True,
            "jpserver_extensions": _EXTENSIONS,
        },
        "IdentityProvider": {"token": _TOKEN},
        # The tests run cells by the application's own command, which says when the last one has run.
        "LabApp": {**places, "extension_manager": "readonly", "expose_app_in_browser": True},
        "JupyterNotebookApp": {**places, "expose_app_in_browser": True},
        "LabServerApp": places,
    }


def _write_settings(state: Path, settings: dict[str, dict[str, Any]]) -> None:
    for name, content in settings.items():
        plugin, _, key = name.rpartition(":")
        path = state / "settings" / plugin / f"{key}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    (state / "labconfig").mkdir()
    (state / "labconfig" / "page_config.json").write_text(json.dumps({"disabledExtensions": _PANELS}))


def _own_folders(state: Path) -> dict[str, str]:
    """Keep this user's own Jupyter and IPython out of it; the environment's extensions stay."""
    return {
        "JUPYTER_CONFIG_DIR": str(state),
        "JUPYTER_DATA_DIR": str(state / "data"),
        "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": str(state / "ipython"),
        "ALLIANCES_WORK": str(state / "work"),
    }


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE / 1000
    answered = threading.Event()
    while time.monotonic() < deadline:
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        assert process.poll() is None, f"Jupyter stopped while starting:\n{said}"
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own server
            return
        answered.wait(0.1)
    raise AssertionError(f"Jupyter did not answer within {_PATIENCE // 1000} seconds; see {log}")


def open_in_lab(page: Page, server: Jupyter, path: str) -> None:
    """Open a notebook in JupyterLab 4 and wait until its kernel is ready."""
    _open(page, server.url(f"lab/tree/{path}"))


def open_in_notebook(page: Page, server: Jupyter, path: str) -> None:
    """Open a notebook in Notebook 7 and wait until its kernel is ready."""
    _open(page, server.url(f"notebooks/{path}"))


def open_in_voila(page: Page, address: str, path: str) -> None:
    """Open a notebook behind Voilà, which runs it, and wait until all of it has run."""
    page.goto(f"{address}/voila/render/{path}")
    page.locator("#al-toolstatus").wait_for(state="detached", timeout=_PATIENCE)


def run_all(page: Page) -> None:
    """Run every cell of the notebook open in JupyterLab or Notebook 7, and wait until the last has run.

    Widgets appear a little later: wait for what they show.
    """
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")


def _open(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_function(_NOTEBOOK_IS_READY, timeout=_PATIENCE)
