"""``--learners FILE.csv``: which code stands for whom, as a trainer keeps it; it is read and not kept.

One column is called ``code``. Others say who: Moodle's participant number, the full name as Moodle writes
it, or an account's name. Moodle's own grading worksheet (« feuille d'évaluation ») with a column ``code``
added is such a file. Columns of other names are not looked at.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from alliances.desk.copy_names import shown
from alliances.desk.learners import check_learner
from alliances.errors import AlliancesError, UsageError
from alliances_grader.files import read_bounded

__all__ = ["Roster", "read_roster"]

_MOST: Final = 20_000_000
_CODE: Final = frozenset({"code", "code apprenant", "learner code"})
_NUMBER: Final = frozenset({"identifiant", "identifier", "participant", "numéro", "number", "moodle", "id"})
_NAME: Final = frozenset(
    {
        "nom complet",
        "full name",
        "nom",
        "name",
        "learner",
        "student",
        "student_id",
        "login",
        "username",
        "nom d'utilisateur",
        "adresse de courriel",
        "email address",
        "email",
    }
)


@dataclass(frozen=True)
class Roster:
    """Codes by Moodle's number and by name; a name or number that two people share has no code."""

    numbers: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()

    def code_of(self, name: str, number: str = "") -> str:
        """Return the code of a person.

        Raises:
            AlliancesError: the list does not say it, or says two.
        """
        for key, table in ((number, self.numbers), (_key(name), self.names)):
            if key and key in table:
                return table[key]
        if _key(name) in self.shared:
            raise AlliancesError("intake.shared_name", name=shown(name))
        if name in self.codes:
            return name
        raise AlliancesError("intake.not_listed", name=shown(name))


def read_roster(path: Path) -> Roster:
    """Read a list of codes: CSV in UTF-8, separated by comma, semicolon or tab.

    Raises:
        UsageError: it has no column ``code``, nothing that says who, or a code that cannot be one.
        AlliancesError: it is no CSV in UTF-8, or too long.
        EnvironmentFault: it cannot be read.
    """
    try:
        text = read_bounded(path, _MOST).decode("utf-8-sig")
        head = text.split("\n", 1)[0]
        separator = max(",;\t", key=head.count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except (UnicodeDecodeError, csv.Error) as error:
        raise AlliancesError("intake.bad_list", path=path, reason=error) from error
    heads = [" ".join(word.replace("\u2019", "'").split()).casefold() for word in rows[0]] if rows else []
    code_at = [number for number, name in enumerate(heads) if name in _CODE]
    if len(code_at) != 1 or not any(name in _NUMBER | _NAME for name in heads):
        raise UsageError("intake.list_columns", path=path)
    return _roster(heads, code_at[0], rows[1:])


def _roster(heads: list[str], code_at: int, rows: Iterable[list[str]]) -> Roster:
    numbers: dict[str, set[str]] = {}
    names: dict[str, set[str]] = {}
    codes: set[str] = set()
    for row in rows:
        code = row[code_at].strip() if len(row) > code_at else ""
        if not code:
            continue
        codes.add(check_learner(code))
        for head, cell in zip(heads, row, strict=False):
            if head in _NUMBER and (number := re.fullmatch(r"\D*0*(\d{1,18})", cell.strip())):
                numbers.setdefault(number.group(1), set()).add(code)
            if head in _NUMBER | _NAME and cell.strip():
                names.setdefault(_key(cell), set()).add(code)
    shared = frozenset(key for table in (numbers, names) for key, found in table.items() if len(found) > 1)
    return Roster(_single(numbers), _single(names), shared, frozenset(codes))


def _single(table: Mapping[str, set[str]]) -> dict[str, str]:
    return {key: next(iter(found)) for key, found in table.items() if len(found) == 1}


def _key(name: str) -> str:
    # Moodle writes spaces for the low lines of a name, and leaves out what a file's name cannot hold.
    plain = unicodedata.normalize("NFC", name).casefold().replace("_", " ")
    return " ".join(re.sub(r"[\"'’<>:|?*/\\&`]", "", plain).split())
