"""A course folder read for grading: the notebooks as nbgrader recorded them, data, modules, configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from alliances.errors import AlliancesError
from alliances_grader.box_limits import Limits
from alliances_grader.chance import is_steady
from alliances_grader.course_manifest import Course, Exercise, split_assignment
from alliances_grader.deadlines import LATE_METHODS, LateMethod, late_method
from alliances_grader.files import read_bounded
from alliances_grader.grading_source import recorded_source
from alliances_grader.kit import Kit, NotebookKit, SandboxName
from alliances_grader.modules import modules_of, plain_notebook, programs_of, released_notebooks
from alliances_grader.nbgrader_api import course_config
from alliances_grader.scoring_outputs import OutputRules
from alliances_grader.shell_inputs import RunLimits
from alliances_grader.verdicts import Mode

__all__ = ["late_rule", "load_kit"]

_MAX_FILES: Final = 100_000_000
_NOT_FOR_COPIES: Final = frozenset({"autotests.yml", "tests.yml"})

Texts = Mapping[str, Mapping[str, str]]
"""What the gradebook says of the cells: notebook to cell to text."""


def load_kit(
    course: Course,
    assignment: str,
    texts: Texts,
    *,
    mode: Mode = "strict",
    sandbox: SandboxName = "namespaces",
) -> Kit:
    """Read what grading one assignment needs.

    Args:
        course: the course folder.
        assignment: nbgrader's name of it.
        texts: ``GradebookWriter.source_texts``.
        mode: by which rules.
        sandbox: how learners' code is to be held.

    Raises:
        AlliancesError: the assignment was not released; a notebook of the course cannot be read; its cells
            are broken; or the configuration cannot be read.
    """
    released = released_notebooks(course.root, assignment)
    release, source = (course.root / step / assignment for step in ("release", "source"))
    notebooks = tuple(_notebook(path, source / path.name, texts.get(path.stem, {})) for path in released)
    exercise = course.exercise_of(assignment)
    config = course_config(course.root)
    programs = programs_of(course.root, assignment)
    door = split_assignment(assignment)[1] if exercise is not None else ""
    return Kit(
        assignment=assignment,
        slug=exercise.slug if exercise is not None else "",
        door=door,
        language=course.language,
        notebooks=notebooks,
        files=_files(source if source.is_dir() else release),
        modules=modules_of(programs),
        mode=mode,
        sandbox=sandbox,
        run_limits=_run_limits(config),
        box_limits=Limits(),
        rules=_rules(config),
        pure=door != "form" and _is_pure(exercise, notebooks),
        steady=door != "form" and is_steady(programs),
    )


def _is_pure(exercise: Exercise | None, notebooks: Sequence[NotebookKit]) -> bool:
    """Say whether the author declared that equal cells give equal results.

    In ``exercise.toml``, or, in a course that stock nbgrader made, in each notebook's own metadata. The
    notebooks are the course's: what a copy declares is not looked at.
    """
    if exercise is not None:
        return exercise.pure
    said = [notebook.recorded["metadata"].get("alliances") for notebook in notebooks]
    return all(isinstance(block, dict) and block.get("pure") is True for block in said)


def _notebook(release: Path, source: Path, texts: Mapping[str, str]) -> NotebookKit:
    released = plain_notebook(release)
    authored = plain_notebook(source) if source.is_file() else released
    return NotebookKit(release.stem, recorded_source(authored, released, texts or None), released)


def _files(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    total = 0
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if not path.is_file() or path.suffix == ".ipynb" or path.name in _NOT_FOR_COPIES:
            continue
        if any(part.startswith(".") or part == "__pycache__" for part in parts):
            continue
        content = read_bounded(path, _MAX_FILES)
        total += len(content)
        if total > _MAX_FILES:
            raise AlliancesError("grader.too_large", path=folder, limit=_MAX_FILES // 1000)
        found["/".join(parts)] = content
    return found


def _run_limits(config: Any) -> RunLimits:  # noqa: ANN401 - traitlets' Config
    sections = (config[name] for name in ("Execute", "ExecutePreprocessor") if name in config)
    given = [section.get("timeout") for section in sections]
    seconds = next((value for value in given if isinstance(value, int | float) and value > 0), None)
    return RunLimits() if seconds is None else RunLimits(cell_seconds=float(seconds))


def _rules(config: Any) -> OutputRules:  # noqa: ANN401 - traitlets' Config
    limit, ignore = config.LimitOutput, config.IgnorePattern
    usual = OutputRules()
    return OutputRules(
        max_lines=int(limit.get("max_lines", usual.max_lines)),
        max_traceback=int(limit.get("max_traceback", usual.max_traceback)),
        ignore_pattern=str(ignore.get("pattern", "")) if ignore.get("enabled", False) else "",
    )


def late_rule(root: Path) -> LateMethod:
    """Return what a course's configuration takes off late copies.

    nbgrader's own methods by their name, or the trainer's plug-in: ``c.AssignLatePenalties.plugin_class``.

    Raises:
        AlliancesError: the method is unknown, or the plug-in cannot be loaded.
    """
    config = course_config(root)
    plugin = config.AssignLatePenalties.get("plugin_class")
    if plugin is None:
        return late_method(str(config.LateSubmissionPlugin.get("penalty_method", next(iter(LATE_METHODS)))))
    try:
        return _plugin_rule(plugin, config, root)
    except Exception as error:
        # The trainer's own Python: whatever it raises is theirs to read.
        reason = f"{type(error).__name__}: {error}"
        raise AlliancesError("grader.bad_config", path=root / "nbgrader_config.py", reason=reason) from error


def _plugin_rule(plugin: Any, config: Any, root: Path) -> LateMethod:  # noqa: ANN401 - a class or its name
    import sys

    from traitlets.utils.importstring import import_item

    if isinstance(plugin, str):
        # nbgrader is started in the course folder, which holds the trainer's modules.
        sys.path.insert(0, str(root.resolve()))
        try:
            plugin = import_item(plugin)
        finally:
            sys.path.remove(str(root.resolve()))
    method: Callable[[str, float, float], float | None] = plugin(config=config).late_submission_penalty
    return method
