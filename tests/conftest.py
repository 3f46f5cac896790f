"""What every test starts from."""

from __future__ import annotations

import pytest

from alliances import i18n


@pytest.fixture(autouse=True)
def _french(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start each test in French, whatever the machine speaks and the test before it chose."""
    monkeypatch.setenv("ALLIANCES_LANG", "fr")
    i18n._current.set(None)
