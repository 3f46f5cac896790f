"""Answers to the browser: static pages, a learner's notebooks, answers saved and handed in."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado import web

from alliances.desk.answer_store import AnswerStore
from alliances.desk.context import Desk
from alliances.desk.work_copies import open_exercise, open_lesson
from alliances.errors import AlliancesError, EnvironmentFault
from alliances.i18n import Language, is_language, text
from alliances.questions.strict_json import load_json

__all__ = [
    "AnswersHandler",
    "DoorHandler",
    "HandInHandler",
    "LandingHandler",
    "LessonHandler",
    "PageHandler",
    "ShortcutHandler",
]

_MOST_QUESTIONS = 500  # of one exercise

# Pages take everything from this server: the browser itself refuses anything else.
_PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


class DeskHandler(JupyterHandler):
    """What the course's handlers share: the desk, the reader's language, refusals in words."""

    @property
    def desk(self) -> Desk:
        """The desk that this server serves."""
        return cast("Desk", self.settings["alliances_desk"])

    @property
    def language(self) -> Language:
        """The language asked for: ``?lang=``, else the browser's first known, else the desk's."""
        asked = self.get_query_argument("lang", "")
        header = self.request.headers.get("Accept-Language", "")
        for code in (asked, *(part.strip()[:2].lower() for part in header.split(","))):
            if is_language(code):
                return cast("Language", code)
        return self.desk.language

    def refuse(self, error: AlliancesError) -> None:
        """Answer with the error's message, as a page of plain text."""
        fault = isinstance(error, EnvironmentFault)
        self.set_status(HTTPStatus.INSUFFICIENT_STORAGE if fault else HTTPStatus.NOT_FOUND)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(error.in_language(self.language))

    def open_in_lab(self, path: Path) -> None:
        """Redirect to JupyterLab on a file below the folder that it shows."""
        relative = path.resolve().relative_to(Path(self.desk.lab_root).resolve())
        self.redirect(f"{self.base_url}lab/tree/{relative.as_posix()}")


class LandingHandler(DeskHandler):
    """The address itself: the landing page in the language asked for."""

    @web.authenticated
    def get(self) -> None:
        """Redirect to the landing page; French unless ``?lang=en`` or the desk opens in English."""
        asked = self.get_query_argument("lang", self.desk.language)
        language = asked if is_language(asked) else "fr"
        self.redirect(f"{self.base_url}alliances/{language}/index.html")


class ShortcutHandler(DeskHandler):
    """Short addresses of JupyterLab and the formgrader, so that pages need not know the base URL."""

    @web.authenticated
    def get(self, name: str) -> None:
        """Redirect to ``lab`` or ``formgrader``."""
        self.redirect(f"{self.base_url}{name}")


class PageHandler(JupyterHandler, web.StaticFileHandler):
    """The built pages of one language."""

    @property
    def page_language(self) -> Language:
        """The language of these pages: their folder's name."""
        return cast("Language", Path(self.root).name)

    @property
    def content_security_policy(self) -> str:
        """The policy of static pages: nothing from elsewhere."""
        return _PAGE_POLICY

    @web.authenticated
    async def get(self, path: str, include_body: bool = True) -> None:  # type: ignore[override]
        """Send a file of the pages."""
        # Reading it sets the cookie that the form page sends back when it saves.
        _ = self.xsrf_token
        await super().get(path, include_body=include_body)

    def compute_etag(self) -> str | None:
        """Identify a file by time and size: tornado would remember its content for ever."""
        stat = Path(self.absolute_path or "").stat()
        return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'

    def set_extra_headers(self, path: str) -> None:  # noqa: ARG002 - tornado's signature
        """Have the browser ask again each time: a rebuilt page must show at once."""
        self.set_header("Cache-Control", "no-cache")

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401
        """Say in words that a page is missing."""
        if status_code != HTTPStatus.NOT_FOUND:
            super().write_error(status_code, **kwargs)
            return
        home = f"{self.base_url}alliances/{self.page_language}/index.html"
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(
            f'<!doctype html><html lang="{self.page_language}"><title>404 – Faire alliance</title>'
            f"<main><h1>404</h1><p>{text('desk.page_missing', self.page_language)} "
            f'<a href="{home}">Faire alliance</a></p></main></html>'
        )


class LessonHandler(DeskHandler):
    """A learner's own copy of a lesson, in JupyterLab."""

    @web.authenticated
    def get(self, language: Language, slug: str) -> None:
        """Copy the lesson at first opening, then open it."""
        try:
            self.open_in_lab(open_lesson(self.desk.tree, self.desk.learner, language, slug))
        except AlliancesError as error:
            self.refuse(error)


class DoorHandler(DeskHandler):
    """A learner's own copy of an exercise's notebook, in JupyterLab."""

    @web.authenticated
    def get(self, language: Language, exercise: str) -> None:
        """Copy the release at first opening, then open it."""
        try:
            self.open_in_lab(open_exercise(self.desk.tree, self.desk.learner, language, exercise))
        except AlliancesError as error:
            self.refuse(error)


class StoreHandler(APIHandler, DeskHandler):
    """What the two addresses of the store share."""

    @property
    def store(self) -> AnswerStore:
        """The learner's store."""
        return AnswerStore(self.desk.tree.work, self.desk.learner)

    def answer(self, value: object) -> None:
        """Send ``value`` as JSON."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(value, ensure_ascii=False))

    def refuse(self, error: AlliancesError) -> None:
        """Answer with the error's message, as JSON."""
        fault = isinstance(error, EnvironmentFault)
        self.set_status(HTTPStatus.INSUFFICIENT_STORAGE if fault else HTTPStatus.BAD_REQUEST)
        self.answer({"message": error.in_language(self.language)})


class AnswersHandler(StoreHandler):
    """``answers.json`` of one exercise by one door: read, saved, erased."""

    @web.authenticated
    def get(self, exercise: str, door: str) -> None:
        """Send the saved answers; at a first visit, a file without answers that has its seed."""
        try:
            self.answer(self.store.load(exercise, door, self.language))
        except AlliancesError as error:
            self.refuse(error)

    @web.authenticated
    def put(self, exercise: str, door: str) -> None:
        """Merge the answers in the body into the saved ones and send what comes of it."""
        try:
            self.answer(self.store.save(exercise, door, self.request.body))
        except AlliancesError as error:
            self.refuse(error)

    @web.authenticated
    def delete(self, exercise: str, door: str) -> None:
        """Erase the saved answers (what was handed in stays)."""
        try:
            self.store.erase(exercise, door)
            self.answer({})
        except AlliancesError as error:
            self.refuse(error)


class HandInHandler(StoreHandler):
    """Handing a copy in."""

    @web.authenticated
    def post(self, exercise: str, door: str) -> None:
        """Put the copy into the drop; an earlier one is kept beside it."""
        try:
            self.answer(self.store.hand_in(exercise, door, self._questions()).to_dict())
        except AlliancesError as error:
            self.refuse(error)

    def _questions(self) -> list[str] | None:
        """Return the ids of the questions that the page shows, None when it does not say."""
        try:
            body = load_json(self.request.body)
        except ValueError:
            return None
        asked = body.get("questions") if isinstance(body, dict) else None
        if not isinstance(asked, list) or len(asked) > _MOST_QUESTIONS:
            return None
        return [name for name in asked if isinstance(name, str)]
