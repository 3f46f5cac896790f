"""A learner's own copy of a notebook: made at the first opening, never written over."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from alliances.course.tree import CourseTree
from alliances.desk.learners import assignment_name, check_learner, check_slug
from alliances.errors import AlliancesError
from alliances.i18n import Language
from alliances.questions.released import FILE
from alliances.storage import write_fault

__all__ = ["open_copy", "open_exercise", "open_lesson"]


def open_copy(source: Path, target: Path) -> Path:
    """Copy ``source`` to ``target`` unless ``target`` exists; return ``target``.

    The copy appears whole or not at all, and two openings at once cannot overwrite each other.

    Raises:
        AlliancesError: ``source`` is not there.
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    if target.exists():
        return target
    if not source.is_file():
        raise AlliancesError("desk.nothing_to_open", name=source.stem)
    temporary: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".opening-")
        os.close(handle)
        temporary = Path(name)
        shutil.copyfile(source, temporary)
        # link, not replace: it refuses when somebody else's copy came first.
        try:
            os.link(temporary, target)
        except FileExistsError:
            return target
        except OSError:  # a file system without hard links
            if not target.exists():
                temporary.replace(target)
    except OSError as error:
        raise write_fault(target.parent, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    target.chmod(0o644)
    return target


def open_exercise(tree: CourseTree, learner: str, language: Language, exercise: str) -> Path:
    """Return the learner's notebook of the code door, copied from the release at first opening."""
    name = assignment_name(exercise, "code")
    target = tree.work / check_learner(learner) / name / f"{name}.ipynb"
    release = tree.exercise_releases(language) / name
    if (release / FILE).is_file():
        open_copy(release / FILE, target.with_name(FILE))
    if target.exists():
        return target
    return open_copy(release / f"{name}.ipynb", target)


def open_lesson(tree: CourseTree, learner: str, language: Language, slug: str) -> Path:
    """Return the learner's notebook of a lesson, copied from the built one at first opening."""
    target = tree.work / check_learner(learner) / "lessons" / f"{check_slug(slug)}.{language}.ipynb"
    return open_copy(tree.built_lesson(slug, language), target)
