"""The static pages of one language: writes Sphinx's documents, runs Sphinx, adds the components' files."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from alliances.course.formpage import form_page
from alliances.course.gallery_views import gallery_page
from alliances.course.landing import has_lesson, has_trainer_guide, landing_page
from alliances.course.lessonpage import lesson_page, trainer_page
from alliances.course.page_sources import lesson_document, text_document, trainer_document
from alliances.course.syllabus import read_syllabus
from alliances.errors import AlliancesError
from alliances.i18n import text
from alliances.storage import write_fault, write_safely
from alliances.widgets.static import copy_static

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from alliances.course.syllabus import Syllabus
    from alliances.course.tree import CourseTree
    from alliances.i18n import Language

__all__ = ["BuiltPages", "PagesMode", "build_pages"]

# "desk": the pages link to the tools, JupyterLab and the answers' store of the server that serves them.
# "site": published alone; what needs a server is named, not linked.
PagesMode = Literal["desk", "site"]

TEXTS: Final = ("about", "screen_reader")
# Written by Sphinx whether or not a page uses them.
_UNUSED: Final = (
    ".buildinfo",
    "objects.inv",
    "search.html",
    "searchindex.js",
    "genindex.html",
    ".doctrees",
    "_sources",
    "_static/basic.css",
    "_static/doctools.js",
    "_static/documentation_options.js",
    "_static/language_data.js",
    "_static/searchtools.js",
    "_static/sphinx_highlight.js",
    "_static/translations.js",
    "_static/file.png",
    "_static/minus.png",
    "_static/plus.png",
)
# What lessons run: when it changes, what they displayed may change too.
_RUN_BY_LESSONS: Final = ("logic", "questions", "widgets", "i18n", "data.py", "__init__.py")
_LESSON_STOPPED: Final = "Executing notebook failed"
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_TEXT_SUFFIXES: Final = frozenset({".py", ".js", ".css", ".toml", ".csv", ".json", ".yaml"})


@dataclass(frozen=True)
class BuiltPages:
    """What was built: the folder, and the pages in it as ``lessons/alliance_models``."""

    folder: Path
    pages: tuple[str, ...]


def build_pages(tree: CourseTree, language: Language, mode: PagesMode = "desk") -> BuiltPages:
    """Build every page of one language into ``build/pages/<language>``.

    Lessons must be built already; each is executed once, and again only when it or what it runs changed.

    Raises:
        AlliancesError: a lesson is not built, or a notebook stops on an error; Sphinx's words are quoted.
        SourceError: a source is malformed.
        EnvironmentFault: the folders cannot be written.
    """
    if not (tree.site / "conf.py").is_file():
        raise AlliancesError("pages.site_missing", path=tree.site)
    texts, pages = _documents(tree, language)
    documents: dict[str, str | bytes] = {**texts, **_images(tree)}
    source = tree.build / "sphinx" / language
    frame = {"frame": {"mode": mode}, "pages": pages}
    documents["pages.json"] = json.dumps(frame, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    _write_documents(source, documents)
    # Built apart, so that pages already there stay until whole ones take their place.
    fresh = tree.build / ".sphinx" / language / "pages"
    shutil.rmtree(fresh, ignore_errors=True)
    _run_sphinx(tree, language, source, fresh)
    _finish(fresh)
    _replace(tree.pages(language), fresh)
    return BuiltPages(tree.pages(language), tuple(sorted(pages)))


def _documents(tree: CourseTree, language: Language) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Return the documents by path, and what the theme shows around each page."""
    syllabus = read_syllabus(tree)
    documents: dict[str, str] = {}
    pages: dict[str, dict[str, Any]] = {"index": landing_page(tree, syllabus, language)}
    for name, document, page in _module_pages(tree, syllabus, language):
        documents[name] = document
        pages[name.rpartition(".")[0]] = page
    for name in TEXTS:
        documents[f"{name}.md"] = text_document(tree, name, language)
        pages[name] = {"kind": "text", "title": _title(documents[f"{name}.md"])}
    pages["gallery"] = gallery_page(tree, language)
    for name, page in pages.items():
        if not any(f"{name}{suffix}" in documents for suffix in (".md", ".ipynb")):
            documents[f"{name}.md"] = f"# {page['title']}\n"
    return documents, pages


def _module_pages(
    tree: CourseTree, syllabus: Syllabus, language: Language
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for slug in syllabus.written:
        module = syllabus.module(slug)
        if module is None:
            continue
        if has_lesson(tree, slug):
            page = lesson_page(tree, syllabus, module, language)
            yield f"lessons/{slug}.ipynb", lesson_document(tree, slug, language), page
        if has_trainer_guide(tree, slug, language):
            document = trainer_document(tree, slug, language)
            page = trainer_page(tree, module, language) | {"heading": _title(document)}
            yield f"trainer/{slug}.md", document, page
        if module.exercise and (tree.exercises / module.exercise / "form.yaml").is_file():
            page = form_page(tree, syllabus, module, language)
            yield f"exercises/{module.exercise}.md", f"# {page['title']}\n", page


def _images(tree: CourseTree) -> dict[str, bytes]:
    """Return the images of every module, by the path that ``page_sources`` gives them."""
    return {
        f"img/{path.parents[1].name}/{path.name}": path.read_bytes()
        for path in sorted(tree.modules.glob("*/img/*"))
        if path.is_file()
    }


def _title(document: str) -> str:
    return next(line[2:].strip() for line in document.splitlines() if line.startswith("# "))


def _write_documents(folder: Path, documents: dict[str, str | bytes]) -> None:
    """Make ``folder`` hold these documents and no other; an unchanged file keeps its time."""
    kept = {folder / name for name in documents}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file() and path not in kept:
            path.unlink()
    for name, document in documents.items():
        path, content = folder / name, document if isinstance(document, bytes) else document.encode("utf-8")
        if not path.is_file() or path.read_bytes() != content:
            write_safely(path, content)


def _what_sphinx_says(stderr: str) -> str:
    """Return warnings and errors without colours, kernels' own notices and Sphinx's report on itself."""
    plain = _COLOUR.sub("", stderr).partition("\nVersions\n====")[0]
    return "\n".join(line for line in plain.splitlines() if not line.startswith("[IPKernelApp]")).strip()


def _run_sphinx(tree: CourseTree, language: Language, source: Path, folder: Path) -> None:
    fingerprint = _fingerprint(tree)
    cache, doctrees = tree.build / ".jupyter_cache", tree.build / ".sphinx" / language / "doctrees"
    mark = doctrees / "fingerprint"
    if not mark.is_file() or mark.read_text(encoding="ascii") != fingerprint:
        shutil.rmtree(doctrees, ignore_errors=True)
    command = [
        sys.executable, "-m", "sphinx", "--builder", "html", "--write-all", "--quiet", "--no-color",
        "--conf-dir", str(tree.site), "--doctree-dir", str(doctrees),
        "--define", f"language={language}",
        "--define", f"nb_code_prompt_show={text('pages.see_code', language)}",
        "--define", f"nb_execution_cache_path={cache / fingerprint}",
        str(source), str(folder),
    ]  # fmt: skip
    environment = {
        **os.environ,
        "ALLIANCES_STATIC": "1",
        "ALLIANCES_ROOT": str(tree.root),
        "PYTHONHASHSEED": "0",
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    said = _what_sphinx_says(done.stderr)
    # A lesson that stops is only a warning to Sphinx, which would publish the traceback.
    if done.returncode or _LESSON_STOPPED in said:
        shutil.rmtree(doctrees, ignore_errors=True)
        raise AlliancesError("pages.sphinx_failed", language=language, output=said or done.stdout.strip())
    if said:
        sys.stderr.write(f"{said}\n")
    mark.write_text(fingerprint, encoding="ascii")
    for old in cache.iterdir() if cache.is_dir() else []:
        if old.name != fingerprint:
            shutil.rmtree(old, ignore_errors=True)


def _fingerprint(tree: CourseTree) -> str:
    """Return a hash of everything that a lesson's code reads, so that the cache forgets in time."""
    digest = hashlib.sha256()
    package = tree.root / "src" / "alliances"
    roots = [package / name for name in _RUN_BY_LESSONS] + [tree.datasets]
    files = [path for root in roots for path in ([root] if root.is_file() else sorted(root.rglob("*")))]
    files += sorted(tree.modules.glob("*/items.yaml"))
    for path in files:
        if path.is_file() and path.suffix in _TEXT_SUFFIXES:
            digest.update(path.relative_to(tree.root).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _finish(folder: Path) -> None:
    """Drop what Sphinx writes and no page uses; add the components' own files."""
    for path in [folder / name for name in _UNUSED] + list(folder.glob("_static/mystnb*.css")):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    copy_static(folder / "_static" / "alliances")


def _replace(folder: Path, fresh: Path) -> None:
    """Put ``fresh`` in the place of ``folder``."""
    old = fresh.with_name(f"{fresh.name}-old")
    try:
        shutil.rmtree(old, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    except OSError as error:
        raise write_fault(folder, error) from error
    shutil.rmtree(old, ignore_errors=True)
