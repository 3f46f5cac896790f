"""What could act in a page: for tests that show that nothing of a learner's does."""

from __future__ import annotations

import re

__all__ = ["acting_tags"]

_ACTING = re.compile(
    r"<(script|iframe|object|embed|svg|form|base|link|img|style|video|audio|meta)\b", re.IGNORECASE
)
_CODE = re.compile(r"\son\w+\s*=|javascript:|(?:https?:)?//", re.IGNORECASE)


def acting_tags(html: str) -> list[str]:
    """Return the tags that run, load, frame or send something, or lead to another host; text is no tag."""
    tags = re.findall(r"<[a-zA-Z](?:\"[^\"]*\"|'[^']*'|[^>\"'])*>", html)
    return [tag for tag in tags if _ACTING.match(tag) or _CODE.search(tag)]
