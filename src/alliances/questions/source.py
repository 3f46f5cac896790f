"""A YAML source file whose every value knows its place, so that an error can name it.

``read_source(path)`` gives the root ``Field``. A field is asked for what it should be (``text()``,
``number()``, ``mapping(...)``) and answers, or refuses with a ``SourceError`` that says file, line, field
and what was expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from alliances.errors import EnvironmentFault, SourceError
from alliances.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from yaml.nodes import Node

__all__ = ["Field", "read_source"]

_SHOWN = 60  # characters of a found value that a message repeats
_GREATEST = 1e15  # beyond, a number is a slip of the keyboard, and JavaScript no longer counts exactly


@dataclass(frozen=True)
class Field:
    """One value of a source file with the place it came from.

    ``lines`` gives the line (from 1) of every value of the file by its keys; ``keys`` are this value's.
    """

    value: Any
    file: Path
    keys: tuple[str | int, ...]
    lines: dict[tuple[str | int, ...], int]

    @property
    def line(self) -> int:
        """The line of this value in its file, from 1."""
        return self.lines.get(self.keys, 0)

    @property
    def name(self) -> str:
        """The field as people write it: ``items[2].options[0].text.fr``."""
        written = ""
        for key in self.keys:
            if isinstance(key, int):
                written += f"[{key}]"
            else:
                written += f".{key}" if written else str(key)
        return written or "(racine)"

    def refuse(self, key: str, /, **values: object) -> NoReturn:
        """Raise the error ``questions.<key>`` at this place; a key with a point names its own catalogue."""
        raise SourceError(
            key if "." in key else f"questions.{key}",
            path=self.file,
            line=self.line,
            field=self.name,
            **{"found": shown(self.value), **values},
        )

    def __getitem__(self, key: str | int) -> Field:
        """Return the value under ``key``, which must be there."""
        return Field(self.value[key], self.file, (*self.keys, key), self.lines)

    def mapping(
        self, required: Iterable[str] = (), optional: Iterable[str] | None = None
    ) -> dict[str, Field]:
        """Return the fields of a mapping; ``optional=None`` lets any other name through."""
        if not isinstance(self.value, dict):
            self.refuse("expected_mapping")
        wanted = list(required)
        for name in wanted:
            if name not in self.value:
                self.refuse("missing_field", missing=name, found=", ".join(map(str, self.value)) or "—")
        if optional is not None:
            allowed = [*wanted, *optional]
            for name in self.value:
                if name not in allowed:
                    self[name].refuse("unknown_field", unknown=name, allowed=", ".join(allowed))
        return {name: self[name] for name in self.value}

    def entries(self, minimum: int = 0) -> list[Field]:
        """Return the fields of a list of at least ``minimum`` values."""
        if not isinstance(self.value, list):
            self.refuse("expected_list")
        if len(self.value) < minimum:
            self.refuse("list_too_short", minimum=minimum, count=len(self.value))
        return [self[position] for position in range(len(self.value))]

    def text(self) -> str:
        """Return a text that is not empty."""
        if not isinstance(self.value, str):
            # YAML reads Yes, No, On, 12 and 2020-05-14 as something else than a text.
            self.refuse("expected_text")
        if not self.value.strip():
            self.refuse("empty_text")
        return self.value

    def word(self, allowed: Collection[str]) -> str:
        """Return one of the words of ``allowed``."""
        if not isinstance(self.value, str) or self.value not in allowed:
            self.refuse("expected_one_of", allowed=", ".join(sorted(allowed)))
        return self.value

    def identifier(self) -> str:
        """Return a name that can also be a variable's: it names one in the code door."""
        if not isinstance(self.value, str) or not _is_identifier(self.value):
            self.refuse("expected_identifier")
        if self.value in LANGUAGES:  # {fr: …, en: …} would be taken for a text in two languages
            self.refuse("question_sources.reserved_id", allowed=", ".join(LANGUAGES))
        return self.value

    def number(self, minimum: float | None = None) -> float:
        """Return a number of at most 1e15 either way, not below ``minimum``."""
        value = self.value
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not good or not abs(value) <= _GREATEST:  # NaN is not
            self.refuse("expected_number")
        if minimum is not None and value < minimum:
            self.refuse("number_too_small", minimum=minimum)
        return float(value)

    def whole(self, minimum: int = 0, maximum: int = int(_GREATEST)) -> int:
        """Return a whole number from ``minimum`` to ``maximum``."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.refuse("expected_whole")
        if self.value < minimum:
            self.refuse("number_too_small", minimum=minimum)
        if self.value > maximum:
            self.refuse("question_sources.too_large", most=maximum)
        return self.value

    def flag(self) -> bool:
        """Return ``true`` or ``false``."""
        if not isinstance(self.value, bool):
            self.refuse("expected_flag")
        return self.value

    def bilingual(self, least_words: int = 0, *, may_be_empty: bool = False) -> dict[str, str]:
        """Return ``{"fr": …, "en": …}``: both texts there, each of at least ``least_words`` words."""
        if not isinstance(self.value, dict):
            self.refuse("expected_bilingual")
        for language in LANGUAGES:
            if language not in self.value:
                self.refuse("missing_translation", language=language)
        for language in self.value:
            if language not in LANGUAGES:
                self[language].refuse("unknown_field", unknown=language, allowed=", ".join(LANGUAGES))
        texts: dict[str, str] = {}
        for language in LANGUAGES:
            if may_be_empty and self[language].value == "":
                texts[language] = ""
                continue
            texts[language] = self[language].text()
            count = len(texts[language].split())
            if count < least_words:
                self[language].refuse("too_few_words", minimum=least_words, count=count)
        return texts


def shown(value: object) -> str:
    """Return ``value`` as a message repeats it: short, on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _is_identifier(word: str) -> bool:
    from keyword import iskeyword

    return word.isascii() and word.isidentifier() and word == word.lower() and not iskeyword(word)


def read_source(path: Path) -> Field:
    """Read a YAML file into its root field.

    Raises:
        SourceError: not UTF-8, not YAML, empty, or a key written twice.
        EnvironmentFault: the file cannot be read.
    """
    import yaml

    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise SourceError("questions.no_file", path=path) from None
    except OSError as error:
        raise EnvironmentFault("questions.cannot_read", path=path, reason=error.strerror or error) from error
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SourceError("questions.not_utf8", path=path, line=line) from error
    try:
        loader = yaml.SafeLoader(content)
        node = loader.get_single_node()
        if node is None:
            raise SourceError("questions.empty_file", path=path)
        lines: dict[tuple[str | int, ...], int] = {}
        value = _plain(node, (), lines, _Context(loader, path))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        problem = error.problem or error.context or "?"
        raise SourceError("questions.not_yaml", path=path, line=line, problem=problem) from error
    except (yaml.YAMLError, RecursionError) as error:
        # RecursionError: a value that holds itself (an alias inside its own anchor).
        raise SourceError("questions.not_yaml", path=path, problem=shown(error)) from error
    return Field(value, path, (), lines)


@dataclass(frozen=True)
class _Context:
    loader: Any
    file: Path


def _plain(
    node: Node, keys: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], at: _Context
) -> Any:  # noqa: ANN401
    """Turn a node into plain values, and note the line of each."""
    import yaml

    lines[keys] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*keys, place), lines, at) for place, child in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        try:
            return at.loader.construct_object(node)
        except (ValueError, OverflowError) as error:
            # YAML takes 2026-02-30 for a date and 0b_ for a number before it finds that they are none.
            raise SourceError(
                "questions.not_yaml", path=at.file, line=lines[keys], problem=shown(node.value)
            ) from error
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or not isinstance(key, str):
            raise SourceError("questions.bad_key", path=at.file, line=line)
        if key in result:
            raise SourceError("questions.repeated_key", path=at.file, line=line, unknown=key)
        result[key] = _plain(value_node, (*keys, key), lines, at)
        # The key's line, not the value's: a missing or folded value starts elsewhere.
        lines[*keys, key] = line
    return result
