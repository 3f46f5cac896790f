"""Values of a map in at most five classes: their limits, textures, legend, words and data table."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from alliances.i18n import Language, text
from alliances.logic.chart_colour import CLASSES, INK, MUTED, PAPER, colour
from alliances.logic.chart_parts import Canvas, require, wrap, write

__all__ = ["Classing", "Sheet", "pattern_defs"]

_MOST: Final = len(CLASSES)
# Shades for one class, two classes … five: as far apart as they can be.
_SPREAD: Final = ((2,), (0, 4), (0, 2, 4), (0, 1, 3, 4), (0, 1, 2, 3, 4))
_MANY: Final = 6  # names in a list, more are counted
_LINE: Final = 30  # characters a line that fit a phone beside a swatch


def pattern_defs(scale: float = 1) -> str:
    """Return the fills of the classes: a texture over each shade, and the one for what is missing.

    They are called ``{id}-c1`` … ``{id}-c5`` and ``{id}-c0``; with ``scale``, for a picture in units of its
    own, ``{id}-m1`` … and ``{id}-m0``. Pale, dots, lines across, lines down, full: as grey as in colour.
    """
    marks = (
        f'<path d="M-2 2l4-4M0 8l8-8M6 10l4-4"{colour("rule", stroke=MUTED, thick=1.4)}/>',
        "",
        f'<circle cx="4" cy="4" r="1.3"{colour("texture", fill=INK)}/>',
        f'<path d="M0 4h8"{colour("rule", stroke=INK, thick=1.4)}/>',
        f'<path d="M4 0v8"{colour("rule", stroke=PAPER, thick=2)}/>',
        "",
    )
    letter = "c" if scale == 1 else "m"
    size = f' patternTransform="scale({scale:g})"' if scale != 1 else ""
    grounds = (PAPER, *(fill for fill, _ in CLASSES))
    return "".join(
        f'<pattern id="{{id}}-{letter}{place}" width="8" height="8" patternUnits="userSpaceOnUse"{size}>'
        f'<rect width="8" height="8"{colour("solid" if place == _MOST else "ground", fill=ground)}/>'
        f"{mark}</pattern>"
        for place, (ground, mark) in enumerate(zip(grounds, marks, strict=True))
    )


@dataclass(frozen=True)
class Classing:
    """Limits between classes: a value equal to a limit belongs to the class above it."""

    cuts: tuple[float, ...]
    decimals: int

    @classmethod
    def of(
        cls, values: Sequence[float], decimals: int, classes: int, limits: Sequence[float] | None
    ) -> Classing:
        """Take the limits given, or cut so that the classes hold much the same number of values.

        Raises:
            ValueError: limits that are not finite, not ascending or more than four; or not 1 to 5 classes.
        """
        if limits is not None:
            require(all(map(math.isfinite, limits)), "not_finite")
            rising = all(before < after for before, after in pairwise(limits))
            require(rising and len(limits) < _MOST, "limits", found=", ".join(map(str, limits)))
            return cls(tuple(limits), decimals)
        require(1 <= classes <= _MOST, "class_count", found=classes)
        ordered = sorted(round(value, decimals) for value in values)
        cuts = {ordered[place * len(ordered) // classes] for place in range(1, classes)}
        return cls(tuple(sorted(cuts - {ordered[0]})), decimals)

    def number(self, value: float) -> int:
        """Return the class of a value, from 1: as printed, so that a map never contradicts its legend."""
        return bisect_right(self.cuts, round(value, self.decimals)) + 1

    def shade(self, number: int) -> int:
        """Return the place in ``CLASSES`` of a class's fill, and of its texture."""
        return _SPREAD[len(self.cuts)][number - 1]

    def words(self, number: int, unit: str, lang: Language | None) -> str:
        """Say the limits of a class."""
        ends = [write(cut, unit, self.decimals, lang) for cut in self.cuts]
        if not ends:
            return text("chart.class_all", lang)
        if number == 1:
            return text("chart.class_first", lang, high=ends[0])
        if number > len(ends):
            return text("chart.class_last", lang, low=ends[-1])
        return text("chart.class_between", lang, low=ends[number - 2], high=ends[number - 1])


@dataclass(frozen=True)
class Sheet:
    """Names and values of a map's parts by code, and how to write them."""

    names: Mapping[str, str]
    values: Mapping[str, float | None]
    classing: Classing
    unit: str
    lang: Language | None

    @classmethod
    def of(  # noqa: PLR0913 - what both maps are given
        cls, names: Mapping[str, str], values: Mapping[str, float | None], *, unit: str, decimals: int,
        classes: int, limits: Sequence[float] | None, lang: Language | None,
    ) -> Sheet:  # fmt: skip
        """Check and class the values; a code without value is not available.

        Raises:
            ValueError: a code that is no text or not on the map, no value at all, a value not finite, or
                as ``Classing.of``.
        """
        for code in values:
            require(isinstance(code, str), "code_text", code=code)
            require(code in names, "code_unknown", code=code)
        known = [value for value in values.values() if value is not None]
        require(known, "no_data")
        require(all(map(math.isfinite, known)), "not_finite")
        return cls(names, values, Classing.of(known, decimals, classes, limits), unit, lang)

    def word(self, key: str, **values: object) -> str:
        """Return a text of the catalogue of charts."""
        return text(f"chart.{key}", self.lang, **values)

    def say(self, code: str) -> str:
        """Write the value of a code with its unit."""
        return write(self.values.get(code), self.unit, self.classing.decimals, self.lang)

    def number(self, code: str) -> int:
        """Return the class of a code, 0 where there is no value."""
        value = self.values.get(code)
        return 0 if value is None else self.classing.number(value)

    def shade(self, code: str) -> int:
        """Return the number of the pattern of a code: 1 to 5, 0 where there is no value."""
        number = self.number(code)
        return self.classing.shade(number) + 1 if number else 0

    def label(self, code: str) -> str:
        """Return what a pointer that rests on a part is told."""
        return f"{self.names[code]} ({code}){self.word('colon')}{self.say(code)}"

    @property
    def members(self) -> list[list[str]]:
        """The codes of each class, those without value first."""
        found: list[list[str]] = [[] for _ in range(len(self.classing.cuts) + 2)]
        for code in self.names:
            found[self.number(code)].append(code)
        return found

    def legend(self, canvas: Canvas, *, textured: bool) -> None:
        """Draw one swatch a class, with its number, limits and how many it holds."""
        members = self.members
        canvas.lines(0, wrap(self.word("class_head"), _LINE))
        canvas.y += 2
        order = [*range(1, len(members)), *([0] if members[0] else [])]
        for number in order:
            words = self.classing.words(number, self.unit, self.lang) if number else self.word("missing")
            said = f"{number}{self.word('colon')}{words}" if number else words
            pattern = self.classing.shade(number) + 1 if number else 0
            fill = f"url(#{{id}}-c{pattern})" if textured or not pattern else CLASSES[pattern - 1][0]
            canvas.parts.append(
                f'<rect x="1" y="{canvas.y + 2:g}" width="28" height="17"'
                f"{colour('edge' if textured or not pattern else 'cell', fill=fill, stroke=MUTED)}/>"
            )
            for line in wrap(f"{said} ({len(members[number])})", _LINE):
                canvas.write(0, canvas.y + 15, line, shift=38)
                canvas.y += 19
            canvas.y += 4

    def alternative(self) -> str:
        """Say how many have a value, the ends, and who is in which class."""
        members = self.members
        shown = len(self.names) - len(members[0])
        sentences = [
            self.word("alternative_map", shown=shown, whole=len(self.names), classes=len(members) - 1)
        ]
        known = {code: value for code in self.names if (value := self.values.get(code)) is not None}
        ends = {}
        for name, amount in (("highest", max(known.values())), ("lowest", min(known.values()))):
            codes = [code for code, value in known.items() if value == amount]
            ends[name] = f"{self._listed(codes)} ({self.say(codes[0])})"
        sentences.append(self.word("extremes", **ends))
        for number, codes in enumerate(members[1:], start=1):
            listed = ", ".join(f"{self.names[code]}" for code in codes) or self.word("none")
            limits = self.classing.words(number, self.unit, self.lang)
            sentences.append(self.word("class_members", number=number, limits=limits, members=listed))
        if members[0]:
            sentences.append(self.word("map_missing", members=self._listed(members[0])))
        return " ".join(sentences)

    def _listed(self, codes: Sequence[str]) -> str:
        """Name a few, count many."""
        if len(codes) > _MANY:
            return self.word("map_count", count=len(codes))
        return ", ".join(self.names[code] for code in codes)

    @property
    def head(self) -> tuple[str, ...]:
        """Titles of the data table."""
        return tuple(self.word(f"head_{name}") for name in ("department", "code", "value", "class"))

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """One row a part, in the order of the map's codes."""
        return tuple(
            (name, code, self.say(code), str(self.number(code) or "–")) for code, name in self.names.items()
        )
