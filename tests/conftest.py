"""What every test starts from."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import chromium_browser
from hypothesis import settings

from alliances import i18n

__all__ = ["chromium_browser"]

GROUPS = ("lessons", "packaging", "grader", "browser")
TESTS = Path(__file__).resolve().parent
# A worker takes one file after the other, and a long one begun last would keep it alone at the end.
LONG = (
    "e2e/test_small_class.py",
    "site/test_gallery_in_browser.py",
    "e2e/test_every_page.py",
    "e2e/test_serve_command.py",
    "e2e/test_learner_then_trainer.py",
    "places/test_gallery_places.py",
    "logic/test_chart_in_browser.py",
    "apps/test_roadmap21_browser.py",
    "apps/test_case_reader_browser.py",
    "site/test_answers_in_browser.py",
    "places/test_notebook_places.py",
    "places/test_pyodide.py",
    "grader_engine/test_conformance_runs.py",
    "grader_engine/test_conformance.py",
    "grader_engine/test_reuse.py",
    "grader/test_samples.py",
    "grader/test_feedback_language.py",
    "grader_engine/test_box_attacks.py",
    "setup/test_run.py",
)

# The same examples at each run, and nothing written beside the sources.
settings.register_profile("alliances", database=None, derandomize=True, deadline=None)
settings.load_profile("alliances")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first, in the order above; a test's marks stand in its file."""
    # run.py reads the marks of the groups there, and begins with these files only.
    said = {path: path.read_text(encoding="utf-8") for path in {item.path for item in items}}
    for item in items:
        for group in GROUPS:
            if item.get_closest_marker(group) and f"mark.{group}" not in said[item.path]:
                raise pytest.UsageError(f"{item.nodeid}: write pytest.mark.{group} into its file")
    places = {TESTS / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(autouse=True)
def _french(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start each test in French, whatever the machine speaks and the test before it chose."""
    monkeypatch.setenv("ALLIANCES_LANG", "fr")
    i18n._current.set(None)
