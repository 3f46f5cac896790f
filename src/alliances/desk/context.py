"""What the handlers of a running server need to know."""

from __future__ import annotations

from dataclasses import dataclass

from alliances.course.tree import CourseTree
from alliances.i18n import Language

__all__ = ["Desk"]


@dataclass(frozen=True)
class Desk:
    """The course being served.

    ``lab_root`` is the folder that JupyterLab shows; learners' copies are below it.
    """

    tree: CourseTree
    learner: str
    language: Language
    lab_root: str
    tools_port: int
    tools_token: str
