"""Pages of components for a browser: static, or a tool behind Voilà."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliances.desk.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["component_page", "served", "voila_serving"]

_SHELL = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="stylesheet" href="alliances/components.css">
<style>
  body {{ margin: 0; background: #fdfcf9 }}
  main {{ max-width: 46rem; margin: 0 auto; padding: 1rem }}
</style>
</head><body><main><h1>{title}</h1><h2>{part}</h2>
{content}
</main>
<script>
  window.changes = [];
  document.addEventListener("al-change", (event) => window.changes.push(event.detail));
</script>
<script type="module">
  import {{ mount }} from "./alliances/host.js";
  window.models = await mount(document, {options});
</script></body></html>
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port and give its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def component_page(folder: Path, content: str, lang: str, options: dict[str, Any] | None = None) -> None:
    """Write ``index.html`` with mounted components, beside the components' own files."""
    from alliances.widgets.static import copy_static

    copy_static(folder / "alliances")
    french = lang == "fr"
    page = _SHELL.format(
        lang=lang,
        title=escape("Page d'essai" if french else "Test page"),
        part="Questions",
        content=content,
        options=json.dumps(options or {}),
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


@contextlib.contextmanager
def voila_serving(folder: Path, work: Path, **environment: str) -> Iterator[str]:
    """Start Voilà on a folder of notebooks, with ``work`` as the learner's folder."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "voila", str(folder), f"--port={port}", "--no-browser",
            "--Voila.ip=127.0.0.1", "--show_tracebacks=True",
        ],
        env={**os.environ, "ALLIANCES_WORK": str(work), "IPYTHONDIR": str(work / ".ipython"), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    answered = threading.Event()
    while time.monotonic() < deadline:
        assert process.poll() is None, "Voilà stopped while starting"
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/", timeout=2):  # noqa: S310 - our own server
            return
        answered.wait(0.2)
    raise AssertionError("Voilà did not answer within a minute")
