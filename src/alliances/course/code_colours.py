"""Colours of code in the pages: few, and each at least 4.5:1 on the panel behind it, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pygments.style import Style
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, Token

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CodeColours", "DarkCodeColours"]


def _styles(*, ink: str, soft: str, accent: str, warm: str, good: str) -> dict[Any, str]:
    return {
        Token: ink,
        Comment: f"italic {soft}",
        Keyword: f"bold {accent}",
        Operator.Word: f"bold {accent}",
        Name.Builtin: accent,
        Name.Decorator: warm,
        Name.Exception: warm,
        Number: warm,
        String: good,
        Error: ink,
    }


# Both hold the tokens of site/theme/alliances/static/tokens.css, which Pygments cannot read.
class CodeColours(Style):  # type: ignore[misc]
    """The style that ``site/theme/alliances/theme.toml`` names."""

    name = "alliances"
    background_color = "#f4f1ea"
    highlight_color = "#e3edee"
    styles: ClassVar[Mapping[Any, str]] = _styles(
        ink="#1d2630", soft="#4a5460", accent="#073b46", warm="#9a3d12", good="#22613a"
    )


class DarkCodeColours(Style):  # type: ignore[misc]
    """The same for dark screens."""

    name = "alliances-dark"
    background_color = "#1f252b"
    highlight_color = "#18303a"
    styles: ClassVar[Mapping[Any, str]] = _styles(
        ink="#e8e6e0", soft="#b3b9bf", accent="#a9dde7", warm="#f0a27c", good="#8fd19e"
    )
