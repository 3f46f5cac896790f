"""A course folder read for grading: the notebooks as nbgrader recorded them, data, modules, configuration."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from alliances.errors import AlliancesError
from alliances_grader.box_limits import Limits
from alliances_grader.course_manifest import Course, Exercise, split_assignment
from alliances_grader.deadlines import LATE_METHODS, LateMethod, late_method
from alliances_grader.files import MAX_NOTEBOOK, parse_without_outputs, read_bounded
from alliances_grader.grading_source import recorded_source
from alliances_grader.kit import Kit, NotebookKit, SandboxName
from alliances_grader.nbgrader_api import course_config
from alliances_grader.scoring_outputs import OutputRules
from alliances_grader.shell_inputs import RunLimits
from alliances_grader.verdicts import Mode

__all__ = ["late_rule", "load_kit", "modules_of"]

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
    release = course.root / "release" / assignment
    released = sorted(release.glob("*.ipynb")) if release.is_dir() else []
    if not released:
        raise AlliancesError("course_folder.no_release", name=assignment, path=course.root)
    source = course.root / "source" / assignment
    notebooks = tuple(_notebook(path, source / path.name, texts.get(path.stem, {})) for path in released)
    exercise = course.exercise_of(assignment)
    config = course_config(course.root)
    door = split_assignment(assignment)[1] if exercise is not None else ""
    return Kit(
        assignment=assignment,
        slug=exercise.slug if exercise is not None else "",
        door=door,
        language=course.language,
        notebooks=notebooks,
        files=_files(source if source.is_dir() else release),
        modules=modules_of(_programs(path, source / path.name) for path in released),
        mode=mode,
        sandbox=sandbox,
        run_limits=_run_limits(config),
        box_limits=Limits(),
        rules=_rules(config),
        pure=door != "form" and _is_pure(exercise, notebooks),
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
    released = _plain(release)
    authored = _plain(source) if source.is_file() else released
    return NotebookKit(release.stem, recorded_source(authored, released, texts or None), released)


def _plain(path: Path) -> dict[str, Any]:
    # Not by nbformat where it can be helped: importing it takes as long as grading a hundred forms.
    return parse_without_outputs(read_bounded(path, MAX_NOTEBOOK), path)


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


def _programs(release: Path, source: Path) -> str:
    cells = _plain(source if source.is_file() else release)["cells"]
    return "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")


def modules_of(programs: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that programs import and that are installed here, in order of name.

    Cells are read line by line, so that a magic or a stub between imports does not hide them.
    """
    found: set[str] = set()
    for program in programs:
        for line in program.split("\n"):
            words = line.strip()
            if words.startswith(("import ", "from ")):
                found.update(_imported(words))
    return tuple(sorted(name for name in found if _is_installed(name)))


def _imported(line: str) -> Iterator[str]:
    try:
        body = ast.parse(line).body
    except SyntaxError:
        return
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            # What is taken from a package may be a module of it.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_installed(name: str) -> bool:
    """Say whether a module can be imported, without importing its packages here."""
    top, *rest = name.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return False
    if spec is None or not rest:
        return spec is not None
    for folder in spec.submodule_search_locations or ():
        place = Path(folder).joinpath(*rest)
        if (place / "__init__.py").is_file() or any(
            place.with_name(place.name + ending).is_file() for ending in (".py", ".so", ".pyd")
        ):
            return True
    return False


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
