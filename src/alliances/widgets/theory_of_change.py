"""A theory of change, to build or to repair."""

from __future__ import annotations

from alliances.widgets.artefact import ArtefactComponent

__all__ = ["TheoryOfChange"]


class TheoryOfChange(ArtefactComponent):
    """A theory of change, to build or to repair."""

    component = "theory_of_change"
