"""Several views of one thing, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from alliances.widgets.piece import Piece
from alliances.widgets.static_pieces import Drawn, tabs_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alliances.i18n import Language

__all__ = ["Drawn", "Tabs"]


class Tabs(Piece):
    """``current`` is the place, from 0, of the tab that is open; ``tabs_state`` says what tabs may hold."""

    component = "tabs"

    label = traitlets.Unicode("").tag(sync=True)
    tabs: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    current = traitlets.Int(0).tag(sync=True)

    def __init__(
        self, label: str, tabs: Sequence[tuple[str, str | Drawn]], *, lang: Language | None = None
    ) -> None:
        super().__init__(lang=lang, **tabs_state(label, tabs))
