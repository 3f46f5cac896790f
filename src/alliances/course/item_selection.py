"""What the commands « items … » share: which items are meant, what they become, and how a file is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alliances.course.cases import case_texts, read_cases
from alliances.course.references import read_references
from alliances.course.syllabus import read_syllabus
from alliances.course.tree import CourseTree, find_tree
from alliances.errors import AlliancesError, EnvironmentFault
from alliances.i18n import LANGUAGES, Language, current_language, text
from alliances.questions.bank import DIFFICULTIES, Item, load_bank, select
from alliances.questions.compiling import compile_question
from alliances.questions.gift import for_gift, write_gift
from alliances.questions.lms_mapping import VARIANTS, Exported, to_moodle
from alliances.questions.moodle_xml import write_moodle_xml
from alliances.questions.registry import TYPES
from alliances.questions.spec import BLOOM, TRACKS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from alliances.questions.lms import MoodleQuestion

__all__ = [
    "FORMATS",
    "add_filters",
    "add_output",
    "chosen",
    "exported",
    "file_text",
    "report_lines",
    "write_new",
]

FORMATS: Final = {"moodle-xml": ".xml", "gift": ".txt"}
_FILTERS: Final[dict[str, Sequence[str] | None]] = {
    "module": None,
    "outcome": None,
    "bloom": BLOOM,
    "track": TRACKS,
    "difficulty": DIFFICULTIES,
    "type": TYPES,
}


def add_filters(parser: argparse.ArgumentParser, *, use: Sequence[str]) -> None:
    """Declare the folder and one option a filter, each to be repeated at will.

    Args:
        parser: the command's.
        use: what ``--use`` is when it is not given; empty for both.
    """
    parser.add_argument("--folder", type=Path, help=text("bank.option_folder"))
    for name, allowed in _FILTERS.items():
        parser.add_argument(
            f"--{name}",
            action="append",
            default=[],
            choices=allowed,
            metavar=name.upper(),
            help=text(f"bank.option_{name}"),
        )
    parser.add_argument("--use", action="append", choices=("practice", "test"), help=text("bank.option_use"))
    parser.set_defaults(default_use=list(use))


def add_output(parser: argparse.ArgumentParser, *, folder: bool) -> None:
    """Declare the options of what is written."""
    parser.add_argument("--lang", choices=LANGUAGES, help=text("bank.option_lang"))
    parser.add_argument(
        "--format", choices=list(FORMATS), default="moodle-xml", help=text("bank.option_format")
    )
    # An export holds keys: where it goes is always said.
    parser.add_argument(
        "--to",
        type=Path,
        required=not folder,
        help=text("bank.option_to_folder" if folder else "bank.option_to"),
    )
    parser.add_argument("--force", action="store_true", help=text("bank.option_force"))
    parser.add_argument("--variants", type=int, default=VARIANTS, help=text("bank.option_variants"))


def chosen(args: argparse.Namespace) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return the items that the filters keep, and all those of the folder.

    Raises:
        SourceError: a file of items is malformed.
        AlliancesError: the folder has no items.
    """
    if args.folder is not None:
        bank = load_bank(args.folder)
    else:
        tree = find_tree()
        bank = load_bank(tree.modules, read_syllabus(tree).order)
    filters = {name: getattr(args, name) for name in _FILTERS}
    return select(bank, **filters, use=args.use or args.default_use), bank


def exported(items: Iterable[Item], args: argparse.Namespace) -> list[Exported]:
    """Return what each item becomes in the format and language asked for.

    Raises:
        AlliancesError: an item names a case that is not in the data.
    """
    lang: Language = args.lang or current_language()
    cases = _cases(items)
    found = []
    for item in items:
        question = compile_question(item.raw, lang, None, cases)
        tags = (item.outcome, item.bloom, *item.tracks, *filter(None, [item.difficulty]), item.use)
        made = to_moodle(
            question,
            name=item.name,
            category=("alliances", item.module),
            tags=tags,
            variants=max(1, args.variants),
        )
        found.append(_in_gift(made) if args.format == "gift" else made)
    return found


def _cases(items: Iterable[Item]) -> dict[str, Any] | None:
    """Return the texts of the course's cases when an item names one."""
    if not any(isinstance(item.raw.get("case"), str) for item in items):
        return None
    tree: CourseTree = find_tree()
    references = read_references(tree)
    return {name: case_texts(row, references) for name, row in read_cases(tree).items()}


def _in_gift(made: Exported) -> Exported:
    questions: list[MoodleQuestion] = []
    notes = list(made.notes)
    for question in made.questions:
        kept, lost = for_gift(question)
        questions += kept
        notes += lost
    status = "near" if made.status == "same" and set(notes) - {"gift_points", "variants"} else made.status
    return replace(made, questions=tuple(questions), notes=tuple(dict.fromkeys(notes)), status=status)


def file_text(made: Iterable[Exported], form: str) -> str:
    """Return the text of a file of questions in one of ``FORMATS``."""
    questions = [question for one in made for question in one.questions]
    return write_gift(questions) if form == "gift" else write_moodle_xml(questions)


def report_lines(made: Sequence[Exported]) -> list[str]:
    """Return how many items are marked as here, nearly, by a person or not at all, and why, item by item."""
    lines = []
    for status in ("same", "near", "person", "left_out"):
        those = [one for one in made if one.status == status]
        if not those:
            continue
        lines.append(text(f"bank.status_{status}", count=len(those)))
        for one in those:
            notes = " ".join(text(f"bank.note_{note}") for note in one.notes)
            if notes or status == "left_out":
                lines.append(text("bank.note_line", name=one.name, type=one.type, notes=notes))
    return lines


def write_new(path: Path, content: str, *, force: bool) -> None:
    """Write a file whole, or not at all.

    Raises:
        AlliancesError: it is there already and ``force`` is not set.
        EnvironmentFault: it cannot be written.
    """
    if path.exists() and not force:
        raise AlliancesError("bank.exists", path=path)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(content, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise EnvironmentFault("bank.cannot_write", path=path, reason=error.strerror or error) from error
