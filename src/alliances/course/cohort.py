"""The sources of one cohort: the published exercises with what a seed draws.

A cohort is a set of sources like any other, written into a folder of its own: the builder, both doors and
both languages then read the same draw, and nothing of the published course changes. The draw depends on the
seed and on the private file only. The seed itself is written nowhere.
"""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from alliances.course.cases import CASE_TABLES, read_cases
from alliances.course.cohort_cases import PRIVATE, CaseBank
from alliances.course.cohort_chance import chance_of
from alliances.course.cohort_code import code_door_of
from alliances.course.cohort_figures import draw_figures
from alliances.course.cohort_form import form_of
from alliances.course.cohort_private import PrivateExercise, PrivateFile
from alliances.course.cohort_source import FILE, read_cohort_source
from alliances.course.csv_source import CsvRow
from alliances.course.files import read_text
from alliances.course.references import read_references
from alliances.course.tree import CourseTree
from alliances.errors import AlliancesError
from alliances.i18n import LANGUAGES, text
from alliances.questions.spec import load_form
from alliances.storage import write_fault, write_safely

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.course.cohort_chance import Chance

__all__ = ["SHORT_SEED", "Cohort", "Drawn", "draw_cohort"]

SHORT_SEED: Final = 12  # characters; a shorter seed can be found by trying
_DOCUMENTED, _INVENTED = CASE_TABLES


@dataclass(frozen=True)
class Cohort:
    """What a cohort is drawn from: a secret seed, and a private file if there is one."""

    seed: str = field(repr=False)
    private: PrivateFile | None = None


@dataclass(frozen=True)
class Drawn:
    """The drawn sources, and sentences on what could not vary."""

    tree: CourseTree
    notes: tuple[str, ...]


def draw_cohort(tree: CourseTree, cohort: Cohort, folder: Path) -> Drawn:
    """Write the sources of a cohort into an empty folder: exercises, and the tables that they read.

    Args:
        tree: the published course; left as it is.
        cohort: seed and private file: the same give the same files, byte for byte.
        folder: where to write; it holds keys, and is to be removed once the cohort is built.

    Raises:
        AlliancesError: the seed is blank, a pool is too small, or the private file names what is not there.
        SourceError: a source is malformed.
        EnvironmentFault: the folder cannot be written.
    """
    if not cohort.seed.strip():
        raise AlliancesError("cohort.no_seed")
    chance = chance_of(cohort.seed)
    private = cohort.private
    drawn = CourseTree(folder)
    bank = _bank(tree, private)
    slugs = sorted(path.parent.name for path in tree.exercises.glob("*/exercise.toml"))
    for slug, place in private.exercises.items() if private is not None else ():
        if slug not in slugs:
            place.refuse("not_in_set", unknown=slug, set="exercises", allowed=", ".join(slugs))
    _write_tables(tree, drawn, private)
    notes = [text("cohort.short_seed", least=SHORT_SEED)] if len(cohort.seed) < SHORT_SEED else []
    for slug in slugs:
        added = private.of(slug) if private is not None else PrivateExercise()
        notes += _draw_exercise(tree, drawn, slug, private=added, bank=bank, chance=chance)
    return Drawn(drawn, tuple(notes))


def _bank(tree: CourseTree, private: PrivateFile | None) -> CaseBank:
    """Return every case; a private one takes the place of a published one of the same identifier."""
    rows = read_cases(tree)
    table: dict[str, str] = {}
    for name in CASE_TABLES:
        header = csv.DictReader(io.StringIO(read_text(tree.datasets / f"{name}.csv")))
        table |= {row["case_id"].strip(): name for row in header}
    for case in private.cases if private is not None else ():
        rows[case.id] = CsvRow(case.place.line, case.row)
        table[case.id] = PRIVATE
    if private is not None:
        known = read_references(tree).sources
        for case in private.cases:
            for source in filter(None, case.row["sources"].split(";")):
                if source not in known:
                    case.place["sources"].refuse("not_in_set", unknown=source, set="sources", allowed="S…")
    places = {case.id: case.place for case in private.cases} if private is not None else {}
    return CaseBank(rows, table, places)


def _write_tables(tree: CourseTree, drawn: CourseTree, private: PrivateFile | None) -> None:
    cases = private.cases if private is not None else ()
    secret = {case.id for case in cases}
    for name in (*CASE_TABLES, "sources", "facts"):
        path = tree.datasets / f"{name}.csv"
        if name not in CASE_TABLES:
            _copy(path, drawn.datasets / path.name)
            continue
        reader = csv.DictReader(io.StringIO(read_text(path)))
        columns = list(reader.fieldnames or ())
        made = io.StringIO()
        writer = csv.DictWriter(made, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in reader if row["case_id"].strip() not in secret)
        writer.writerows(case.row for case in cases if case.invented == (name == _INVENTED))
        write_safely(drawn.datasets / path.name, made.getvalue().encode())


def _draw_exercise(  # noqa: PLR0913 - two trees, and what is drawn
    tree: CourseTree,
    drawn: CourseTree,
    slug: str,
    *,
    private: PrivateExercise,
    bank: CaseBank,
    chance: Chance,
) -> list[str]:
    import yaml

    published, made = tree.exercises / slug, drawn.exercises / slug
    _copy(published / "exercise.toml", made / "exercise.toml")
    form = load_form(published / "form.yaml")
    source = read_cohort_source(published / FILE, form)
    figures = draw_figures(source.figures, chance, tree)
    content, notes = form_of(
        published / "form.yaml", form, source, figures=figures, private=private, bank=bank, chance=chance
    )
    written = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1_000_000)
    write_safely(made / "form.yaml", written.encode())
    load_form(made / "form.yaml")
    for language in LANGUAGES:
        path = published / f"code.{language}.md"
        if path.is_file():
            code = code_door_of(
                read_text(path),
                path,
                language,
                source,
                figures=figures,
                chance=chance,
                added=private.tests,
            )
            write_safely(made / path.name, code.encode())
    if not (published / FILE).is_file():
        notes = [*notes, text("cohort.nothing_declared", exercise=slug, file=FILE)]
    return notes


def _copy(path: Path, to: Path) -> None:
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
    except OSError as error:
        raise write_fault(to, error) from error
