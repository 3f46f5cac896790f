"""A small class, from the copies to the list of marks: two exercises, two doors, two languages, one trainer.

Each language has its own nbgrader course, as in a real class. Steps are fixtures, each done once; a test
states one fact about where they lead.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

import pytest
from acting import acting_tags
from browser import axe_findings, open_page
from copies import hidden_lines
from form_door import fill_by_keyboard, given_in, hand_in_by_keyboard, told, wait_until_saved
from served_course import served
from small_class import CLASS, ClassCopy, give_levels, one_folder, one_moodle_archive

from alliances.cli import main
from alliances.course.tree import CourseTree
from alliances.i18n import LANGUAGES, Language, use

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from alliances.desk.serving import Serving

pytestmark = pytest.mark.browser

NAMES = {"camille": ("Camille Petit-Jean", 4101), "nadir": ("Nadir Öztürk", 4102)}
SANDBOX = {"form": {"not_needed"}, "code": {"namespaces", "landlock"}}
WHY = {"fr": "Pourquoi", "en": "Why"}
PHONE = {"width": 360, "height": 780}
TRAINER = {"width": 1280, "height": 1000}


@dataclass
class Room:
    """One language's half of the class: its server, its trainer's course, its copies, what pages did."""

    running: Serving
    copies: tuple[ClassCopy, ...]
    saw: list[str] = field(default_factory=list)

    @property
    def course(self) -> Path:
        """The trainer's nbgrader course."""
        return self.running.plan.course

    @property
    def origin(self) -> str:
        """The one server that pages may ask."""
        return f"http://127.0.0.1:{self.running.plan.port}"

    @property
    def language(self) -> Language:
        """Of this half of the class."""
        return self.running.plan.language

    def by(self, *ways: str) -> list[ClassCopy]:
        """Return the copies that are handed in by these ways."""
        return [copy for copy in self.copies if copy.way in ways]

    def assignments(self) -> list[str]:
        """Return the assignments that somebody handed in."""
        return sorted({copy.assignment for copy in self.copies})


def _run(room: Room, *words: str) -> None:
    """Run a command on the class's course, in its language; nothing is refused."""
    use(room.language)
    assert main([*words, "--course", str(room.course)]) == 0


@pytest.fixture(scope="module", params=LANGUAGES)
def room(
    request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Room]:
    """Serve the built course with work of its own to the one learner who answers in the browser."""
    language: Language = request.param
    root = tmp_path_factory.mktemp(f"class-{language}") / "tree"
    shutil.copytree(built, root)
    copies = CLASS[language]
    learner = next(copy.learner for copy in copies if copy.way == "browser")
    with served(CourseTree(root), language, learner=learner) as running:
        yield Room(running, copies)


@pytest.fixture(scope="module")
def answered(room: Room, chromium_browser: Browser) -> Room:
    """Answer both forms and hand them in, by keyboard only."""
    for copy in room.by("browser"):
        with open_page(chromium_browser, room.origin) as (page, watched):
            page.request.get(room.running.plan.url)  # the token becomes a cookie
            page.goto(f"{room.origin}/alliances/{room.language}/exercises/{copy.exercise}.html")
            page.locator("[data-al-question] .al-question").first.wait_for()
            fill_by_keyboard(page, copy.answers)
            wait_until_saved(page)
            before = given_in(page)
            page.reload()
            page.locator("[data-al-question] .al-question").first.wait_for()
            page.wait_for_function("() => document.querySelector('[data-al-bar]').value > 0")
            assert given_in(page) == before
            room.saw += hand_in_by_keyboard(page, look=axe_findings)
            room.saw += [*watched.outside, *watched.errors]
    return room


@pytest.fixture(scope="module")
def collected(answered: Room, tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Collect from the drop of the server, a Moodle archive, and a folder."""
    room, releases = answered, answered.course / "release"
    _run(room, "collect", str(room.running.plan.tree.work / "handin"))
    folder = tmp_path_factory.mktemp("copies")
    if copies := room.by("moodle"):
        archive, roster = one_moodle_archive(copies, releases, folder, NAMES)
        _run(room, "collect", str(archive), "--learners", str(roster))
    if copies := room.by("folder"):
        _run(room, "collect", str(one_folder(copies, releases, folder)))
    return room


@pytest.fixture(scope="module")
def marked(collected: Room, chromium_browser: Browser) -> Room:
    """Grade every assignment, then mark the open answers by rubric in the formgrader."""
    room = collected
    for name in room.assignments():
        _run(room, "grade", name)
    with open_page(chromium_browser, room.origin, viewport=TRAINER) as (page, watched):
        page.on("dialog", lambda dialog: (room.saw.append(dialog.message), dialog.dismiss()))
        page.request.get(room.running.plan.url)
        for copy in room.copies:
            give_levels(page, room.origin, copy)
        room.saw += watched.outside
    return room


@pytest.fixture(scope="module")
def returned(marked: Room) -> Room:
    """Write the feedback pages."""
    for name in marked.assignments():
        _run(marked, "feedback", name)
    return marked


def test_what_was_answered_is_what_was_handed_in(answered: Room) -> None:
    """The files in the drop say what was answered by keyboard, in the page's language."""
    for copy in answered.by("browser"):
        drop = answered.running.plan.tree.work / "handin" / copy.learner / copy.assignment
        written = json.loads((drop / "answers.json").read_text(encoding="utf-8"))
        assert written["language"] == answered.language
        assert told(written["answers"]) == told(copy.answers), copy.assignment


def test_every_copy_is_in_the_course(collected: Room) -> None:
    """The drop, the archive and the folder gave each learner's copies, and no other."""
    paths = (collected.course / "submitted").glob("[!.]*/*")
    found = {(path.parent.name, path.name) for path in paths}
    assert found == {(copy.learner, copy.assignment) for copy in collected.copies}


def test_the_list_of_marks_is_what_was_given(marked: Room, tmp_path: Path) -> None:
    """One row a learner and exercise, both doors in one list: rules' points, the trainer's, and their sum."""
    out = tmp_path / "marks.csv"
    _run(marked, "export", "--out", str(out))
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["learner"], row["exercise"]): row for row in csv.DictReader(file)}
    wanted: dict[tuple[str, str], list[ClassCopy]] = {}
    for copy in marked.copies:
        wanted.setdefault((copy.learner, copy.exercise), []).append(copy)
    assert rows.keys() == wanted.keys()
    for who, copies in wanted.items():
        best, row = max(copies, key=lambda copy: copy.total), rows[who]
        assert row["door"] == best.door, who
        assert (row["both_doors"] == "yes") == (len(copies) == 2), who
        numbers = [float(row[name]) for name in ("auto_points", "person_points", "points", "max_points")]
        assert numbers == [best.auto, sum(best.levels), best.total, 40], who
        assert (row["to_mark"], row["mode"]) == ("0", "strict"), who
        assert row["sandbox"] in SANDBOX[best.door], who


def test_feedback_is_read_in_the_learners_language(returned: Room, chromium_browser: Browser) -> None:
    """Marks, levels of the criteria in words, a reason for each loss; no key, no script, no other server."""
    room = returned
    for copy in room.copies:
        name = copy.assignment
        path = room.course / "feedback" / copy.learner / name / f"{name}.html"
        with open_page(chromium_browser, "file://", viewport=PHONE) as (page, watched):
            page.on("dialog", lambda dialog: (room.saw.append(dialog.message), dialog.dismiss()))
            page.goto(path.as_uri())
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            assert page.evaluate("document.documentElement.lang") == room.language
            assert page.locator("h1").count() == 1
            assert page.locator("script").count() == 0
            total = page.locator(".total strong").inner_text()
            assert [float(part.replace(",", ".")) for part in total.split("/")] == [copy.total, 40], total
            said = " ".join(told(page.locator("main").inner_text()).split())
            for level in copy.levels_in_words(room.language):
                assert level in said, copy
            for question in copy.not_full():
                why = page.locator(f"section[aria-labelledby=q-{question}]").inner_text()
                assert len(why.split(WHY[room.language])[-1].split()) >= 8, (copy, question)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), copy
            room.saw += [*watched.outside, *watched.errors, *axe_findings(page)]
        html = path.read_text(encoding="utf-8")
        assert acting_tags(html.split("</head>")[1]) == []
        hidden = hidden_lines(room.course, name)
        assert len(hidden) > 5
        shown = unescape(re.sub(r"<pre.*?</pre>", "", html, flags=re.DOTALL))
        assert [line for line in hidden if line in shown] == [], copy


def test_nothing_of_the_class_left_the_machine_or_acted(returned: Room) -> None:
    """No page of the walk failed, asked another server, showed a learner's script, or broke a rule of axe."""
    assert returned.saw == []
