"""French typography of Markdown prose: spaces before double punctuation and inside « », the apostrophe.

Rules of the Imprimerie nationale: narrow no-break space before ; ! ? and inside « », no-break space
before the colon, ’ for '. Code, maths, links' targets, HTML and the ruling of tables stay as they are.
In English, the apostrophe alone: the rest is left as written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from alliances.i18n import Language

__all__ = ["NARROW_SPACE", "NO_BREAK_SPACE", "mask", "typeset"]

NARROW_SPACE: Final = "\u202f"
NO_BREAK_SPACE: Final = "\u00a0"

# What is not prose, in the order in which Markdown itself gives precedence.
_PROTECTED: Final = re.compile(
    r"""
      ^(?P<fence>[ ]{0,3}(?:`{3,}|~{3,})).*?(?:^(?P=fence)[`~]*[ ]*$|\Z)   # fenced code
    | ^[ ]{0,3}\|?[ ]*:?-{2,}:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*$           # the ruling of a table
    | ^[ ]{0,3}\[[^\]\n]+\]:.*$                                            # a link's definition
    | \$\$.*?\$\$                                                          # display maths
    | (?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)                           # a code span
    | (?<![\\\w$])\$(?=\S)[^$\n]*?(?<=\S)\$(?!\d)                          # inline maths
    | <!--.*?--> | </?[A-Za-z][^>]*> | <[a-z]+:[^>\s]+>                    # HTML, autolinks
    | (?<=\])\([^()\s]*(?:\([^()]*\)[^()\s]*)*                             # a link's target
    | \bhttps?://[^\s)>\]]+                                                # a bare address
    | &\#?\w+;                                                             # an entity
    | \{\w+\}(?=`)                                                         # one of our roles' names
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_KEPT: Final = re.compile("\ue000(\\d+)\ue001")
_SPACE: Final = f"[ {NO_BREAK_SPACE}{NARROW_SPACE}]"
_RULES: Final = (
    (re.compile(rf"«{_SPACE}*(?=\S)"), f"«{NARROW_SPACE}"),
    (re.compile(rf"(?<=\S){_SPACE}*»"), f"{NARROW_SPACE}»"),
    (re.compile(rf"(?<=\S){_SPACE}+(?=[;!?])(?!!\[)"), NARROW_SPACE),
    (re.compile(r"(?<=[\w»)\]*\ue001])(?=[;!?](?:[\s»)*]|$))", re.MULTILINE), NARROW_SPACE),
    (re.compile(rf"(?<=[^\s|]){_SPACE}+:(?=\s|$)", re.MULTILINE), f"{NO_BREAK_SPACE}:"),
    (re.compile(r"(?<=[^\W\d_]):(?=\s|$)", re.MULTILINE), f"{NO_BREAK_SPACE}:"),
    (re.compile(r"(?<=[^\W\d_])'(?=[\w«*\[\ue000])"), "’"),
    (re.compile(r"(?<=\d) (?=%|€|M€|k€)"), NARROW_SPACE),
)
_ENGLISH_RULES: Final = (
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])"), "’"),  # it's, Cohen's
    (re.compile(r"(?<=s)'(?=[ ,.;:)](?!'))"), "’"),  # partners' (a quotation would have opened before)
)
_THOUSANDS: Final = re.compile(r"(?<![\d,.])\d{1,3}(?: \d{3})+(?![\d])")


def typeset(source: str, language: Language) -> str:
    """Return Markdown ``source`` with the typography of ``language``. Doing it twice changes nothing more."""
    prose, kept = mask(source)
    for pattern, replacement in _RULES if language == "fr" else _ENGLISH_RULES:
        prose = pattern.sub(replacement, prose)
    if language == "fr":
        prose = _THOUSANDS.sub(lambda found: found[0].replace(" ", NARROW_SPACE), prose)
    return _KEPT.sub(lambda found: kept[int(found[1])], prose)


def mask(source: str) -> tuple[str, list[str]]:
    """Replace what is not prose by private marks; return the prose and what was taken out, in order.

    Line ends are kept inside the marks' places, so that lines can still be counted.
    """
    kept: list[str] = []

    def put_away(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\ue000{len(kept) - 1}\ue001"

    return _PROTECTED.sub(put_away, source), kept
