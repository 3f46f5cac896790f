"""Text that a learner wrote, made safe to show: characters that hide or reorder others become visible."""

from __future__ import annotations

import html
import re
from typing import Final

__all__ = ["MAX_SHOWN", "escaped", "visible"]

MAX_SHOWN: Final = 60_000
"""Characters of one text that are shown; what follows is cut and the cut is said."""

# Terminal sequences: colours and cursor (CSI), titles and links (OSC, ended by BEL or ST), short ones.
_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?|[@-Z\\-_])")
# Bidirectional controls let a text read otherwise than it is written; lone surrogates cannot be encoded.
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_CUT = "\n[…]"


def visible(text: str, limit: int = MAX_SHOWN) -> str:
    """Return ``text`` without terminal sequences, controls written ``[U+202E]``, cut after ``limit``."""
    shown = text if len(text) <= limit else text[:limit] + _CUT
    shown = _TERMINAL.sub("", shown.replace("\r\n", "\n").replace("\r", "\n"))
    return _ODD.sub(lambda found: f"[U+{ord(found.group()):04X}]", shown)


def escaped(text: str, limit: int = MAX_SHOWN) -> str:
    """Return ``visible(text)`` with ``& < > " '`` escaped, for HTML or for raw HTML in Markdown."""
    return html.escape(visible(text, limit), quote=True)
