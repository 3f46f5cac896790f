"""One line that says whether the work is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import traitlets

from alliances.widgets.piece import Piece

if TYPE_CHECKING:
    from alliances.i18n import Language

__all__ = ["STATES", "Status"]

STATES: Final = ("idle", "saving", "saved", "trouble")


class Status(Piece):
    """``status`` is one of ``STATES``; ``detail`` adds since when, or what is wrong and what to do."""

    component = "status"

    status = traitlets.Enum(STATES, default_value="idle").tag(sync=True)
    detail = traitlets.Unicode("").tag(sync=True)

    def __init__(self, status: str = "idle", *, detail: str = "", lang: Language | None = None) -> None:
        super().__init__(lang=lang, status=status, detail=detail)
