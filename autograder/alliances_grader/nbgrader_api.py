"""nbgrader as a library: its API opened on one course folder, quietly, with ``alembic`` within reach.

Importing nbgrader takes 2 to 3 s, so it happens here, at the first call, and nowhere at module level.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alliances.errors import AlliancesError, EnvironmentFault

__all__ = ["NBGRADER", "course_config", "open_api", "open_gradebook", "reach_programs"]

NBGRADER: Final = "nbgrader"
_CONFIG: Final = "nbgrader_config.py"


def reach_programs() -> None:
    """Put the folder of this Python's programs on ``PATH``: nbgrader calls ``alembic`` by its bare name.

    Not resolved: in a virtual environment the programs stand beside the link, not beside what it points to.
    """
    folder = str(Path(sys.executable).parent)
    present = os.environ.get("PATH", "").split(os.pathsep)
    if folder not in present:
        os.environ["PATH"] = os.pathsep.join([folder, *filter(None, present)])


def open_api(root: Path) -> Any:  # noqa: ANN401 - nbgrader ships no types
    """Return nbgrader's API on the course at ``root``, configured by its own ``nbgrader_config.py``.

    Raises:
        AlliancesError: nbgrader is not installed, or the configuration cannot be read.
    """
    reach_programs()
    try:
        from nbgrader.apps.api import NbGraderAPI
        from nbgrader.coursedir import CourseDirectory
    except ImportError as error:
        raise EnvironmentFault("grader.no_nbgrader") from error
    config = course_config(root)
    # ipykernel warns at each start of a channel that stays on this machine; it would break up the progress.
    config.Execute.extra_arguments = [*config.Execute.get("extra_arguments", []), "--log-level=ERROR"]
    logger = logging.getLogger("traitlets")
    logger.propagate = False
    # What nbgrader says is captured copy by copy; on the terminal it would drown the progress.
    silent = logging.NullHandler()
    logger.addHandler(silent)
    return NbGraderAPI(coursedir=CourseDirectory(config=config, root=str(root.resolve())), config=config)


def course_config(root: Path) -> Any:  # noqa: ANN401 - traitlets' Config
    """Return a course's ``nbgrader_config.py``, empty when it has none.

    Raises:
        AlliancesError: it cannot be read.
    """
    from traitlets.config.loader import Config, PyFileConfigLoader

    if not (root / _CONFIG).is_file():
        return Config()
    try:
        return PyFileConfigLoader(_CONFIG, path=str(root)).load_config()
    except Exception as error:
        # The trainer's own Python file: whatever it raises is theirs to read.
        raise AlliancesError(
            "grader.bad_config", path=root / _CONFIG, reason=f"{type(error).__name__}: {error}"
        ) from error


@contextmanager
def open_gradebook(root: Path) -> Iterator[Any]:
    """Open the gradebook of a course, creating it if need be, and close it at the end."""
    api = open_api(root)
    gradebook = api.gradebook
    try:
        yield gradebook
    finally:
        gradebook.close()
