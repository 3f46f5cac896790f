"""French and English texts of the interface, and the formats of each language.

Texts live in ``<area>.toml`` files beside this one, a table a text, French and English in the same
table so that none can be forgotten::

    [unknown_slug]
    fr = "Le module « {slug} » n'existe pas."
    en = "There is no module called “{slug}”."

``text("course.unknown_slug", slug="x")`` returns it in the current language.
"""

from __future__ import annotations

import os
import tomllib
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import Final, Literal, cast, get_args

__all__ = [
    "LANGUAGES",
    "Language",
    "area_texts",
    "current_language",
    "format_number",
    "format_percent",
    "is_language",
    "language_of_environment",
    "text",
    "use",
]

Language = Literal["fr", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

_NARROW_NO_BREAK_SPACE = "\u202f"
_current: ContextVar[Language | None] = ContextVar("alliances_language", default=None)


def is_language(code: str) -> bool:
    """Say whether ``code`` is one of the two languages of the course."""
    return code in LANGUAGES


def language_of_environment() -> Language:
    """Return the language that the environment asks for, French unless it asks for English.

    Reads ``ALLIANCES_LANG``, then the usual ``LC_ALL``, ``LC_MESSAGES`` and ``LANG``.
    """
    for name in ("ALLIANCES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(name, "")[:2].lower()
        if is_language(code):
            return cast("Language", code)
    return "fr"


def use(language: Language) -> None:
    """Set the language of what follows.

    Raises:
        ValueError: ``language`` is neither ``"fr"`` nor ``"en"``.
    """
    if not is_language(language):
        raise ValueError(f"language must be 'fr' or 'en' (got {language!r})")
    _current.set(language)


def current_language() -> Language:
    """Return the language in use: the one set by ``use``, else the environment's."""
    return _current.get() or language_of_environment()


@cache
def area_texts(area: str) -> dict[str, dict[Language, str]]:
    """Return every text of one area as ``{key: {"fr": …, "en": …}}``.

    Raises:
        KeyError: there is no catalogue of that name.
    """
    source = resources.files(__name__).joinpath(f"{area}.toml")
    if not source.is_file():
        raise KeyError(f"no catalogue of texts named {area!r}")
    return cast("dict[str, dict[Language, str]]", tomllib.loads(source.read_text(encoding="utf-8")))


def text(key: str, language: Language | None = None, /, **values: object) -> str:
    """Return the text ``area.key`` in ``language`` (the current one by default), filled with ``values``.

    Raises:
        KeyError: the area or the key is unknown.
    """
    area, _, name = key.partition(".")
    entry = area_texts(area).get(name)
    if entry is None:
        raise KeyError(f"no text {name!r} in the catalogue {area!r}")
    template = entry[language or current_language()]
    return template.format(**values) if values else template


def format_number(value: float, decimals: int = 0, language: Language | None = None) -> str:
    """Write a number as the language does: ``1 234,5`` (narrow no-break space) or ``1,234.5``."""
    plain = f"{value:,.{decimals}f}"
    if (language or current_language()) == "en":
        return plain
    return plain.replace(",", "\0").replace(".", ",").replace("\0", _NARROW_NO_BREAK_SPACE)


def format_percent(value: float, decimals: int = 0, language: Language | None = None) -> str:
    """Write a percentage (``value`` already in percent): ``67 %`` or ``67%``."""
    number = format_number(value, decimals, language)
    if (language or current_language()) == "en":
        return f"{number}%"
    return f"{number}{_NARROW_NO_BREAK_SPACE}%"
