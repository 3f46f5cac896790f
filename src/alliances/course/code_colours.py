"""Colours of code in the pages: few, and each at least 4.5:1 on the panel behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from pygments.style import Style
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, Token

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CodeColours"]

# The tokens of site/theme/alliances/static/tokens.css, which Pygments cannot read.
_INK: Final = "#1d2630"
_SOFT: Final = "#4a5460"
_ACCENT: Final = "#073b46"
_WARM: Final = "#9a3d12"
_GOOD: Final = "#22613a"


class CodeColours(Style):  # type: ignore[misc]
    """The style that ``site/theme/alliances/theme.toml`` names."""

    name = "alliances"
    background_color = "#f4f1ea"
    highlight_color = "#e3edee"
    styles: ClassVar[Mapping[Any, str]] = {
        Token: _INK,
        Comment: f"italic {_SOFT}",
        Keyword: f"bold {_ACCENT}",
        Operator.Word: f"bold {_ACCENT}",
        Name.Builtin: _ACCENT,
        Name.Decorator: _WARM,
        Name.Exception: _WARM,
        Number: _WARM,
        String: _GOOD,
        Error: _INK,
    }
