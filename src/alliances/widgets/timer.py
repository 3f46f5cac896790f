"""A timer that helps and never decides: it can be paused, extended and switched off, and nothing closes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from alliances.widgets.piece import Piece

if TYPE_CHECKING:
    from alliances.i18n import Language

__all__ = ["Timer"]


class Timer(Piece):
    """A suggested time, in whole minutes.

    ``state`` is the browser's: ``{"left": seconds, "until": milliseconds since 1970 or None, "off": bool}``.
    It belongs to the timer alone and goes into no answer.
    """

    component = "timer"

    minutes = traitlets.Int(min=1).tag(sync=True)
    name = traitlets.Unicode("").tag(sync=True)
    state: traitlets.Dict[str, Any] = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    def __init__(self, minutes: int, *, name: str = "", lang: Language | None = None) -> None:
        super().__init__(lang=lang, minutes=minutes, name=name)
