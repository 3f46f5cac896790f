"""Everything that grading a copy of one assignment needs: plain values that travel to a worker as JSON.

A worker may be a process of this machine or of another one: it sees no course folder and no gradebook.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, Self

from alliances.i18n import Language
from alliances_grader.box_limits import Limits
from alliances_grader.grading_source import Source, read_source
from alliances_grader.reuse import Memory
from alliances_grader.scoring_outputs import OutputRules
from alliances_grader.shell_inputs import RunLimits
from alliances_grader.verdicts import Mode

__all__ = ["Kit", "NotebookKit", "SandboxName"]

SandboxName = Literal["namespaces", "landlock", "none", "not_needed"]
"""How learners' code is held: a level of ``box``, the trainer's own account, or nothing of theirs is run."""
_VERSION: Final = 3


@dataclass(frozen=True)
class NotebookKit:
    """One notebook of an assignment.

    Attributes:
        name: without ``.ipynb``.
        recorded: what ``recorded_source`` made: stubs of the release, hidden tests of the source.
        release: what learners received.
    """

    name: str
    recorded: Mapping[str, Any]
    release: Mapping[str, Any]

    @cached_property
    def source(self) -> Source:
        """The recorded notebook, read once."""
        return read_source(self.recorded)

    @property
    def kernel(self) -> str:
        """Name of the kernel that the course asks for, empty when any Python will do."""
        return str((self.source.kernelspec or {}).get("name") or "")


@dataclass(frozen=True)
class Kit:
    """One assignment, ready to be graded anywhere.

    Attributes:
        assignment: nbgrader's name of it.
        slug: of the exercise, empty when the assignment is not one of ours.
        door: ``form``, ``code``, or empty when it is not one of ours.
        language: of automatic comments.
        notebooks: in order of name.
        files: the course's other files, by path: they replace a copy's own, as under nbgrader.
        modules: what the warm parent imports before any copy.
        mode: by which rules.
        sandbox: how learners' code is held.
        run_limits: of a cell and a copy, and of what is kept of its outputs.
        box_limits: of what a copy may use.
        rules: what the course's configuration does to outputs before scoring.
        pure: its author declares that the same cells always give the same result: see ``reuse``.
        steady: the author's own programs name neither chance nor the clock: see ``chance``.
        repeat: run each copy's code twice and say where the marks differ: see ``step_repeat``.
    """

    assignment: str
    slug: str
    door: str
    language: Language
    notebooks: tuple[NotebookKit, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    mode: Mode = "strict"
    sandbox: SandboxName = "namespaces"
    run_limits: RunLimits = field(default_factory=RunLimits)
    box_limits: Limits = field(default_factory=Limits)
    rules: OutputRules = field(default_factory=OutputRules)
    pure: bool = False
    steady: bool = False
    repeat: bool = False

    @cached_property
    def runs(self) -> Memory:
        """What this process has run by this kit and may use again; it does not travel."""
        return Memory.of(self)

    @property
    def ours(self) -> bool:
        """Whether the assignment is a door of one of this project's exercises."""
        return bool(self.slug)

    def to_bytes(self) -> bytes:
        """Return the kit as JSON."""
        data = {
            "version": _VERSION,
            "assignment": self.assignment,
            "slug": self.slug,
            "door": self.door,
            "language": self.language,
            "notebooks": [[item.name, item.recorded, item.release] for item in self.notebooks],
            "files": {name: base64.b64encode(content).decode() for name, content in self.files.items()},
            "modules": list(self.modules),
            "mode": self.mode,
            "sandbox": self.sandbox,
            "run_limits": asdict(self.run_limits),
            "box_limits": self.box_limits.as_json(),
            "rules": asdict(self.rules),
            "pure": self.pure,
            "steady": self.steady,
            "repeat": self.repeat,
        }
        return json.dumps(data, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return the kit that ``to_bytes`` wrote.

        Raises:
            ValueError: it is of another version of this program.
        """
        data = json.loads(content)
        if data.pop("version") != _VERSION:
            raise ValueError("a kit of another version")
        data["notebooks"] = tuple(NotebookKit(*item) for item in data["notebooks"])
        data["files"] = {name: base64.b64decode(text) for name, text in data["files"].items()}
        data["modules"] = tuple(data["modules"])
        data["run_limits"] = RunLimits(**data["run_limits"])
        data["box_limits"] = Limits.from_json(data["box_limits"])
        data["rules"] = OutputRules(**data["rules"])
        return cls(**data)
