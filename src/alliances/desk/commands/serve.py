"""``alliances serve``: build what changed, then open the course at one address."""

from __future__ import annotations

import argparse
import contextlib
import html
import signal
import subprocess
import sys
import webbrowser
from pathlib import Path
from types import FrameType

from alliances.course.tree import CourseTree, find_tree
from alliances.desk.children import write_private
from alliances.desk.learners import DEFAULT_LEARNER, check_learner
from alliances.desk.serving import DEFAULT_PORT, ServePlan, Serving, choose_port, serving
from alliances.errors import UsageError
from alliances.i18n import LANGUAGES, Language, current_language, format_number, text, use
from alliances.storage import write_fault

__all__ = ["add_arguments", "ensure_course", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--port", type=int, help=text("desk.opt_port", port=DEFAULT_PORT))
    parser.add_argument("--author", action="store_true", help=text("desk.opt_author"))
    parser.add_argument("--no-browser", action="store_true", help=text("desk.opt_no_browser"))
    parser.add_argument("--no-build", action="store_true", help=text("desk.opt_no_build"))
    parser.add_argument("--learner", default=DEFAULT_LEARNER, metavar="CODE", help=text("desk.opt_learner"))
    parser.add_argument("--lang", choices=LANGUAGES, help=text("desk.opt_lang"))
    parser.add_argument("--course", type=Path, metavar="DIR", help=text("desk.opt_course"))
    parser.add_argument("--module", default="alliance_models", metavar="SLUG", help=text("desk.opt_module"))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def ensure_course(tree: CourseTree, folder: Path, language: Language) -> None:
    """Create the nbgrader course in ``folder`` unless there is one."""
    from alliances.desk.course_folder import create_course

    if not (folder / "nbgrader_config.py").is_file():
        create_course(tree, folder, language)


def _course_folder(tree: CourseTree, options: argparse.Namespace) -> Path:
    """Return the nbgrader course to open: the one named, else ``work/course``, created at the first start.

    Raises:
        UsageError: the one named is outside what the formgrader can see.
    """
    if options.course is None:
        folder = tree.work / "course"
        ensure_course(tree, folder, current_language())
        return folder
    root = tree.root if options.author else tree.work
    folder = Path(options.course).resolve()
    if not folder.is_relative_to(root.resolve()):
        raise UsageError("desk.course_outside", path=folder, root=root)
    return folder


def _stop_once() -> None:
    """Have the first Ctrl+C, end or hang-up stop the course, and the next ones not disturb the stopping."""
    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in signals:
        signal.signal(number, stop)


def _wait_for_the_end(running: Serving) -> None:
    """Return when Jupyter's server ends; tell when the tools end."""
    told = False
    while running.jupyter.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.jupyter.wait(timeout=2)
        if not told and running.voila.poll() is not None:
            _say(text("desk.tools_down", log=running.folder / "voila.log"))
            told = True


def _open_browser(running: Serving) -> None:
    """Open a private page that leads to the address: a browser's command line is public, the token is not."""
    page = running.folder / "open.html"
    address = html.escape(running.plan.url)
    write_private(
        page,
        f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={address}">'
        f'<title>Faire alliance</title><a href="{address}">Faire alliance</a>',
    )
    webbrowser.open(page.as_uri())


def _build(tree: CourseTree) -> bool:
    """Build what changed; say whether there is something to open.

    A malformed source is named, and what was built before is served.
    """
    from alliances.course.build import build

    _say(text("desk.building"))
    report = build(tree)
    for refusal in report.refusals:
        sys.stderr.write(f"{refusal}\n")
    whole = all((tree.pages(language) / "index.html").is_file() for language in LANGUAGES)
    if report.refusals:
        sys.stderr.write(text("desk.built_in_part" if whole else "desk.not_built") + "\n")
    return whole


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl+C; return the exit status."""
    if options.lang:
        use(options.lang)
    learner = check_learner(options.learner)
    tree = find_tree()
    port = choose_port(options.port)
    if options.port is None and port != DEFAULT_PORT:
        _say(text("desk.port_moved", port=DEFAULT_PORT, other=port))
    if not options.no_build and not _build(tree):
        return 1
    try:
        tree.work.mkdir(exist_ok=True)
    except OSError as error:
        raise write_fault(tree.work, error) from error
    plan = ServePlan(
        tree=tree,
        port=port,
        course=_course_folder(tree, options),
        learner=learner,
        language=current_language(),
        author=options.author,
        module=options.module,
    )
    _say(text("desk.starting"))
    _stop_once()
    try:
        with serving(plan) as running:
            _say(text("desk.ready", seconds=format_number(running.seconds, 1)))
            _say(f"\n    {plan.url}\n")
            _say(text("desk.how_to_stop", work=tree.work))
            if not options.no_browser:
                _open_browser(running)
            _wait_for_the_end(running)
    except KeyboardInterrupt:
        _say("")
    _say(text("desk.stopped", work=tree.work))
    return 0
