"""What travels in the wheel and the sdist, and that it works without the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.packaging

WHEEL_PATHS = re.compile(
    r"alliances/(?!_data/)[\w/]+\.(py|toml|js|css|typed)"
    r"|alliances/questions/schemas/\w+\.schema\.json"
    r"|alliances/_data/(datasets/\w+\.(csv|json|parquet)|items/\w+\.json)"
    r"|alliances_grader/[\w/]+\.(py|css|toml|typed)"
    r"|faire_alliance-[\d.]+\.dist-info/.+"
)
SDIST_PATHS = re.compile(
    r"faire_alliance-[\d.]+/(src/alliances/.+|autograder/(README\.md|alliances_grader/.+)|LICENSES/[\w.-]+"
    r"|(hatch_build\.py|pyproject\.toml|constraints\.txt|README\.md|LISEZMOI\.md|CHANGELOG\.md|LICENSE|PKG-INFO"
    r"|\.gitignore))"
)
# Marks that only an author's or a trainer's file holds.
SECRETS = (b"### BEGIN SOLUTION\n", b"### BEGIN HIDDEN TESTS\n", b"submissions/", b'"use": "test"')


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the sdist, and the wheel from it; return both."""
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", target, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(target.glob("*.whl")), next(target.glob("*.tar.gz"))


def test_wheel_holds_only_what_it_should(packages: tuple[Path, Path]) -> None:
    """The wheel has code, style, texts, data and practice questions, nothing else."""
    names = zipfile.ZipFile(packages[0]).namelist()
    assert [name for name in names if not WHEEL_PATHS.fullmatch(name)] == []


def test_sdist_holds_only_what_it_should(packages: tuple[Path, Path]) -> None:
    """The sdist has what builds the wheel and what a reader of it needs."""
    with tarfile.open(packages[1]) as archive:
        names = [member.name for member in archive.getmembers() if member.isfile()]
    assert [name for name in names if not SDIST_PATHS.fullmatch(name)] == []


def test_no_key_or_solution_travels(packages: tuple[Path, Path]) -> None:
    """Neither package has a solution, a hidden test, a test item or a sample copy as data."""
    wheel = zipfile.ZipFile(packages[0])
    held = {name: wheel.read(name) for name in wheel.namelist() if not name.endswith(".py")}
    with tarfile.open(packages[1]) as archive:
        for member in archive.getmembers():
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None and not member.name.endswith((".py", ".md")):
                held[member.name] = stream.read()
    assert [(name, secret) for name, data in held.items() for secret in SECRETS if secret in data] == []


def test_wheel_works_without_the_checkout(packages: tuple[Path, Path], tmp_path: Path) -> None:
    """Logic, questions and data pass their tests on the installed wheel, with ``src/`` out of reach."""
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", site]
    subprocess.run([*install, packages[0]], check=True)
    for name in ("logic", "questions", "data", "support"):
        shutil.copytree(ROOT / "tests" / name, tmp_path / "tests" / name)
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / "tests" / "test_wheel.py").write_text(
        '"""The wheel is what is imported."""\n'
        "import alliances\n"
        "from alliances.data import load, practice_bank\n\n\n"
        "def test_it():\n"
        f'    """The package comes from the wheel, and finds its own data."""\n'
        f"    assert alliances.__file__.startswith({str(site)!r})\n"
        "    assert len(load('cases')) >= 22\n"
        "    assert practice_bank('alliance_models')['items']\n",
        encoding="utf-8",
    )
    # Tests that read the course's own sources find them; the package itself stays the wheel's.
    environment = {**os.environ, "PYTHONPATH": str(site), "ALLIANCES_ROOT": str(ROOT)}
    environment.pop("ALLIANCES_DATA", None)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
        "tests",
    ]
    command += ["-m", "not browser and not lessons and not checkout"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_wheel_starts_without_the_extras(packages: tuple[Path, Path], tmp_path: Path) -> None:
    """Importing the package and asking for help needs nothing beyond the standard library."""
    with zipfile.ZipFile(packages[0]) as archive:
        archive.extractall(tmp_path)  # noqa: S202 - our own wheel
    code = (
        "import sys; sys.path.insert(0, '.'); from alliances.cli import main; status = main(['--help']);"
        "heavy = {'numpy', 'pandas', 'yaml', 'nbgrader', 'IPython', 'tornado'} & set(sys.modules);"
        "sys.exit(status or len(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
