"""A roadmap of measures over three horizons, to plan or to repair."""

from __future__ import annotations

from alliances.widgets.artefact import ArtefactComponent

__all__ = ["Roadmap"]


class Roadmap(ArtefactComponent):
    """A roadmap of measures over three horizons, to plan or to repair."""

    component = "roadmap"
