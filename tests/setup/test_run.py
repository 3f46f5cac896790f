"""``run.py`` sets up, names what is wrong, and recovers at the next run."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tarfile
import threading
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return ``run.py`` as a module whose root is an empty project without network."""
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    project = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    (tmp_path / "pyproject.toml").write_text(project + '[project]\nname = "x"\nversion = "1"\n')
    (tmp_path / "constraints.txt").write_text("")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    for name, value in OFFLINE.items():
        monkeypatch.setenv(name, value)
    return module


def _pip_works(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have ``pip install`` and the final look succeed: the network is back."""
    real = subprocess.run

    def faked(command: list[object], **options: object) -> subprocess.CompletedProcess[str]:
        if "install" in command:
            return subprocess.CompletedProcess(command, 0, "", "")
        if "import alliances, pip" in command:
            command = [command[0], "-c", "import pip"]
        return real(command, **options)

    monkeypatch.setattr(run.subprocess, "run", faked)


@pytest.mark.parametrize(
    ("language", "message"), [("fr", "relancez la même commande"), ("en", "run the same command")]
)
def test_no_network_is_said_and_the_next_run_recovers(
    run: ModuleType,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    message: str,
) -> None:
    """Without network the set-up stops with words and no stamp; with it, the same command finishes."""
    monkeypatch.setenv("ALLIANCES_LANG", language)
    folder = run.ROOT / ".venv"
    with pytest.raises(SystemExit, match="1"):
        run.set_up(run.COURSE, folder)
    assert " ".join(message.split()) in " ".join(capfd.readouterr().out.split())
    assert not (folder / "alliances.stamp").exists()
    _pip_works(run, monkeypatch)
    assert run.set_up(run.COURSE, folder) == run.venv_python(folder)
    assert run.is_sound(folder, run.COURSE, sys.executable)


def test_a_broken_environment_is_made_again(
    run: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ``.venv`` whose interpreter does not start is replaced, whatever its stamp says."""
    folder = run.ROOT / ".venv"
    python = run.venv_python(folder)
    python.parent.mkdir(parents=True)
    python.write_text("not a program")
    (folder / "alliances.stamp").write_text(run.stamp(run.COURSE, sys.executable))
    assert not run.is_sound(folder, run.COURSE, sys.executable)
    _pip_works(run, monkeypatch)
    run.set_up(run.COURSE, folder)
    assert subprocess.run([python, "-c", ""], check=False).returncode == 0
    assert "est refait" in capfd.readouterr().out


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_change_of_declarations_makes_the_environment_old(run: ModuleType, name: str) -> None:
    """Editing what is installed changes the stamp, so the next run installs again."""
    before = run.stamp(run.COURSE, sys.executable)
    with (run.ROOT / name).open("a") as file:
        file.write("# changed\n")
    assert run.stamp(run.COURSE, sys.executable) != before


def test_an_old_python_is_told_what_is_needed(
    run: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Python 3.9 the first line says that 3.11 is needed."""
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 18))
    assert run.main() == 1
    assert "Il faut Python 3.11 ou plus récent ; celui-ci est 3.9.18" in capfd.readouterr().out


@pytest.mark.parametrize("found", ["", "#!/bin/sh\nexit 1\n"], ids=["no Python", "an old Python"])
def test_make_without_a_suitable_python_says_so(tmp_path: Path, found: str) -> None:
    """Where no Python 3.11 is found, ``make`` says in both languages what to install."""
    if found:
        (tmp_path / "python3").write_text(found)
        (tmp_path / "python3").chmod(0o755)
    done = subprocess.run(
        [shutil.which("make"), "-C", ROOT, "setup"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Il faut Python 3.11 ou plus récent, introuvable ici" in done.stdout
    assert "Python 3.11 or newer is needed and was not found" in done.stdout


def test_an_older_interpreter_can_read_the_program() -> None:
    """``run.py`` has no syntax that Python 3.7 does not know, so that the message can be printed."""
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_a_missing_browser_is_named_and_fails_in_ci(
    run: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ci: str, status: int
) -> None:
    """Browser tests that cannot run are named; in CI that is a failure."""
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(run, "find_chromium", lambda: None)
    assert run._run_group("browser", Path(sys.executable)) == status
    assert "ne sont PAS passés" in capfd.readouterr().out


def test_an_unknown_group_is_refused(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """``test`` takes the names of its groups only."""
    monkeypatch.setattr(run.sys, "argv", ["run.py", "test", "everything"])
    with pytest.raises(SystemExit, match="2"):
        run.main()


def test_a_missing_python_corner_is_named(
    run: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python that is not on the machine is said to be untested, not passed over."""
    monkeypatch.setattr(run, "find_python", lambda version: None)
    assert run.run_corner("3.12") == 0
    assert "3.12 est introuvable : ce coin n'est PAS testé" in capfd.readouterr().out


def test_groups_of_one_core_run_at_once_and_are_shown_one_by_one(
    run: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two groups that wait for each other both end; what each said is in one piece, with its own status."""
    met = threading.Barrier(2, timeout=60)

    def met_and_said(command: list[object], **options: object) -> subprocess.CompletedProcess[str]:
        group = str(command[-1])
        options["stdout"].write(f"{group} begins\n".encode())
        met.wait()
        options["stdout"].write(f"{group} ends\n".encode())
        return subprocess.CompletedProcess(command, int(group == "packaging"), "", "")

    monkeypatch.setattr(run.subprocess, "run", met_and_said)
    monkeypatch.setattr(run.os, "cpu_count", lambda: 2)
    found = run._run_at_once(["lessons", "packaging"], Path(sys.executable))
    assert {name: status for name, _, status in found} == {"lessons": 0, "packaging": 1}
    said = capfd.readouterr().out
    for group in ("lessons", "packaging"):
        assert f"== {group}\n{group} begins\n{group} ends\n" in said


def test_the_corners_are_run_each_by_its_version(
    run: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The group « corners » is every other Python, each with its own line and its own status."""
    monkeypatch.setattr(run, "run_corner", lambda version, said: int(version == "3.13"))
    found = run._run_at_once(["corners"], Path(sys.executable))
    assert {name: status for name, _, status in found} == {"corner 3.12": 0, "corner 3.13": 1}


CORE = {"pyodide.js": b"a core", "python_stdlib.zip": b"a library"}


@pytest.fixture
def npm(run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a stand-in for npm that packs ``CORE``; return the folder with its archive and its calls."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in CORE.items()}
    monkeypatch.setattr(run, "PYODIDE_FILES", digests)
    folder = tmp_path / "npm"
    folder.mkdir()
    program = folder / "npm"
    program.write_text(
        f"#!{sys.executable}\n"
        "import pathlib, shutil, sys\n"
        f"home = pathlib.Path({str(folder)!r})\n"
        "with (home / 'calls').open('a') as calls: calls.write(sys.argv[-1] + '\\n')\n"
        "if not (home / 'archive').exists(): sys.exit('npm error network')\n"
        "shutil.copyfile(home / 'archive', 'pyodide.tgz')\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(run, "find_npm", lambda: str(program))
    pack(folder, CORE)
    return folder


def pack(folder: Path, files: dict[str, bytes], top: str = "package/") -> None:
    with tarfile.open(folder / "archive", "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(top + name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().split()


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_pyodide_is_fetched_once(run: ModuleType, npm: Path) -> None:
    """The exact version is asked of npm once; the files stay in ``.cache``, the archive does not."""
    first = run.fetch_pyodide()
    assert first == run.ROOT / ".cache" / f"pyodide-{run.PYODIDE}"
    assert kept(first) == CORE
    assert [path.name for path in first.parent.iterdir()] == [first.name]
    assert run.fetch_pyodide() == first
    assert calls(npm) == [f"pyodide@{run.PYODIDE}"]


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_damaged_pyodide_is_fetched_again(run: ModuleType, npm: Path, damage: str) -> None:
    """A file that is gone or has other bytes makes the next run fetch all of it again."""
    file = run.fetch_pyodide() / "pyodide.js"
    file.write_bytes(b"other") if damage == "changed" else file.unlink()
    assert kept(run.fetch_pyodide()) == CORE
    assert len(calls(npm)) == 2


@pytest.mark.parametrize(
    "files",
    [{**CORE, "pyodide.js": b"other"}, {"pyodide.js": CORE["pyodide.js"]}, {}],
    ids=["other bytes", "a file less", "nothing"],
)
def test_other_bytes_than_expected_are_refused(
    run: ModuleType, npm: Path, capfd: pytest.CaptureFixture[str], files: dict[str, bytes]
) -> None:
    """An archive with other files is refused by name, and nothing of it is kept."""
    pack(npm, files)
    assert run.fetch_pyodide() is None
    assert "n'est pas ce qui était attendu (" in capfd.readouterr().out
    assert list((run.ROOT / ".cache").iterdir()) == []


def test_what_is_no_archive_is_refused(run: ModuleType, npm: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Bytes that are no archive at all get the same message."""
    (npm / "archive").write_bytes(b"<html>proxy</html>")
    assert run.fetch_pyodide() is None
    assert "pyodide.js, python_stdlib.zip" in capfd.readouterr().out


@pytest.mark.parametrize("top", ["package/../", "/", "other/", "package/deep/"])
def test_only_the_expected_paths_are_unpacked(run: ModuleType, npm: Path, top: str) -> None:
    """A member with another path is written nowhere."""
    pack(npm, CORE, top)
    assert run.fetch_pyodide() is None
    assert list((run.ROOT / ".cache").iterdir()) == []


NOT_RUN = {"fr": "ses tests ne sont PAS passés", "en": "its tests were NOT run"}


@pytest.mark.parametrize("language", NOT_RUN)
def test_no_pyodide_without_network(
    run: ModuleType,
    npm: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    """Where npm cannot fetch, the tests that are left out are named, with what npm said."""
    monkeypatch.setenv("ALLIANCES_LANG", language)
    (npm / "archive").unlink()
    assert run.fetch_pyodide() is None
    said = capfd.readouterr().out
    assert NOT_RUN[language] in said
    assert "npm error network" in said


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_a_missing_npm_is_named_and_fails_in_ci(
    run: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ci: str, status: int
) -> None:
    """Without npm the other browser tests run, and what is left out is named; in CI that is a failure."""
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(run, "find_chromium", lambda: "chromium")
    monkeypatch.setattr(run, "find_npm", lambda: None)
    ran: list[list[object]] = []

    def recorded(command: list[object], **options: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(run.subprocess, "run", recorded)
    assert run._run_group("browser", Path(sys.executable)) == status
    assert [command[command.index("-m", 2) :][:2] for command in ran] == [["-m", "browser"]]
    assert "tests de Pyodide (le Python du navigateur) ne sont PAS passés" in capfd.readouterr().out


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="apt is Debian's")
@pytest.mark.parametrize(("user", "asked"), [(0, ["update", "install"]), (1000, [])])
def test_npm_is_installed_where_that_is_allowed(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, user: int, asked: list[str]
) -> None:
    """As root on Debian a missing npm is installed; anybody else is told, and nothing is tried."""
    ran: list[list[str]] = []
    monkeypatch.setattr(run.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(run.os, "geteuid", lambda: user)
    monkeypatch.setattr(run.subprocess, "run", lambda command, **options: ran.append(command))
    assert run.find_npm() is None
    assert [command[1] for command in ran] == asked


def test_a_cache_that_cannot_be_written_is_named(
    run: ModuleType, npm: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where ``.cache`` cannot be made, the folder and the reason are said, and no traceback."""
    (run.ROOT / ".cache").write_text("a file")
    assert run.fetch_pyodide() is None
    assert "Écriture impossible dans" in capfd.readouterr().out
