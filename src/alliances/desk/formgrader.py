"""nbgrader's formgrader without its one outside request: its pages load MathJax from a public network."""

from __future__ import annotations

import re
from typing import Any

from nbconvert.exporters import HTMLExporter

__all__ = ["OfflineExporter", "keep_at_home"]

_OUTSIDE_SCRIPT = re.compile(
    r'<script\b[^>]*\bsrc\s*=\s*["\'](?:https?:)?//[^>]*>\s*</script>', re.IGNORECASE
)


class OfflineExporter(HTMLExporter):
    """Writes a copy as formgrader does, less the scripts of other servers; formulas stay as typed."""

    def from_notebook_node(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - nbconvert's own types
        """Return the page and its resources."""
        page, resources = super().from_notebook_node(*args, **options)
        return _OUTSIDE_SCRIPT.sub("", page), resources


def keep_at_home(web_app: Any) -> None:  # noqa: ANN401 - tornado's application
    """Have the formgrader of this server write its pages by ``OfflineExporter``."""
    stock = web_app.settings["nbgrader_exporter"]
    web_app.settings["nbgrader_exporter"] = OfflineExporter(config=stock.config)  # type: ignore[no-untyped-call]
