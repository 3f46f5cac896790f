"""What a copy earned, question by question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from alliances.i18n import Language, current_language
from alliances.widgets.assembly import module_of, style_of
from alliances.widgets.labels import labels_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Report"]


class Report(anywidget.AnyWidget):
    """A list of marks: ``{"title", "rows": [{"id", "title", "mark"}], "total", "maximum"}``, in points."""

    _esm = module_of("report")
    _css = style_of()

    report = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode("fr").tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)

    def __init__(self, report: Mapping[str, Any], *, lang: Language | None = None) -> None:
        language = lang or current_language()
        super().__init__(report=dict(report), lang=language, labels=labels_of("report", language))
