"""Voilà as a child process: one pool for the current module, a token of its own, nobody else's door.

Voilà runs apart because as a server extension it cannot preheat kernels (seen with 0.5.13). Its
settings, token included, go through a private folder: a command line can be read by every local user.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alliances.course.tree import CourseTree
from alliances.desk.children import start_child, write_private
from alliances.i18n import LANGUAGES

__all__ = ["KERNELS", "TOOLS_PATH", "VoilaPlan", "start_voila", "voila_settings"]

# Any local user can listen to a kernel's results on a TCP port; a socket in a private folder is private.
KERNELS: Final[dict[str, Any]] = {"transport": "ipc"} if os.name == "posix" else {}

TOOLS_PATH = "/alliances/tools/"
# A page left open all day keeps its kernel; one that was closed gives it back after ten minutes.
_CULL_IDLE_SECONDS = 600
_LAB_ONLY = [
    "@jupyter-notebook/lab-extension",
    "@jupyter/nbgrader",
    "@jupyterhub/jupyter-server-proxy",
    "@voila-dashboards/jupyterlab-preview",
    "jupyterlab-jupytext",
    "jupyterlab_pygments",
]


@dataclass(frozen=True)
class VoilaPlan:
    """What a Voilà process needs to know. ``module`` is the slug whose tool is preheated."""

    port: int
    token: str
    module: str

    @classmethod
    def fresh(cls, port: int, module: str) -> VoilaPlan:
        """Return a plan with a new random token."""
        return cls(port, secrets.token_urlsafe(32), module)


def voila_settings(tree: CourseTree, plan: VoilaPlan) -> dict[str, Any]:
    """Return the content of Voilà's configuration file."""
    pools: dict[str, dict[str, int]] = {"default": {"pool_size": 0}}
    for language in LANGUAGES:
        if (tree.apps(language) / f"{plan.module}.ipynb").is_file():
            pools[f"{language}/{plan.module}.ipynb"] = {"pool_size": 1}
    return {
        "Voila": {
            "ip": "127.0.0.1",
            "port": plan.port,
            "port_retries": 0,
            "base_url": TOOLS_PATH,
            "open_browser": False,
            "token": plan.token,
            "root_dir": str(tree.build / "apps"),
        },
        "VoilaConfiguration": {
            "template": "alliances",
            "preheat_kernel": True,
            "show_tracebacks": False,
            "strip_sources": True,
            "file_allowlist": [],
            # Lab's other extensions are made for Lab: here they would only load and complain.
            "extension_denylist": _LAB_ONLY,
        },
        "KernelManager": KERNELS,
        "VoilaKernelManager": {
            "kernel_pools_config": pools,
            "fill_delay": 0.5,
            "cull_idle_timeout": _CULL_IDLE_SECONDS,
            "cull_interval": 60,
        },
    }


def start_voila(
    tree: CourseTree, plan: VoilaPlan, folder: Path, learner_folder: Path
) -> subprocess.Popen[bytes]:
    """Start Voilà with its settings in ``folder`` (private to this user); return the process.

    Args:
        tree: the course; its ``build/apps`` is what is served.
        plan: port, token, current module.
        folder: an existing private folder, for settings and the log ``voila.log``.
        learner_folder: where tools keep the learner's state (``ALLIANCES_WORK``).
    """
    write_private(folder / "voila.json", json.dumps(voila_settings(tree, plan)))
    environment = dict(os.environ)
    environment["JUPYTER_CONFIG_DIR"] = str(folder)
    environment["JUPYTER_PATH"] = os.pathsep.join(
        filter(None, [str(tree.site), environment.get("JUPYTER_PATH", "")])
    )
    environment["JUPYTER_RUNTIME_DIR"] = str(folder)
    environment["ALLIANCES_WORK"] = str(learner_folder)
    environment["ALLIANCES_ROOT"] = str(tree.root)
    return start_child(["-m", "voila"], cwd=folder, environment=environment, log=folder / "voila.log")
