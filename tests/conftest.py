"""What every test starts from."""

from __future__ import annotations

import pytest
from browser import chromium_browser
from hypothesis import settings

from alliances import i18n

__all__ = ["chromium_browser"]

# The same examples at each run, and nothing written beside the sources.
settings.register_profile("alliances", database=None, derandomize=True, deadline=None)
settings.load_profile("alliances")


@pytest.fixture(autouse=True)
def _french(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start each test in French, whatever the machine speaks and the test before it chose."""
    monkeypatch.setenv("ALLIANCES_LANG", "fr")
    i18n._current.set(None)
