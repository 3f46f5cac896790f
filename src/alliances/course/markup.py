"""The author's marks in a lesson, expanded to plain Markdown and HTML that every reader shows.

``> [!key] Titre`` opens a box, ``{fact}`id``` writes a sourced figure, ``{source}`S001``` a link to a
source, ``{minutes}`10``` the estimate of a section. Anything else stays as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Final

from alliances.course.typography import typeset
from alliances.errors import SourceError
from alliances.i18n import Language, text

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.course.myst_source import SourceCell
    from alliances.course.references import References

__all__ = ["BOXES", "BOX_LINE", "ROLE", "Expander"]

BOXES: Final = ("key", "caution", "trap", "service", "source", "note")
BOX_LINE: Final = re.compile(r"^> ?\[!(\w*)\][ \t]*(.*)$")
ROLE: Final = re.compile(r"(?<![`\\])\{(\w+)\}`([^`\n]+)`")
_FENCE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_ROLES: Final = ("fact", "source", "minutes")


@dataclass
class Expander:
    """Expands the cells of one text in one language, and remembers the sources that it cited."""

    references: References
    language: Language
    path: Path
    cited: list[str] = field(default_factory=list)

    def expand(self, cell: SourceCell) -> str:
        """Return the Markdown of a cell, boxes and roles expanded, typography done.

        Raises:
            SourceError: a box or role is unknown, or names a fact or source that does not exist.
        """
        lines = cell.source.split("\n")
        done: list[str] = []
        number = 0
        fence: str | None = None
        while number < len(lines):
            line = lines[number]
            if mark := _FENCE.match(line):
                fence = mark[1] if fence is None else (None if mark[1].startswith(fence) else fence)
            elif fence is None and (box := BOX_LINE.match(line)):
                end = number + 1
                while end < len(lines) and lines[end].startswith(">"):
                    end += 1
                body = [re.sub(r"^> ?", "", quoted) for quoted in lines[number + 1 : end]]
                opening = self._box(box[1], box[2], cell.line + number)
                inside = [self._roles(quoted, cell.line + number + 1 + n) for n, quoted in enumerate(body)]
                follows = end < len(lines) and lines[end].strip()
                done += [*opening, *inside, "", "</div>", *([""] if follows else [])]
                number = end
                continue
            done.append(line if fence is not None or mark else self._roles(line, cell.line + number))
            number += 1
        return typeset("\n".join(done).rstrip(), self.language)

    def _box(self, kind: str, title: str, line: int) -> list[str]:
        if kind not in BOXES:
            raise SourceError(
                "course.unknown_box", path=self.path, line=line, box=kind, known=", ".join(BOXES)
            )
        label = text(f"course.box_{kind}", self.language)
        title = self._roles(title.strip(), line)
        name = label if title in {"", label} else f"{label}{text('course.colon', self.language)}{title}"
        spoken = escape(re.sub(r"[*_`]|\]\([^)]*\)|\[", "", typeset(name, self.language)))
        head = f'<div class="al-box al-box--{kind}" role="note" aria-label="{spoken}">'
        return [head, "", f"**{name}**", ""]

    def _roles(self, line: str, number: int) -> str:
        return ROLE.sub(lambda found: self._role(found[1], found[2].strip(), number), line)

    def _role(self, role: str, name: str, line: int) -> str:
        if role == "minutes":
            if not name.isdigit():
                raise SourceError("course.minutes", path=self.path, line=line, found=name)
            return f"({name}\u00a0min)"
        if role == "fact":
            if name not in self.references.facts:
                raise SourceError("course.unknown_fact", path=self.path, line=line, fact=name)
            self.cited.append(self.references.source_of(name))
            return self.references.cite_fact(name, self.language)
        if role == "source":
            if name not in self.references.sources:
                raise SourceError("course.unknown_source", path=self.path, line=line, source=name)
            self.cited.append(name)
            return self.references.cite_source(name)
        raise SourceError(
            "course.unknown_role", path=self.path, line=line, role=role, known=", ".join(_ROLES)
        )
