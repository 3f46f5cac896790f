"""README and LISEZMOI tell the truth: their commands exist, their files too, and they are twins."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alliances.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "LISEZMOI.md")
WITH_COMMANDS = (*PAGES, "autograder/README.md", "exercises/README.md")
TARGETS = ("serve", "test", "lint", "bench", "setup")


def _commands(name: str) -> list[str]:
    """Return the lines of the code blocks that start with a command of ours."""
    blocks = re.findall(
        r"^```\n(.*?)^```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return [
        line.strip()
        for block in blocks
        for line in block.splitlines()
        if line.startswith(("make", "alliances"))
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_named_exists(page: str) -> None:
    """A ``make`` target that a page names is one of the Makefile's."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {line.split()[1] for line in _commands(page) if line.startswith("make")}
    assert named
    assert named <= set(TARGETS)
    assert all(target in makefile for target in named)


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_every_command_named_is_understood(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each ``alliances`` line of a page is parsed by the command it names, options included."""
    lines = [line for line in _commands(page) if line.startswith("alliances")]
    assert len(lines) >= (8 if page in PAGES else 2)
    ran = []
    for line in lines:
        words = line.split()[1:]
        name = next(" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in COMMANDS)
        module = __import__(COMMANDS[name], fromlist=["run"])
        monkeypatch.setattr(module, "run", lambda options, name=name: ran.append((name, options)) or 0)
        assert main(words) == 0, line
    assert len(ran) == len(lines)


@pytest.mark.parametrize("page", PAGES)
def test_every_path_and_picture_exists(page: str) -> None:
    """Each relative link, picture and top folder that a page names is in the checkout."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    folders = re.findall(r"^(\w+)/ {2,}", text, re.MULTILINE)
    assert "site/pictures/landing" in text
    assert [name for name in [*links, *folders] if not (ROOT / name).exists()] == []


def test_the_two_pages_have_the_same_parts() -> None:
    """README and LISEZMOI have as many headings, tables, pictures and commands, in the same order."""
    shapes = []
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        lines = [re.match(r"#+|\||!\[|```|\d\.|- ", line) for line in text.splitlines()]
        shapes.append([match.group()[:3] for match in lines if match])
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_in_the_page(page: str) -> None:
    """A command that the program has is told in both pages."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"alliances {name}" not in text] == []


@pytest.mark.parametrize("page", PAGES)
def test_published_keys_are_called_practice(page: str) -> None:
    """Both pages say that published keys are for practice and that the project is independent."""
    text = (ROOT / page).read_text(encoding="utf-8").lower()
    assert "published keys are practice" in text or "clés publiées servent à s'entraîner" in text
    assert "independent project" in text or "projet indépendant" in text


def test_the_ci_script_only_calls_make_test() -> None:
    """``.ci/run`` does what ``make test`` does and nothing else."""
    lines = [
        line
        for line in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert lines == ["set -eu", 'cd "$(dirname "$0")/.."', "exec make test"]
