"""An agreement between partners, to write or to repair."""

from __future__ import annotations

from alliances.widgets.artefact import ArtefactComponent

__all__ = ["Agreement"]


class Agreement(ArtefactComponent):
    """An agreement between partners, to write or to repair."""

    component = "agreement"
